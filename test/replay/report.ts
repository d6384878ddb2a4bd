import type { Replayed } from './replay-commit.ts';

/** Whether the code under test did anything wrong. */
export const isFailure = ({ verdict, loosely }: Replayed): boolean =>
  verdict === 'differs' || verdict === 'refused' || loosely.includes('wrong');

/** A line for a commit that did not come out identical; null for one that did, or had nothing to do. */
export function lineAbout({ commit, verdict, reason, loosely }: Replayed): string | null {
  const guessed = loosely.includes('wrong') ? 'an edit without its indentation came out wrong' : null;
  if (guessed === null && (verdict === 'identical' || verdict === 'nothing left')) return null;
  const why = [reason, guessed].filter(Boolean).join('; ').replace(/\s+/g, ' ').slice(0, 300);
  return `${commit.sha.slice(0, 12)} ${verdict}: ${why} [${commit.subject.slice(0, 60)}]`;
}

/** What came of all of them, in a few lines. */
export function summaryOf(all: readonly Replayed[]): string {
  const of = (verdict: Replayed['verdict']) => all.filter((one) => one.verdict === verdict).length;
  const tried = all.length - of('nothing left') - of('beyond the gate') - of('beyond the limits');
  const calls = callsIn(all);
  const answers = all.flatMap((one) => one.answers);
  const loose = answers.filter(({ is_error, content }) => !is_error && content.includes('without its indentation')).length;
  const emptyBefore = all.reduce((sum, one) => sum + one.emptyBefore, 0);
  return [
    `${of('identical')} of ${tried} trees identical (${all.length} commits; ${of('beyond the gate')} beyond the gate, ${of('beyond the limits')} beyond the limits, ${of('nothing left')} with nothing left to do)`,
    `  calls: ${listed(calls)}`,
    `  edits matched: ${(calls.edit_file ?? 0) - loose} exactly, ${loose} by indentation; overwritten because they were empty: ${emptyBefore}`,
    `  the same edits without their indentation: ${listed(counted(all.flatMap(({ loosely }) => loosely))) || 'none is indented'}`,
    `  prepared, because no tool is meant to do it: ${listed(preparedIn(all)) || 'nothing'}`,
    `  ${timesOf(all)}`,
  ].join('\n');
}

/** How often each tool was used to write, not counting calls that were refused. */
export function callsIn(all: readonly Replayed[]): Record<string, number> {
  const answers = all.flatMap((one) => one.answers).filter(({ is_error }) => !is_error);
  return counted(answers.flatMap(({ tool }) => (tool.endsWith('_file') ? [tool] : [])));
}

/** How many changes of each kind were in the base already. */
export const preparedIn = (all: readonly Replayed[]): Record<string, number> => counted(all.flatMap(({ prepared }) => prepared));

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function timesOf(all: readonly Replayed[]): string {
  const parts = new Map<string, number>();
  for (const { ms } of all) for (const [part, took] of Object.entries(ms)) parts.set(part, (parts.get(part) ?? 0) + took);
  const sum = [...parts.values()].reduce((a, b) => a + b, 0);
  const slowest = all.reduce<Replayed | null>((most, one) => (most && total(most) >= total(one) ? most : one), null);
  const each = [...parts].map(([part, took]) => `${part} ${Math.round(took / all.length)}`).join(', ');
  return [
    `time: ${(sum / 1000).toFixed(1)} s, ${Math.round(sum / Math.max(1, all.length))} ms a commit (${each})`,
    ...(slowest ? [`the slowest, ${slowest.commit.sha.slice(0, 12)}, ${Math.round(total(slowest))} ms`] : []),
  ].join('; ');
}

const total = ({ ms }: Replayed): number => Object.values(ms).reduce((a, b) => a + b, 0);
