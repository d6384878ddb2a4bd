import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { remember } from '../../domain/remember.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import { type Access, PAGE, pullNodeKey } from './access.ts';
import { type GitHubError, hasStatus, isUncertain, orNull } from './client/github-error.ts';
import { cutBody } from './client/text-limit.ts';
import { closedIssues, openIssues } from './issues.ts';
import { type Account, type AppIdentity, isWrittenByApp, personFrom } from './person.ts';

interface PullPayload {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly draft?: boolean;
  readonly merged_at: string | null;
  /** Present only where a single pull request is requested, not in listings. */
  readonly merged_by?: Account | null;
  readonly merge_commit_sha: string | null;
  readonly user: Account | null;
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
  readonly html_url: string;
}

/** An id that was forgotten costs one request. */
const NODES_KEPT = 5_000;

type Operations = Pick<
  RepositoryForge,
  | 'pullRequest'
  | 'openPullRequests'
  | 'pullRequestsFrom'
  | 'ownPulls'
  | 'ownPullsSince'
  | 'createPullRequest'
  | 'updatePullRequest'
>;

export const pullRequestOperations = (access: Access): Operations => ({
  async pullRequest(number) {
    const payload = await readOne(access, number);
    return payload && pullRequestFrom(payload, await access.identity());
  },

  async pullRequestsFrom(branch) {
    const app = await access.identity();
    const found = await listFrom(access, branch, 'all');
    // Listings leave out who merged, and a merge is one way to approve: the few merged ones are requested one by one.
    const whole = await Promise.all(found.map(async (pr) => (pr.merged_at ? ((await readOne(access, pr.number)) ?? pr) : pr)));
    return whole.map((payload) => pullRequestFrom(payload, app));
  },

  async openPullRequests(limit) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    const open = { ...access.at, state: 'open', sort: 'updated', direction: 'desc', per_page: Math.min(limit, PAGE) } as const;
    const found: PullPayload[] = [];
    for await (const { data } of octokit.paginate.iterator(octokit.rest.pulls.list, open)) {
      found.push(...data);
      if (found.length >= limit) break;
    }
    return found
      .slice(0, limit)
      .map((payload) => ({ ...pullRequestFrom(payload, app), fork: payload.head.repo?.id !== payload.base.repo.id }));
  },

  async ownPulls() {
    const app = await access.identity();
    return ownPullsAmong(await openIssues(access, { creator: app.botLogin }), app);
  },

  async ownPullsSince(since) {
    const app = await access.identity();
    const mine = { creator: app.botLogin };
    const [open, closed] = await Promise.all([openIssues(access, mine), closedIssues(access, mine, since)]);
    return { open: ownPullsAmong(open, app), closed: ownPullsAmong(closed, app) };
  },

  async createPullRequest(pr) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    const send = async (draft: boolean) => {
      const answer = await octokit.rest.pulls.create({ ...access.at, ...pr, body: cutBody(pr.body), draft });
      const { number, node_id } = answer.data;
      if (node_id) remember(access.pullNodes, pullNodeKey(access, number), node_id, NODES_KEPT);
      return success(pullRequestFrom(answer.data, app));
    };
    const open = async () => (await listFrom(access, pr.head, 'open'))[0];
    try {
      return await send(pr.draft);
    } catch (error) {
      if (!hasStatus(error, 422) && !isUncertain(error)) throw error;
      const found = await open();
      if (found) return success(pullRequestFrom(found, app));
      if (!hasStatus(error, 422)) throw error;
      // Private repositories of free plans have no drafts.
      if (!pr.draft || error.reason !== 'drafts_unsupported') return refusedFor(error);
    }
    try {
      return await send(false);
    } catch (error) {
      if (hasStatus(error, 422)) return refusedFor(error);
      throw error;
    }
  },

  async updatePullRequest(number, change) {
    const octokit = await access.octokit();
    const body = change.body === undefined ? {} : { body: cutBody(change.body) };
    await octokit.rest.pulls.update({ ...access.at, pull_number: number, ...change, ...body });
  },
});

/** GitHub's words about the pull request itself are for people to read; a known reason has a sentence of ours elsewhere. */
function refusedFor(error: GitHubError): Outcome<never> {
  if (error.reason !== 'other') throw error;
  return failure(error.said);
}

/** Lists of issues hold pull requests as well, in short: without their branches. */
const ownPullsAmong = (found: Awaited<ReturnType<typeof openIssues>>, app: AppIdentity) =>
  found
    .filter((payload) => payload.pull_request && isWrittenByApp(app, payload.user))
    .map(({ number, body }) => ({ number, body: body ?? '' }));

async function readOne(access: Access, number: number): Promise<PullPayload | null> {
  const octokit = await access.octokit();
  const answer = await orNull(octokit.rest.pulls.get({ ...access.at, pull_number: number }));
  return answer?.data ?? null;
}

/**
 * Newest first. GitHub ignores a `head` it cannot read and then lists every pull request; and the same branch name exists in
 * forks. So each one's head is verified: its name, and that it is in the repository that it is to be merged into.
 */
async function listFrom(access: Access, branch: string, state: 'open' | 'all'): Promise<readonly PullPayload[]> {
  const octokit = await access.octokit();
  const found: readonly PullPayload[] = await octokit.paginate(octokit.rest.pulls.list, {
    ...access.at,
    head: `${access.at.owner}:${branch}`,
    state,
    sort: 'created',
    direction: 'desc',
    per_page: PAGE,
  });
  return found
    .filter(({ head, base }) => head.ref === branch && head.repo?.id === base.repo.id)
    .sort((a, b) => b.number - a.number);
}

const pullRequestFrom = (payload: PullPayload, app: AppIdentity): PullRequest => ({
  number: payload.number,
  title: payload.title,
  body: payload.body ?? '',
  state: payload.state === 'open' ? 'open' : 'closed',
  draft: payload.draft ?? false,
  merged: payload.merged_at !== null,
  mergedBy: payload.merged_at && payload.merged_by ? personFrom(payload.merged_by) : null,
  // Before the merge this field holds a trial merge, which is on no branch.
  mergeCommit: payload.merged_at ? payload.merge_commit_sha : null,
  author: personFrom(payload.user),
  mine: isWrittenByApp(app, payload.user),
  headRef: payload.head.ref,
  headSha: payload.head.sha,
  baseRef: payload.base.ref,
  url: payload.html_url,
});
