import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';

/**
 * Whether a merge has reached the default branch, which tasks are for: by its name, or if that was renamed since, by its
 * history.
 */
export async function isOnDefaultBranch(repo: RepositoryForge, { baseRef, mergeCommit }: PullRequest): Promise<boolean> {
  const { name, sha } = await repo.defaultBranch();
  if (baseRef === name) return true;
  return mergeCommit !== null && (await repo.mergeBase(mergeCommit, sha)) === mergeCommit;
}
