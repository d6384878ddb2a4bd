import type { ReactionTarget } from '../../domain/task/reaction-target.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError, type RefusalReason } from '../../ports/forge/forge-error.ts';
import type { Comment, Reaction } from '../../ports/forge/issues.ts';
import { type Access, PAGE } from './access.ts';
import { graphql } from './client/graphql.ts';
import { cutBody } from './client/text-limit.ts';
import { ADD_REACTION } from './graphql-documents.ts';
import { type Account, type AppIdentity, isWrittenByApp, personFrom } from './person.ts';

interface CommentPayload {
  readonly id: number;
  readonly user: Account | null;
  readonly body?: string;
  readonly created_at: string;
  readonly html_url: string;
  readonly performed_via_github_app?: { readonly id?: number } | null;
}

/** Of the comments of a whole repository, which may be any number. */
const PAGES_MAX = 3;

export const commentOperations = (
  access: Access,
): Pick<RepositoryForge, 'comments' | 'ownCommentsSince' | 'createComment' | 'updateComment' | 'react'> => ({
  async comments(number) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    const found = await octokit.paginate(octokit.rest.issues.listComments, {
      ...access.at,
      issue_number: number,
      per_page: PAGE,
    });
    return found.map((payload) => commentFrom(payload, app));
  },

  async ownCommentsSince(since) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    // GitHub ignores the direction of comments that are not sorted by anything.
    const latest = { ...access.at, since, sort: 'updated', direction: 'desc', per_page: PAGE } as const;
    const found: { on: number; body: string }[] = [];
    let pages = 0;
    for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listCommentsForRepo, latest)) {
      const own = data.filter(({ user, performed_via_github_app: via }) => isWrittenByApp(app, user, via));
      found.push(...own.map(({ issue_url, body = '' }) => ({ on: numberIn(issue_url), body })));
      pages += 1;
      if (pages >= PAGES_MAX) break;
    }
    return found;
  },

  async createComment(number, body) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    const answer = await octokit.rest.issues.createComment({ ...access.at, issue_number: number, body: cutBody(body) });
    return commentFrom(answer.data, app);
  },

  async updateComment(id, body) {
    const octokit = await access.octokit();
    await octokit.rest.issues.updateComment({ ...access.at, comment_id: id, body: cutBody(body) });
  },

  // GitHub counts the same reaction once, so this may be repeated. A reaction is a courtesy: in a locked conversation GitHub refuses it, which
  // may not fail the work. An outage is no refusal, and a comment that is not found may be too young for GitHub's replicas: whoever waits for
  // the acknowledgement is to get it, so both are the caller's to repeat.
  async react(target, reaction) {
    try {
      await createReaction(access, target, reaction);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      (await access.octokit()).log.info(`No reaction: ${error.message}`);
    }
  },
});

/** What may pass: an outage, and an object that was made a moment ago. */
const MAY_PASS: ReadonlySet<RefusalReason> = new Set(['unavailable', 'not_visible_yet', 'not_found']);

const isRefusal = (error: unknown): error is ForgeError =>
  error instanceof ForgeError &&
  error.retryAt === null &&
  error.status !== null &&
  error.status !== 401 &&
  !MAY_PASS.has(error.reason);

async function createReaction(access: Access, target: ReactionTarget, content: Reaction): Promise<unknown> {
  const { at } = access;
  const { reactions } = (await access.octokit()).rest;
  switch (target.kind) {
    case 'issue_comment':
      return reactions.createForIssueComment({ ...at, comment_id: target.id, content });
    case 'review':
      return graphql(access, ADD_REACTION, { subject: target.node, content: content.toUpperCase() });
  }
}

/** A comment's `issue_url` ends with the number of the issue or pull request that it is on. */
const numberIn = (issueUrl: string): number => Number(issueUrl.split('/').at(-1));

const commentFrom = (payload: CommentPayload, app: AppIdentity): Comment => ({
  id: payload.id,
  author: personFrom(payload.user),
  mine: isWrittenByApp(app, payload.user, payload.performed_via_github_app),
  body: payload.body ?? '',
  createdAt: payload.created_at,
  url: payload.html_url,
});
