// What can be read through GraphQL here: repositories, issues, pull requests, review threads, edit histories.
import { mayRead } from './access.ts';
import type { TokenHolder } from './emulate.ts';
import type { GraphqlObject } from './graphql.ts';
import { commitObject } from './graphql-commits.ts';
import { connection } from './graphql-connection.ts';
import { GraphqlError } from './graphql-error.ts';
import type { CommentRow, IssueRow, PullRequestRow, RepositoryRow, ReviewRow, UserRow } from './rows.ts';
import { BOT_MARK, type Json, ownerOf, repositoryNamed, type World } from './world.ts';

export interface Asking {
  world: World;
  holder: TokenHolder;
  actor: UserRow | undefined;
}

export const unresolvable = (what: string) => new GraphqlError('NOT_FOUND', `Could not resolve to ${what}.`);

export function queries(asking: Asking): GraphqlObject {
  return {
    __typename: 'Query',
    viewer: actorObject(asking.actor),
    rateLimit: {
      __typename: 'RateLimit',
      limit: 5000,
      remaining: 4999,
      cost: 1,
      resetAt: new Date(Date.now() + 3_600_000).toISOString(),
    },
    repository({ owner, name }: Json) {
      const repo = repositoryNamed(asking.world.tables, `${owner}/${name}`);
      if (!repo || !mayRead(asking.world, repo, asking.holder))
        throw unresolvable(`a Repository with the name '${owner}/${name}'`);
      return repositoryObject(asking.world, repo);
    },
    node: ({ id }: Json) => nodeObject(asking, String(id)),
    nodes: ({ ids }: Json) => (ids as string[]).map((id) => nodeObject(asking, id)),
  };
}

function nodeObject({ world, holder }: Asking, id: string): GraphqlObject {
  const { tables } = world;
  const readable = <R extends { repo_id: number }>(row: R | undefined): [RepositoryRow, R] | undefined => {
    const repo = row && tables.repos.get(row.repo_id);
    return row && repo && mayRead(world, repo, holder) ? [repo, row] : undefined;
  };
  const pull = readable(tables.pullRequests.all().find((row) => row.node_id === id));
  if (pull) return pullObject(world, ...pull);
  const issue = readable(tables.issues.all().find((row) => row.node_id === id && !row.is_pull_request));
  if (issue) return issueObject(world, ...issue);
  const thread = readable(tables.comments.all().find((row) => threadId(row) === id && row.in_reply_to_id === null));
  if (thread) return threadObject(world, ...thread);
  const review = readable(tables.reviews.all().find((row) => row.node_id === id));
  if (review) return reviewObject(world, review[1]);
  const comment = readable(tables.comments.all().find((row) => row.node_id === id));
  if (comment) return commentObject(world, ...comment);
  throw unresolvable(`a node with the global id of '${id}'`);
}

function actorObject(user: UserRow | undefined): GraphqlObject | null {
  if (!user) return null;
  const login = user.login.replace(BOT_MARK, ''); // GraphQL leaves the mark out: the type says it
  return { __typename: user.type, login, id: user.node_id, databaseId: user.id };
}

function repositoryObject(world: World, repo: RepositoryRow): GraphqlObject {
  const { tables } = world;
  const branch = world.git.branch(repo, repo.default_branch);
  // biome-ignore format: one object
  return {
    __typename: 'Repository', id: repo.node_id, databaseId: repo.id, name: repo.name, nameWithOwner: repo.full_name, isPrivate: repo.private,
    owner: { __typename: repo.owner_type, login: ownerOf(repo) },
    defaultBranchRef: branch ? refObject(world, repo, { ref: `refs/heads/${repo.default_branch}`, sha: branch }) : null,
    refs({ refPrefix, ...page }: Json) {
      const found = world.git.refs(repo).filter(({ ref }) => ref.startsWith(String(refPrefix)));
      found.sort((a, b) => a.ref.localeCompare(b.ref));
      return connection('RefConnection', found, (row) => refObject(world, repo, row, String(refPrefix)))(page);
    },
    pullRequests({ headRefName, ...page }: Json) {
      const rows = tables.pullRequests.findBy('repo_id', repo.id).filter((pull) => !headRefName || pull.head_ref === headRefName);
      return connection('PullRequestConnection', newestFirst(rows), (pull) => pullObject(world, repo, pull))(page);
    },
    issueOrPullRequest({ number }: Json) {
      const pull = tables.pullRequests.findBy('repo_id', repo.id).find((row) => row.number === number);
      if (pull) return pullObject(world, repo, pull);
      const row = tables.issues.findBy('repo_id', repo.id).find((issue) => issue.number === number && !issue.is_pull_request);
      if (!row) throw unresolvable(`an issue or pull request with the number of ${number}`);
      return issueObject(world, repo, row);
    },
    issue({ number }: Json) {
      const row = tables.issues.findBy('repo_id', repo.id).find((issue) => issue.number === number && !issue.is_pull_request);
      if (!row) throw unresolvable(`an Issue with the number of ${number}`);
      return issueObject(world, repo, row);
    },
    pullRequest({ number }: Json) {
      const row = tables.pullRequests.findBy('repo_id', repo.id).find((pull) => pull.number === number);
      if (!row) throw unresolvable(`a PullRequest with the number of ${number}`);
      return pullObject(world, repo, row);
    },
  };
}

