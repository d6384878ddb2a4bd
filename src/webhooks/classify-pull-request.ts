import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { OtherPullRequest } from '../workflows/repository/other-pull-requests.ts';

type PullRequestEvent = EmitterWebhookEvent<'pull_request'>['payload'];

/**
 * A new head of any author's pull request, from a fork or not; null for every other event of a pull request. What this App itself has
 * pushed was checked against the plan before, which cannot touch the settings.
 * @param slug the App's; null until GitHub has said it.
 */
export function classifyPullRequest(payload: PullRequestEvent, slug: string | null): OtherPullRequest | null {
  if (payload.action !== 'opened' && payload.action !== 'reopened' && payload.action !== 'synchronize') return null;
  const { repository, installation } = payload;
  // As in classify.ts, the types promise more than the payloads deliver.
  const { number, head, base, user }: Partial<PullRequestEvent['pull_request']> = payload.pull_request ?? {};
  const owner = repository?.owner?.login;
  if (!installation || !owner || !number || !head?.sha || !head.ref || !base?.sha) return null;
  if (slug !== null && [user?.login, payload.sender?.login].every((login) => login === `${slug}[bot]`)) return null;
  return {
    repository: { owner, name: repository.name, installation: installation.id },
    number,
    head: head.sha,
    base: base.sha,
    byBot: user?.type === 'Bot',
    branch: head.repo?.full_name === repository.full_name ? head.ref : null,
  };
}
