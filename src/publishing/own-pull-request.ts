import { parseBranchName } from '../domain/task/branch-name.ts';
import { parseComponentMarker, parsePlanMarker } from '../domain/task/marker.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { PullRequest } from '../ports/forge/pulls.ts';

/**
 * A pull request is our own by its author, its repository (the forge lists no fork's) and its branch. Anyone with push access could
 * open one from a branch of ours, and anyone can rewrite a description, so nothing in the body decides.
 */
export const newestOwn = (pulls: readonly PullRequest[]): PullRequest | null => pulls.find((pull) => pull.mine) ?? null;

/** Our newest pull request from this branch, in whatever state. */
export const newestPullRequestFrom = async (repo: RepositoryForge, branch: string): Promise<PullRequest | null> =>
  newestOwn(await repo.pullRequestsFrom(branch));

/** Our open pull request from this branch; GitHub allows one at most. */
export const openPullRequestFrom = async (repo: RepositoryForge, branch: string): Promise<PullRequest | null> =>
  (await repo.pullRequestsFrom(branch)).find((pull) => pull.mine && pull.state === 'open') ?? null;

/** Which task one of our pull requests belongs to, and whether it is its plan's or which component's. */
export interface PullRequestTask {
  readonly issue: number;
  /** `plan` or a component's id. */
  readonly part: string;
}

/** Read from the marker where the body still has it; else from the branch, which costs a request. */
export async function taskOfPullRequest(
  repo: RepositoryForge,
  { number, body }: Pick<PullRequest, 'number' | 'body'>,
): Promise<PullRequestTask | null> {
  const plan = parsePlanMarker(body);
  if (plan) return { issue: plan.issue, part: 'plan' };
  const component = parseComponentMarker(body);
  if (component) return { issue: component.issue, part: component.id };
  const pull = await repo.pullRequest(number);
  return pull?.mine ? parseBranchName(pull.headRef) : null;
}