/** What is asked for here comes in no other order. */
const newestFirst = <R extends { number: number }>(rows: readonly R[]): R[] => rows.toSorted((a, b) => b.number - a.number);

/** A name is told from where the prefix ends that was asked for. */
function refObject(
  world: World,
  repo: RepositoryRow,
  { ref, sha }: { ref: string; sha: string },
  prefix = 'refs/heads/',
): GraphqlObject {
  const rows = world.tables.pullRequests.findBy('repo_id', repo.id).filter((pull) => `refs/heads/${pull.head_ref}` === ref);
  return {
    __typename: 'Ref',
    prefix,
    name: ref.slice(prefix.length),
    target: commitObject(world, repo, sha),
    associatedPullRequests: connection('PullRequestConnection', newestFirst(rows), (pull) => pullObject(world, repo, pull)),
  };
}

/** Edits of the text, the newest first; the text as it was written is the oldest, and there only once it was edited. */
function editHistory(world: World, url: string, author: UserRow | undefined, createdAt: string) {
  const edits = (world.links.edits.get(url) ?? []).filter((edit) => edit.body !== edit.now);
  const editor = (login: string) => actorObject(world.tables.users.findOneBy('login', login));
  const versions = edits.map((edit) => ({ at: edit.at, by: editor(edit.by), text: edit.now }));
  if (edits[0]) versions.unshift({ at: createdAt, by: actorObject(author), text: edits[0].body });
  versions.reverse();
  // biome-ignore format: one object
  const node = ({ at, by, text }: (typeof versions)[number]): GraphqlObject => ({
    __typename: 'UserContentEdit', createdAt: at, editedAt: at, updatedAt: at, editor: by, diff: text, deletedAt: null, deletedBy: null,
  });
  return {
    lastEditedAt: edits.at(-1)?.at ?? null,
    editor: versions.length ? (versions[0]?.by ?? null) : null,
    includesCreatedEdit: edits.length > 0,
    userContentEdits: connection('UserContentEditConnection', versions, node),
  };
}

function conversation(world: World, repo: RepositoryRow, row: IssueRow | PullRequestRow) {
  const { tables } = world;
  const author = tables.users.get(row.user_id);
  const labels = row.label_ids.map((id) => tables.labels.get(id)).filter((label) => label !== undefined);
  const comments = tables.comments.findBy('repo_id', repo.id).filter((comment) => comment.issue_number === row.number);
  // biome-ignore format: one object
  return {
    id: row.node_id, databaseId: row.id, number: row.number, title: row.title, body: row.body ?? '', author: actorObject(author),
    createdAt: row.created_at, updatedAt: row.updated_at, closed: row.state === 'closed', closedAt: row.closed_at,
    labels: connection('LabelConnection', labels, (label) => ({ __typename: 'Label', id: label.node_id, name: label.name, color: label.color })),
    comments: connection('IssueCommentConnection', comments, (comment) => commentObject(world, repo, comment)),
    ...editHistory(world, `${world.url}/repos/${repo.full_name}/issues/${row.number}`, author, row.created_at),
  };
}

function issueObject(world: World, repo: RepositoryRow, issue: IssueRow): GraphqlObject {
  const url = `${world.url}/${repo.full_name}/issues/${issue.number}`;
  const closers = issue.state === 'closed' ? [world.tables.users.get(issue.closed_by_id ?? 0)] : [];
  return {
    __typename: 'Issue',
    ...conversation(world, repo, issue),
    url,
    locked: issue.locked,
    timelineItems({ itemTypes, ...page }: Json) {
      if (JSON.stringify(itemTypes) !== '["CLOSED_EVENT"]') throw new Error('the local GitHub knows only one kind of event');
      return connection('IssueTimelineItemsConnection', closers, (actor) => ({
        __typename: 'ClosedEvent',
        actor: actorObject(actor),
      }))(page);
    },
    state: issue.state.toUpperCase(),
    stateReason: issue.state_reason?.toUpperCase() ?? null,
  };
}

export function pullObject(world: World, repo: RepositoryRow, pull: PullRequestRow): GraphqlObject {
  const { tables } = world;
  const roots = tables.comments
    .findBy('repo_id', repo.id)
    .filter((row) => row.comment_type === 'review' && row.pull_number === pull.number && row.in_reply_to_id === null);
  const reviews = tables.reviews.findBy('repo_id', repo.id).filter((review) => review.pull_number === pull.number);
  // biome-ignore format: one object
  return {
    __typename: 'PullRequest', ...conversation(world, repo, pull), url: `${world.url}/${repo.full_name}/pull/${pull.number}`,
    state: pull.merged ? 'MERGED' : pull.state.toUpperCase(), isDraft: pull.draft, merged: pull.merged, mergedAt: pull.merged_at,
    mergedBy: pull.merged_by_id === null ? null : actorObject(tables.users.get(pull.merged_by_id)), isCrossRepository: false,
    mergeCommit: pull.merged && pull.merge_commit_sha ? { __typename: 'Commit', oid: pull.merge_commit_sha } : null,
    headRefName: pull.head_ref, headRefOid: pull.head_sha, baseRefName: pull.base_ref, baseRefOid: pull.base_sha,
    mergeable: pull.mergeable === null ? 'UNKNOWN' : pull.mergeable ? 'MERGEABLE' : 'CONFLICTING', repository: () => repositoryObject(world, repo),
    reviewThreads: connection('PullRequestReviewThreadConnection', roots, (root) => threadObject(world, repo, root)),
    reviews: connection('PullRequestReviewConnection', reviews, (review) => reviewObject(world, review)),
  };
}

