import type { Outcome } from '../domain/outcome.ts';
import type { PullRequest, RepositoryForge } from '../ports/forge.ts';

export const PLANWRIGHT_LABEL = 'planwright';

export interface PullRequestText {
  readonly title: string;
  readonly body: string;
}

/** The open pull request of a branch, created or brought up to date, and labelled. */
export async function putPullRequest(
  repo: RepositoryForge,
  branch: string,
  base: string,
  text: PullRequestText,
): Promise<Outcome<PullRequest>> {
  const open = (await repo.pullRequestsFrom(branch)).find((p) => p.state === 'open' && p.mine);
  if (open) {
    if (open.title !== text.title || open.body !== text.body) await repo.updatePullRequest(open.number, text);
    return { ok: true, value: open };
  }
  return repo.createPullRequest({ head: branch, base, ...text, draft: false });
}

export async function markPullRequest(repo: RepositoryForge, number: number): Promise<void> {
  await repo.ensureLabel(PLANWRIGHT_LABEL, '5319e7', 'Made by Planwright');
  await repo.addLabel(number, PLANWRIGHT_LABEL);
}

export const closePullRequest = (repo: RepositoryForge, number: number): Promise<void> =>
  repo.updatePullRequest(number, { state: 'closed' });
