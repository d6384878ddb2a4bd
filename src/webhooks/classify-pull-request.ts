import type { EmitterWebhookEvent } from '@octokit/webhooks';
import type { RepositoryRef } from '../domain/repository.ts';
import type { OtherPullRequest } from '../workflows/repository/other-pull-requests.ts';
import { type ClassifiedEvent, IGNORED } from './classified-event.ts';

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

interface Checked {
  readonly head_sha: string;
  /** GitHub names none from forks. */
  readonly pull_requests: readonly NamedPull[];
}

interface NamedPull {
  readonly number: number;
  readonly head: { readonly ref: string; readonly repo: { readonly id: number } };
  readonly base: { readonly sha: string; readonly repo: { readonly id: number } };
}

/** Of the payload of a check run or a check suite; any other payload has none of it. */
interface RerunPayload {
  readonly repository?: { readonly id?: number; readonly name: string };
  readonly check_run?: Checked;
  readonly check_suite?: Checked;
}

/**
 * Somebody pressed "Re-run" at our check on another pull request than a task's. The checks are the commit's, so that one of its pull requests
 * is enough. Whether it is this App's is asked for, because nothing here tells its author.
 */
export function rerunElsewhere(payload: RerunPayload, repository: RepositoryRef): ClassifiedEvent {
  const checked = payload.check_run ?? payload.check_suite;
  const here = payload.repository?.id;
  // The same commit may be the head of a pull request to another repository, of which this one is a fork.
  const pull = checked?.pull_requests.find(({ base }) => base.repo.id === here);
  if (!checked?.head_sha || !pull?.number || !pull.head.ref || !pull.base.sha) return IGNORED;
  const { number, head, base } = pull;
  const branch = head.repo.id === here ? head.ref : null;
  return {
    kind: 'check_again',
    pull: { repository, number, head: checked.head_sha, base: base.sha, byBot: true, branch, again: true },
  };
}