export function reviewObject(world: World, review: ReviewRow): GraphqlObject {
  const { tables, links } = world;
  const reactions = links.reviewReactions.get(review.id) ?? [];
  // biome-ignore format: one object
  return {
    __typename: 'PullRequestReview', id: review.node_id, databaseId: review.id, state: review.state, body: review.body ?? '',
    createdAt: review.submitted_at, lastEditedAt: null, submittedAt: review.submitted_at, ...placeOf(world, review, review.pull_number, 'pullrequestreview-'), author: actorObject(tables.users.get(review.user_id)), commit: { __typename: 'Commit', oid: review.commit_id },
    reactions: connection('ReactionConnection', reactions, ({ login, content }) => ({
      __typename: 'Reaction', content, user: actorObject(tables.users.findOneBy('login', login)),
    })),
  };
}

/** Where it was written: the address names the issue or pull request. */
function placeOf(
  { url, tables }: World,
  { id, repo_id }: { id: number; repo_id: number },
  number: number | null,
  anchor: string,
) {
  const repo = tables.repos.get(repo_id);
  const pull = tables.pullRequests.findBy('repo_id', repo_id).find((row) => row.number === number);
  return {
    url: `${url}/${repo?.full_name}/${pull ? 'pull' : 'issues'}/${number}#${anchor}${id}`,
    repository: { __typename: 'Repository', nameWithOwner: repo?.full_name },
    pullRequest: pull
      ? {
          __typename: 'PullRequest',
          number: pull.number,
          headRefName: pull.head_ref,
          author: actorObject(tables.users.get(pull.user_id)),
        }
      : null,
  };
}

export const threadId = (root: CommentRow) => (root.comment_type === 'review' ? `PRRT_${root.id}` : undefined);

export function threadObject(world: World, repo: RepositoryRow, root: CommentRow): GraphqlObject {
  const { tables, links } = world;
  const resolvedBy = links.resolved.get(root.id);
  const comments = tables.comments
    .findBy('repo_id', repo.id)
    .filter((row) => row.id === root.id || row.in_reply_to_id === root.id);
  const pull = tables.pullRequests.findBy('repo_id', repo.id).find((row) => row.number === root.pull_number);
  // biome-ignore format: one object
  return {
    __typename: 'PullRequestReviewThread', id: threadId(root), isResolved: resolvedBy !== undefined,
    resolvedBy: resolvedBy === undefined ? null : actorObject(tables.users.findOneBy('login', resolvedBy)),
    isOutdated: root.line === null, path: root.path, line: root.line,
    originalLine: links.placed.get(root.id)?.line ?? null, startLine: links.placed.get(root.id)?.startLine ?? null, diffSide: root.side ?? 'RIGHT',
    subjectType: (root.subject_type ?? 'line').toUpperCase(), pullRequest: () => pull && pullObject(world, repo, pull),
    comments: connection('PullRequestReviewCommentConnection', comments, (comment) => commentObject(world, repo, comment)),
  };
}

export function commentObject(world: World, repo: RepositoryRow, comment: CommentRow): GraphqlObject {
  const isReview = comment.comment_type === 'review';
  const author = world.tables.users.get(comment.user_id);
  const url = `${world.url}/repos/${repo.full_name}/${isReview ? 'pulls' : 'issues'}/comments/${comment.id}`;
  const review = comment.review_id === null ? undefined : world.tables.reviews.get(comment.review_id);
  const placed = world.links.placed.get(comment.id);
  // biome-ignore format: one object
  const onLine = {
    path: comment.path, line: comment.line, originalLine: placed?.line ?? null, diffHunk: placed?.hunk ?? '', outdated: comment.line === null,
    pullRequestReview: review ? reviewObject(world, review) : null, commit: { __typename: 'Commit', oid: comment.commit_sha },
  };
  // biome-ignore format: one object
  return {
    __typename: isReview ? 'PullRequestReviewComment' : 'IssueComment', id: comment.node_id, databaseId: comment.id,
    fullDatabaseId: String(comment.id), body: comment.body, author: actorObject(author), createdAt: comment.created_at, updatedAt: comment.updated_at,
    isMinimized: false, ...placeOf(world, comment, comment.issue_number ?? comment.pull_number, isReview ? 'discussion_r' : 'issuecomment-'), ...editHistory(world, url, author, comment.created_at), ...(isReview ? onLine : {}),
  };
}
