import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { baseBranch } from './base-branch.ts';

/**
 * Whether a merge has reached the branch that the task is for: by its name, or if that was renamed since, by its history.
 * @param base null: the default branch.
 */
export async function isOnBase(
  repo: RepositoryForge,
  { baseRef, mergeCommit }: PullRequest,
  base: string | null,
): Promise<boolean> {
  if (baseRef === base) return true;
  const now = await baseBranch(repo, base);
  if (now === null) return false;
  if (baseRef === now.name) return true;
  return mergeCommit !== null && (await repo.mergeBase(mergeCommit, now.sha)) === mergeCommit;
}
