import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { mayWrite } from './authorise.ts';
import type { Closing } from './view.ts';

/** How a pull request that is closed and not merged came to be closed, as GitHub shows it now. */
export async function observeClosing(repo: RepositoryForge, pull: PullRequest): Promise<Closing> {
  // When a branch is deleted, GitHub closes the pull requests into it, in the name of the person who deleted it.
  if ((await repo.branchHead(pull.baseRef)) === null) return { kind: 'base_deleted' };
  const issue = await repo.issue(pull.number);
  const by = issue === null || issue === 'gone' ? null : issue.closedBy;
  if (by === null) return { kind: 'unknown' };
  if (by.bot) return { kind: 'by_bot', by: by.login };
  return mayWrite(await repo.permission(by.login)) ? { kind: 'decided' } : { kind: 'by_stranger', by: by.login };
}
