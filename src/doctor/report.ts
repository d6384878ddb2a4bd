import type { Check } from './check.ts';

const MARKS: Readonly<Record<Check['status'], string>> = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skipped: '-' };

/** For a terminal: one line each, and the fix below what is wrong. */
export function reportText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, fix }) => [
    `${MARKS[status].padEnd(5)} ${name.padEnd(width)}  ${detail}`,
    ...(fix === null ? [] : [`      ${' '.repeat(width)}  -> ${fix}`]),
  ]);
  return [...lines, '', summary(checks)].join('\n');
}

function summary(checks: readonly Check[]): string {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const parts = [
    `${count('ok')} ok`,
    ...(count('warn') > 0 ? [`${count('warn')} ${count('warn') === 1 ? 'warning' : 'warnings'}`] : []),
    ...(count('fail') > 0 ? [`${count('fail')} wrong`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} not checked`] : []),
  ];
  return parts.join(', ');
}
