import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Issue } from '../../ports/forge/issues.ts';
import { type Access, PAGE } from './access.ts';
import { hasStatus, orNull } from './client/github-error.ts';
import { type Account, personFrom } from './person.ts';

interface IssuePayload {
  readonly number: number;
  readonly repository_url?: string;
  readonly title: string;
  readonly body?: string | null;
  readonly user: Account | null;
  readonly state: string;
  readonly closed_at?: string | null;
  /** Present only where a single issue is requested, not in listings. */
  readonly closed_by?: Account | null;
  readonly labels: readonly (string | { readonly name?: string | null })[];
  readonly pull_request?: unknown;
  readonly locked?: boolean;
}

export const issueOperations = (access: Access): Pick<RepositoryForge, 'issue' | 'closeIssue' | 'issuesLabelled'> => ({
  async issue(number) {
    const octokit = await access.octokit();
    const answer = await orGone(orNull(octokit.rest.issues.get({ ...access.at, issue_number: number })));
    if (answer === 'gone') return answer;
    // A transferred issue redirects to the other repository, and so does every issue of a renamed repository: it is gone from here.
    return answer && answer.data.number === number && isHere(access, answer.data) ? issueFrom(answer.data) : null;
  },

  async closeIssue(number) {
    const octokit = await access.octokit();
    await octokit.rest.issues.update({ ...access.at, issue_number: number, state: 'closed', state_reason: 'completed' });
  },

  async issuesLabelled(label) {
    return (await openIssues(access, { labels: label })).filter((payload) => !payload.pull_request).map(issueFrom);
  },
});

type Which = { readonly labels: string } | { readonly creator: string };

/** Open issues and pull requests alike: to GitHub's issue listing they are one. */
export async function openIssues(access: Access, which: Which): Promise<readonly IssuePayload[]> {
  const octokit = await access.octokit();
  return octokit.paginate(octokit.rest.issues.listForRepo, { ...access.at, ...which, state: 'open', per_page: PAGE });
}

/** Closed issues and pull requests that changed since (ISO 8601). */
export async function closedIssues(access: Access, which: Which, since: string): Promise<readonly IssuePayload[]> {
  const octokit = await access.octokit();
  const closed = { ...access.at, ...which, state: 'closed', since, per_page: PAGE } as const;
  return octokit.paginate(octokit.rest.issues.listForRepo, closed);
}

/** 410 is also GitHub's answer where a repository's issues are switched off, which deletes none. */
async function orGone<T>(request: Promise<T>): Promise<T | 'gone' | null> {
  try {
    return await request;
  } catch (error) {
    if (!hasStatus(error, 410)) throw error;
    return error.reason === 'gone' ? 'gone' : null;
  }
}

function isHere({ at }: Access, { repository_url }: IssuePayload): boolean {
  const [owner, repo] = repository_url?.split('/').slice(-2) ?? [];
  return `${owner}/${repo}`.toLowerCase() === `${at.owner}/${at.repo}`.toLowerCase();
}

const issueFrom = (payload: IssuePayload): Issue => ({
  number: payload.number,
  title: payload.title,
  body: payload.body ?? '',
  author: personFrom(payload.user),
  state: payload.state === 'open' ? 'open' : 'closed',
  closedAt: payload.closed_at ?? null,
  closedBy: payload.closed_by ? personFrom(payload.closed_by) : null,
  labels: payload.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
  isPullRequest: Boolean(payload.pull_request),
  locked: payload.locked ?? false,
});
