import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { ReviewComment, ReviewThread } from '../../ports/forge/reviews.ts';
import type { Access } from './access.ts';
import { orNull } from './client/github-error.ts';
import { graphql } from './client/graphql.ts';
import { cutBody } from './client/text-limit.ts';
import { REST_OF_THREAD, THREADS } from './graphql-documents.ts';
import { type AppIdentity, isWrittenByApp, personFrom } from './person.ts';

interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  /** Null is what cannot be shown. */
  readonly nodes: readonly (T | null)[];
}
interface CommentNode {
  /** GraphQL's BigInt, a string of digits. Never null for a comment, but its type allows it. */
  readonly fullDatabaseId: string | number | null;
  readonly body: string;
  readonly diffHunk: string;
  readonly createdAt: string;
  /** Null for a deleted account. A bot's login lacks its `[bot]` here. */
  readonly author: { readonly __typename: string; readonly login: string } | null;
}
interface ThreadNode {
  readonly id: string;
  readonly isResolved: boolean;
  readonly isOutdated: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly originalLine: number | null;
  readonly comments: Page<CommentNode>;
}
interface Threads {
  readonly repository: { readonly pullRequest: { readonly reviewThreads: Page<ThreadNode> } };
}

export const reviewThreadOperations = (access: Access): Pick<RepositoryForge, 'reviewThreads' | 'replyToReviewComment'> => ({
  async reviewThreads(number) {
    const { owner, repo } = access.at;
    const app = await access.identity();
    const found: ReviewThread[] = [];
    for (let after: string | null = null; ; ) {
      const asked: Threads | null = await orNull(graphql<Threads>(access, THREADS, { owner, repo, number, after, more: null }));
      if (asked === null) return found;
      const { nodes, pageInfo }: Page<ThreadNode> = asked.repository.pullRequest.reviewThreads;
      for (const node of nodes.filter(isShown)) {
        const thread = threadFrom(node, await commentsOf(access, node), app);
        if (thread) found.push(thread);
      }
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  },

  async replyToReviewComment(number, comment, body) {
    const octokit = await access.octokit();
    const reply = { ...access.at, pull_number: number, comment_id: comment, body: cutBody(body) };
    await orNull(octokit.rest.pulls.createReplyForReviewComment(reply));
  },
});

async function commentsOf(access: Access, { id, comments }: ThreadNode): Promise<CommentNode[]> {
  const all = comments.nodes.filter(isShown);
  for (let { hasNextPage, endCursor } = comments.pageInfo; hasNextPage; ) {
    const rest: { node: { comments: Page<CommentNode> } } = await graphql(access, REST_OF_THREAD, { id, more: endCursor });
    all.push(...rest.node.comments.nodes.filter(isShown));
    ({ hasNextPage, endCursor } = rest.node.comments.pageInfo);
  }
  return all;
}

const isShown = <T>(node: T | null): node is T => node !== null;

/** Null for a thread all of whose comments were deleted. */
function threadFrom(node: ThreadNode, comments: readonly CommentNode[], app: AppIdentity): ReviewThread | null {
  const [first, ...others] = comments;
  if (!first) return null;
  const { isResolved: resolved, isOutdated: outdated, path } = node;
  return {
    resolved,
    outdated,
    path,
    line: node.line ?? node.originalLine,
    hunk: first.diffHunk,
    comments: [commentFrom(first, app), ...others.map((comment) => commentFrom(comment, app))],
  };
}

function commentFrom({ fullDatabaseId, body, createdAt, author }: CommentNode, app: AppIdentity): ReviewComment {
  const account =
    author === null
      ? null
      : { login: author.__typename === 'Bot' ? `${author.login}[bot]` : author.login, type: author.__typename };
  return { id: Number(fullDatabaseId), author: personFrom(account), mine: isWrittenByApp(app, account), body, createdAt };
}
