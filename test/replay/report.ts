import type { ReplayedCommit } from './replay-history.ts';

/** Whether the code under test did anything wrong. */
export const isFailure = ({ verdict }: ReplayedCommit): boolean => verdict === 'differs' || verdict === 'refused';

/** A line for a commit that did not come out identical; null for one that did, or had nothing to do. */
export function lineAbout({ commit, verdict, reason }: ReplayedCommit): string | null {
  if (verdict === 'identical' || verdict === 'nothing left') return null;
  const why = (reason ?? '').replace(/\s+/g, ' ').slice(0, 300);
  return `${commit.sha.slice(0, 12)} ${verdict}: ${why} [${commit.subject.slice(0, 60)}]`;
}

/** What came of all of them, in a few lines. */
export function summaryOf(all: readonly ReplayedCommit[]): string {
  const of = (verdict: ReplayedCommit['verdict']) => all.filter((one) => one.verdict === verdict).length;
  const tried = all.length - of('nothing left') - of('beyond the gate');
  const answers = all.flatMap((one) => one.answers);
  const edits = answers.filter(({ tool, is_error }) => tool === 'edit_file' && !is_error);
  const loose = edits.filter(({ content }) => content.includes('without its indentation')).length;
  const writes = answers.filter(({ tool, is_error }) => !is_error && /_file$/.test(tool) && tool !== 'read_file');
  const emptyBefore = all.reduce((sum, one) => sum + one.emptyBefore, 0);
  return [
    `${of('identical')} of ${tried} trees identical (${all.length} commits; ${of('beyond the gate')} beyond the gate, ${of('nothing left')} with nothing left to do)`,
    `  calls: ${counted(writes.map(({ tool }) => tool))}`,
    `  edits matched: ${edits.length - loose} exactly, ${loose} by indentation; overwritten because they were empty: ${emptyBefore}`,
    `  prepared, because no tool is meant to do it: ${counted(all.flatMap((one) => one.prepared)) || 'nothing'}`,
    `  ${timesOf(all)}`,
  ].join('\n');
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function timesOf(all: readonly ReplayedCommit[]): string {
  const parts = new Map<string, number>();
  for (const { ms } of all) for (const [part, took] of Object.entries(ms)) parts.set(part, (parts.get(part) ?? 0) + took);
  const sum = [...parts.values()].reduce((a, b) => a + b, 0);
  const slowest = all.reduce<ReplayedCommit | null>((most, one) => (most && total(most) >= total(one) ? most : one), null);
  const each = [...parts].map(([part, took]) => `${part} ${Math.round(took / all.length)}`).join(', ');
  return [
    `time: ${(sum / 1000).toFixed(1)} s, ${Math.round(sum / Math.max(1, all.length))} ms a commit (${each})`,
    ...(slowest ? [`the slowest, ${slowest.commit.sha.slice(0, 12)}, ${Math.round(total(slowest))} ms`] : []),
  ].join('; ');
}

const total = ({ ms }: ReplayedCommit): number => Object.values(ms).reduce((a, b) => a + b, 0);
