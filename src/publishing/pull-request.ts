import { failure, type Outcome, success } from '../domain/outcome.ts';
import type { RepositoryForge } from '../ports/forge/forge.ts';
import type { PullRequest } from '../ports/forge/pulls.ts';
import { openPullRequestFrom } from './own-pull-request.ts';

/** The label of a pull request whose failing checks are left to people. */
const CHECKS_LABEL = 'planwright: checks failing';
const CHECKS_LOOK = { color: 'd93f0b', description: 'Its checks fail, and Planwright leaves them to people' };

export interface PullRequestText {
  readonly title: string;
  readonly body: string;
}

/**
 * The open pull request of a branch, created (as a draft, where the repository has them) or brought up to date. `isFirst`: there was no
 * such branch a moment ago, so that one is only looked for when GitHub says that it is there.
 */
export async function putPullRequest(
  repo: RepositoryForge,
  { head: branch, base }: { readonly head: string; readonly base: string },
  text: PullRequestText,
  { draft, isFirst = false }: { readonly draft: boolean; readonly isFirst?: boolean },
): Promise<Outcome<PullRequest>> {
  const open = isFirst ? null : await openPullRequestFrom(repo, branch);
  const put = open ? success(open) : await repo.createPullRequest({ head: branch, base, ...text, draft });
  // GitHub allows one open pull request per branch: an older one by another author stays, and we must not write in it.
  if (put.ok && !put.value.mine) return failure(takenBy(put.value));
  if (put.ok) await bringUpToDate(repo, put.value, base, text);
  return put;
}

async function bringUpToDate(repo: RepositoryForge, pull: PullRequest, base: string, text: PullRequestText): Promise<void> {
  const { number, title, body, baseRef } = pull;
  if (title !== text.title || body !== text.body || baseRef !== base)
    await repo.updatePullRequest(number, { ...text, ...(baseRef === base ? {} : { base }) });
}

const takenBy = ({ number, headRef, author }: PullRequest): string =>
  `\`${author.login}\` has opened #${number} from the branch \`${headRef}\`, where this pull request belongs. Close it and try again.`;

const OWN_LABEL = 'planwright';
const OWN_LOOK = { color: '5319e7', description: 'Made by Planwright' };

/** A label that the repository has chosen and does not have yet gets the look that GitHub gives it. */
export async function markPullRequest(repo: RepositoryForge, number: number, labels: readonly string[]): Promise<void> {
  for (const label of labels) await repo.addLabel(number, label, label === OWN_LABEL ? OWN_LOOK : undefined);
}

/** Sets or removes the label, so that people find in a list what is waiting for them. */
export async function flagChecks(repo: RepositoryForge, number: number, failing: boolean): Promise<void> {
  if (!failing) return repo.removeLabel(number, CHECKS_LABEL);
  await repo.addLabel(number, CHECKS_LABEL, CHECKS_LOOK);
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
