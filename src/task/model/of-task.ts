import { parseBranchName } from '../../domain/task/branch-name.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { TaskView } from './view.ts';

/** Whether it is the task's issue or a pull request that the task has now. */
const isPresent = (on: number, { issue, plan, record, components }: TaskView): boolean =>
  on === issue.number ||
  on === plan?.pull.number ||
  on === record?.planPull ||
  Object.values(record?.components ?? {}).some((c) => c.pull === on) ||
  Object.values(components).some((c) => c.pull?.number === on);

/** Any App can write our markers into its pull requests; a command counts on the issue and on pull requests of ours. */
export const isOfTask = (on: number, view: TaskView): boolean => isPresent(on, view) || view.isOnFormerPull === true;

/**
 * Whether a command is on a pull request that the task had before: closed or merged, and replaced since. It is ours by its author and its
 * branch, as everywhere; people go on writing where the bot has asked them something.
 */
export async function observeFormerPull(repo: RepositoryForge, view: TaskView, signal: Signal): Promise<boolean> {
  if (signal.kind !== 'command' || isPresent(signal.on, view)) return false;
  const pull = await repo.pullRequest(signal.on);
  const name = pull?.mine ? parseBranchName(pull.headRef) : null;
  return name?.issue === view.task.issue && name.prefix === view.branches.prefix;
}
