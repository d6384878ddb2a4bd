import { DEFAULT_PREFIX } from '../domain/task/branch-name.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';

/**
 * Whether a branch that is there was made by this App, so that it may be moved. Under a prefix of its own choice a repository may have
 * branches of people, and nothing about a commit tells who pushed it: a pull request of ours from it does, or GitHub's log of who made the
 * branch. Names under the default prefix are kept for this App; servers without that log could otherwise not continue after a crash.
 */
export async function isOwnBranch(repo: RepositoryForge, branch: string): Promise<boolean> {
  if ((await repo.pullRequestsFrom(branch)).some((pull) => pull.mine)) return true;
  const log = await repo.branchMoves(branch);
  if (log === null) return branch.startsWith(DEFAULT_PREFIX);
  // The newest first: a branch may have been deleted, and made again by another author.
  return log.moves.find((move) => move.before === null)?.mine ?? false;
}
