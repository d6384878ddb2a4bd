import { isFixable } from '../../domain/task/checks.ts';
import type { Job } from '../../domain/task/task.ts';
import { type FailedCheck, fixMessage } from '../../executor/briefs/failed-checks.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';

/** Bytes of each log's end, enough to find the last error in. */
const LOG_BYTES = 200_000;
/** How many failed checks are read in detail; the others are only named. */
const MOST_READ = 5;

/** The failures at a head, as text for the executor; null when none of them fails any more. */
export async function loadFailedCiLogs(
  repo: RepositoryForge,
  { head, checks }: Extract<Job, { kind: 'fix' }>,
): Promise<string | null> {
  const failing = (await repo.foreignChecks(head)).filter((c) => c.state === 'failing' && checks.includes(c.name));
  if (failing.length === 0) return null;
  const worst = [...failing.filter(isFixable), ...failing.filter((c) => !isFixable(c))];
  const failed: FailedCheck[] = [];
  for (const [i, { name, conclusion, run, job, said }] of worst.entries()) {
    const details =
      run === null || i >= MOST_READ ? { said, annotations: [], log: null } : await repo.checkDetails({ run, job }, LOG_BYTES);
    failed.push({ name, conclusion: conclusion ?? 'failure', ...details });
  }
  return fixMessage(failed);
}
