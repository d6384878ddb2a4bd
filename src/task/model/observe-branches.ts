import { DEFAULT_PREFIX, parseBranchName, renderBranchName } from '../../domain/task/branch-name.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { newestPullRequestFrom } from '../../publishing/own-pull-request.ts';

/**
 * The prefix and the base a task began with. Its record says so, but anyone with write access can edit the record, and the prefix decides
 * which branches are written: so it counts if the settings name it, if it is the one that is always kept for this App, or if this App's own
 * plan for this issue has it, because nobody can change the branch of a pull request. Everything else is the settings' to say.
 * @param recorded null: there is no record.
 * @param settled as the settings say now; null where they cannot be read.
 */
export async function observeBranches(
  repo: RepositoryForge,
  issue: number,
  {
    recorded,
    settled,
    signal,
  }: {
    readonly recorded: TaskBranches | null;
    readonly settled: TaskBranches | null;
    readonly signal: Signal;
  },
): Promise<TaskBranches> {
  const now = settled ?? { prefix: DEFAULT_PREFIX, base: null };
  if (recorded === null) return now;
  if (recorded.prefix === now.prefix || recorded.prefix === DEFAULT_PREFIX) return recorded;
  // The first plan has just been published, by work that began under the former settings.
  const published =
    signal.kind === 'finished' && signal.result.kind === 'planned' ? await repo.pullRequest(signal.result.pull) : null;
  const branch = published?.mine ? parseBranchName(published.headRef) : null;
  if (branch?.issue === issue) return { ...recorded, prefix: branch.prefix };
  const first = renderBranchName({ prefix: recorded.prefix, issue, part: 'plan', generation: 1 });
  return (await newestPullRequestFrom(repo, first)) === null ? { ...recorded, prefix: now.prefix } : recorded;
}
