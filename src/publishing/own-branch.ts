import { DEFAULT_PREFIX } from '../domain/task/branch-name.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import { ForgeError } from '../ports/forge/forge-error.ts';

/**
 * Whether a branch that is there may be moved. All names under the default prefix are kept for this App, and what people push there is
 * built upon. Under a prefix of its own choice a repository may have branches of people, and nothing about a commit tells who pushed it: a
 * pull request of ours from the branch does, or GitHub's log of who made it.
 */
export async function mayMoveBranch(repo: RepositoryForge, branch: string): Promise<boolean> {
  if (branch.startsWith(DEFAULT_PREFIX)) return true;
  if ((await repo.pullRequestsFrom(branch)).some((pull) => pull.mine)) return true;
  const log = await repo.branchMoves(branch);
  if (log !== null && log.moves.length === 0)
    throw new ForgeError(`GitHub does not tell yet who made the branch ${branch}`, 404, null, 'not_visible_yet');
  // The newest first: a branch may have been deleted, and made again by another author.
  return log?.moves.find((move) => move.before === null)?.mine ?? false;
}
