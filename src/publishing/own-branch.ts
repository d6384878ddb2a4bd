import { DEFAULT_PREFIX } from '../domain/task/branch-name.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import { ForgeError } from '../ports/forge/forge-error.ts';

/**
 * Whether a branch that is there was made by this App, so that it may be moved. Under a prefix of its own choice a repository may have
 * branches of people, and nothing about a commit tells who pushed it: a pull request of ours from it does, or GitHub's log of who made the
 * branch. Names under the default prefix are kept for this App: where the log does not tell, they are its own, because servers without that
 * log could otherwise not continue after a crash.
 */
export async function isOwnBranch(repo: RepositoryForge, branch: string): Promise<boolean> {
  if ((await repo.pullRequestsFrom(branch)).some((pull) => pull.mine)) return true;
  const log = await repo.branchMoves(branch);
  // The newest first: a branch may have been deleted, and made again by another author.
  const made = log?.moves.find((move) => move.before === null);
  if (made) return made.mine;
  if (branch.startsWith(DEFAULT_PREFIX)) return true;
  if (log !== null && log.moves.length === 0)
    throw new ForgeError(`GitHub does not tell yet who made the branch ${branch}`, 404, null, 'not_visible_yet');
  return false;
}
