// What can be changed through GraphQL here: drafts, whether a review thread is resolved, and reactions to a review's own text.
import { objection } from './access.ts';
import { announce, announcePull } from './announcing.ts';
import type { GraphqlObject } from './graphql.ts';
import { GraphqlError } from './graphql-error.ts';
import { type Asking, commentObject, pullObject, reviewObject, threadId, threadObject, unresolvable } from './graphql-objects.ts';
import { isLocked } from './locking.ts';
import { pullNumbered, refreshPull } from './pull-state.ts';
import { replyTo } from './reviews.ts';
import type { CommentRow, PullRequestRow, RepositoryRow, ReviewRow } from './rows.ts';
import { type Json, userJson } from './world.ts';

export function mutations(asking: Asking): GraphqlObject {
  const { world, actor } = asking;
  const payload = (input: Json, content: Json): GraphqlObject => ({
    __typename: 'Payload',
    clientMutationId: input.clientMutationId ?? null,
    ...content,
  });

  async function setDraft({ input }: Json, draft: boolean): Promise<GraphqlObject> {
    const { pullRequestId } = input as Json;
    const row = world.tables.pullRequests.all().find((pull) => pull.node_id === pullRequestId);
    const repo = repositoryOf(asking, row, `/pulls/${row?.number}`, 'PATCH');
    if (!row || !repo) throw unresolvable(`a node with the global id of '${pullRequestId}'`);
    if (row.state !== 'open') throw new GraphqlError('UNPROCESSABLE', 'The pull request is closed');
    if (row.draft !== draft) {
      await refreshPull(world, repo, world.tables.pullRequests.update(row.id, { draft }) ?? row);
      announcePull(world, repo, row.number, draft ? 'converted_to_draft' : 'ready_for_review', actor);
    }
    return payload(input as Json, { pullRequest: pullObject(world, repo, world.tables.pullRequests.get(row.id) ?? row) });
  }

  function setResolved({ input }: Json, resolved: boolean): GraphqlObject {
    const { threadId: id } = input as Json;
    const { root, repo } = threadOf(asking, id);
    if (resolved) world.links.resolved.set(root.id, actor?.login ?? 'ghost');
    else world.links.resolved.delete(root.id);
    const thread = { node_id: threadId(root), comments: [] };
    const who = actor ? { sender: userJson(world, actor) } : {};
    announce(
      world,
      repo,
      'pull_request_review_thread',
      resolved ? 'resolved' : 'unresolved',
      { thread, ...who },
      root.pull_number ?? undefined,
    );
    return payload(input as Json, { thread: threadObject(world, repo, root) });
  }

  return {
    __typename: 'Mutation',
    markPullRequestReadyForReview: (args: Json) => setDraft(args, false),
    convertPullRequestToDraft: (args: Json) => setDraft(args, true),
    resolveReviewThread: (args: Json) => setResolved(args, true),
    unresolveReviewThread: (args: Json) => setResolved(args, false),
    addReaction({ input }: Json) {
      const { subjectId, content } = input as Json;
      const review = world.tables.reviews.all().find((row) => row.node_id === subjectId);
      const repo = repositoryOf(asking, review, '/issues/comments/0/reactions', 'POST');
      if (!review || !repo) throw unresolvable(`a node with the global id of '${subjectId}'`);
      if (isLocked(world, repo, review.pull_number))
        throw new GraphqlError('FORBIDDEN', `${actor?.login} does not have the correct permissions to execute \`AddReaction\``);
      const given = world.links.reviewReactions.get(review.id) ?? [];
      const reaction = { login: actor?.login ?? 'ghost', content: String(content) };
      // The same from the same is one.
      if (!given.some((one) => one.login === reaction.login && one.content === reaction.content)) given.push(reaction);
      world.links.reviewReactions.set(review.id, given);
      return payload(input as Json, { subject: reviewObject(world, review) });
    },
    async addPullRequestReviewThreadReply({ input }: Json) {
      const { pullRequestReviewThreadId, body } = input as Json;
      const { root, repo } = threadOf(asking, pullRequestReviewThreadId);
      const pull = pullNumbered(world, repo, root.pull_number ?? 0);
      if (!pull) throw unresolvable(`a node with the global id of '${pullRequestReviewThreadId}'`);
      const comment = await replyTo(world, { repo, actor }, pull, root, String(body));
      return payload(input as Json, { comment: commentObject(world, repo, comment) });
    },
  };
}

function threadOf(asking: Asking, id: unknown): { root: CommentRow; repo: RepositoryRow } {
  const root = asking.world.tables.comments.all().find((row) => row.in_reply_to_id === null && threadId(row) === id);
  const repo = repositoryOf(asking, root, `/pulls/${root?.pull_number}/threads`, 'PUT');
  if (!root || !repo) throw unresolvable(`a node with the global id of '${id}'`);
  return { root, repo };
}

/** The repository of the row, if whoever asks may do there what the REST call of that method and path would do. */
function repositoryOf(
  { world, holder }: Asking,
  row: PullRequestRow | CommentRow | ReviewRow | undefined,
  path: string,
  method: string,
): RepositoryRow | undefined {
  const repo = row && world.tables.repos.get(row.repo_id);
  const refusal = repo && objection(world, repo, holder, method, path);
  if (refusal?.status === 404) return undefined;
  if (refusal) throw new GraphqlError('FORBIDDEN', refusal.message);
  return repo;
}
