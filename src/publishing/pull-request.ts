import { failure, type Outcome, success } from '../domain/outcome.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { PullRequest } from '../ports/forge/pulls.ts';
import { openPullRequestFrom } from './own-pull-request.ts';

const PLANWRIGHT_LABEL = 'planwright';

/** The label of a pull request whose failing checks are left to people. */
const CHECKS_LABEL = 'planwright: checks failing';

export interface PullRequestText {
  readonly title: string;
  readonly body: string;
}

/** The open pull request of a branch, created (as a draft, where the repository has them) or brought up to date. */
export async function putPullRequest(
  repo: RepositoryForge,
  { head: branch, base }: { readonly head: string; readonly base: string },
  text: PullRequestText,
  { draft }: { readonly draft: boolean },
): Promise<Outcome<PullRequest>> {
  const open = await openPullRequestFrom(repo, branch);
  if (open) {
    if (open.title !== text.title || open.body !== text.body || open.baseRef !== base)
      await repo.updatePullRequest(open.number, { ...text, ...(open.baseRef === base ? {} : { base }) });
    return success(open);
  }
  const put = await repo.createPullRequest({ head: branch, base, ...text, draft });
  // GitHub allows one open pull request per branch: an older one by another author stays, and we must not write in it.
  return put.ok && !put.value.mine ? failure(takenBy(put.value)) : put;
}

const takenBy = ({ number, headRef, author }: PullRequest): string =>
  `\`${author.login}\` has opened #${number} from the branch \`${headRef}\`, where this pull request belongs. Close it and try again.`;

export async function markPullRequest(repo: RepositoryForge, number: number): Promise<void> {
  await repo.ensureLabel(PLANWRIGHT_LABEL, '5319e7', 'Made by Planwright');
  await repo.addLabel(number, PLANWRIGHT_LABEL);
}

/** Sets or removes the label, so that people find in a list what is waiting for them. */
export async function flagChecks(repo: RepositoryForge, number: number, failing: boolean): Promise<void> {
  if (!failing) return repo.removeLabel(number, CHECKS_LABEL);
  await repo.ensureLabel(CHECKS_LABEL, 'd93f0b', 'Its checks fail, and Planwright leaves them to people');
  await repo.addLabel(number, CHECKS_LABEL);
}

/** Called before its branch moves, so that workflows triggered by the push run for the right base. */
export async function retargetPullRequest(repo: RepositoryForge, branch: string, base: string): Promise<void> {
  const open = await openPullRequestFrom(repo, branch);
  if (open && open.baseRef !== base) await repo.updatePullRequest(open.number, { base });
}

export const describePullRequest = (repo: RepositoryForge, number: number, body: string): Promise<void> =>
  repo.updatePullRequest(number, { body });

export const closePullRequest = (repo: RepositoryForge, number: number): Promise<void> =>
  repo.updatePullRequest(number, { state: 'closed' });
