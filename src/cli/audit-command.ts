import { Command, InvalidArgumentError } from 'commander';
import { type End, EXIT } from './exit-codes.ts';

export const auditCommand = (end: End): Command =>
  new Command('audit')
    .description('print who approved what, what was published from it, and at what price')
    .option('--since <moment>', 'a day or a moment (2026-11-01, 2026-11-01T12:00Z), or an age (12h, 7d)', moment)
    .option('--json', 'print the entries for programs, one a line')
    .addHelpText('after', '\nThe oldest entry comes first. AUDIT_RETENTION_DAYS says how long they are kept.')
    .action(async ({ since = null, json = false }: { since?: number | null; json?: boolean }) => {
      const [{ openHistorySource }, { auditLine }] = await Promise.all([
        import('./history-source.ts'),
        import('../dashboard/export/markdown.ts'),
      ]);
      const source = await openHistorySource(process.env);
      const entries = source.ok ? await source.value.audit(since) : source;
      if (source.ok) await source.value.close();
      if (!entries.ok) {
        console.error(typeof entries.reason === 'string' ? entries.reason : entries.reason.join('\n'));
        return end(EXIT.problem);
      }
      for (const entry of entries.value)
        console.log(json ? JSON.stringify(entry) : `${entry.repository}#${entry.issue} ${auditLine(entry).slice(2)}`);
      end(EXIT.ok);
    });

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

/** Milliseconds since the epoch. */
function moment(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It is a day such as 2026-11-01, or an age such as 7d.');
  return at;
}
