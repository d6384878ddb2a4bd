import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';

/**
 * Whether a merge has come to the branch that tasks are for, the default branch: by its name, or where that was renamed since, by its
 * history.
 */
export async function isOnDefaultBranch(repo: RepositoryForge, { baseRef, mergeCommit }: PullRequest): Promise<boolean> {
  const { name, sha } = await repo.defaultBranch();
  if (baseRef === name) return true;
  return mergeCommit !== null && (await repo.mergeBase(mergeCommit, sha)) === mergeCommit;
}
