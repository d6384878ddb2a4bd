// Reviews and their line comments. Every line comment belongs to a review, also one written on its own.
import { announce } from './announcing.ts';
import { diffFiles } from './diffs.ts';
import { pullOf } from './pulls.ts';
import { answerRequest } from './review-requests.ts';
import { type Call, invalid, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { CommentRow, PullRequestRow, RepositoryRow, ReviewRow, UserRow } from './rows.ts';
import { type Json, read, userJson, type World } from './world.ts';

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;
type ReviewEvent = keyof typeof STATES;

const unprocessable = (error: string) => new Refusal(422, 'Unprocessable Entity', [{ message: error }]);

export function reviewRoutes(world: World): void {
  repositoryRoute(world, 'POST', '/pulls/:number/reviews', async (call) => {
    const pull = pullOf(world, call);
    const event = call.text('event') as ReviewEvent | undefined;
    if (event !== undefined && !(event in STATES)) throw invalid('PullRequestReview', 'invalid', 'event');
    const comments = Array.isArray(call.body.comments) ? (call.body.comments as Json[]) : [];
    if (event) assertAllowed(call, pull, event, comments.length);
    const placed = await Promise.all(comments.map((comment) => place(world, call, pull, comment)));
    const state = event ? STATES[event] : 'PENDING';
    const review = insertReview(world, call, pull, { state, body: call.text('body') ?? null, commit: call.text('commit_id') });
    const rows = placed.map((comment) => insertComment(world, call, pull, review, comment));
    if (event) await tell(world, call, pull, review, rows);
    return { json: await read(world, call.repo, `/pulls/${pull.number}/reviews/${review.id}`) };
  });

  repositoryRoute(world, 'POST', '/pulls/:number/reviews/:review/events', async (call) => {
    const pull = pullOf(world, call);
    const review = reviewOf(world, call);
    const event = call.text('event') as ReviewEvent;
    if (!(event in STATES) || review.state !== 'PENDING') throw unprocessable('Could not submit the review');
    assertAllowed(call, pull, event, 1);
    const submitted = { state: STATES[event], body: call.text('body') ?? review.body, submitted_at: new Date().toISOString() };
    const updated = world.tables.reviews.update(review.id, submitted) ?? review;
    const rows = world.tables.comments.findBy('repo_id', call.repo.id).filter((comment) => comment.review_id === review.id);
    await tell(world, call, pull, updated, rows);
    return { json: await read(world, call.repo, `/pulls/${pull.number}/reviews/${review.id}`) };
  });

  repositoryRoute(world, 'PUT', '/pulls/:number/reviews/:review/dismissals', async (call) => {
    const pull = pullOf(world, call);
    const review = reviewOf(world, call);
    if (!call.text('message')) throw unprocessable('Message cannot be blank');
    if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED')
      throw unprocessable(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
    world.tables.reviews.update(review.id, { state: 'DISMISSED' });
    const json = await read(world, call.repo, `/pulls/${pull.number}/reviews/${review.id}`);
    announceReview(world, call, pull, 'dismissed', json);
    return { json };
  });

  repositoryRoute(world, 'POST', '/pulls/:number/comments', async (call) => {
    const pull = pullOf(world, call);
    const answered = call.body.in_reply_to ?? call.body.in_reply_to_id;
    if (answered !== undefined) return reply(world, call, pull, Number(answered));
    return created(world, call.repo, await insertSingle(world, call, pull, await place(world, call, pull, call.body)));
  });

  repositoryRoute(world, 'POST', '/pulls/:number/comments/:comment/replies', (call) =>
    reply(world, call, pullOf(world, call), call.number('comment')),
  );
}

function reviewOf(world: World, call: Call): ReviewRow {
  const review = world.tables.reviews.get(call.number('review'));
  if (!review || review.repo_id !== call.repo.id || review.pull_number !== call.number('number')) throw notFound();
  return review;
}

function assertAllowed(call: Call, pull: PullRequestRow, event: ReviewEvent, comments: number): void {
  if (event !== 'COMMENT' && pull.user_id === call.actor?.id)
    throw unprocessable(`Can not ${event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`);
  const empty = !call.text('body') && comments === 0;
  if (empty && event !== 'APPROVE') throw unprocessable('Review body is required');
}

interface Placed {
  path: string;
  body: string;
  line: number | null;
  startLine: number | null;
  side: 'LEFT' | 'RIGHT';
  subject: 'line' | 'file';
  commit: string;
  hunk: string;
  inReplyTo: number | null;
}

/** Where a line comment goes: the file must be in the diff, and the line within one of its hunks. */
async function place(world: World, call: Call, pull: PullRequestRow, comment: Json): Promise<Placed> {
  const { path, body, line, start_line, side, position, subject_type, commit_id } = comment;
  if (typeof body !== 'string' || !body.trim()) throw invalid('PullRequestReviewComment', 'missing_field', 'body');
  const files = await diffFiles(world, call.repo, `${pull.base_sha}...${pull.head_sha}`, pull.head_sha);
  const file = files.find((candidate) => candidate.filename === path);
  if (!file) throw invalid('PullRequestReviewThread', 'custom', 'path', 'Path could not be resolved');
  const left = side === 'LEFT';
  const at = typeof line === 'number' ? line : typeof position === 'number' ? position : null;
  const hunk = at === null ? undefined : hunkAround(String(file.patch ?? ''), at, left);
  if (subject_type !== 'file' && hunk === undefined)
    throw invalid('PullRequestReviewThread', 'custom', 'line', 'line must be part of the diff');
  // biome-ignore format: one comment
  return {
    path: String(path), body, line: at, startLine: typeof start_line === 'number' ? start_line : null, side: left ? 'LEFT' : 'RIGHT',
    subject: subject_type === 'file' ? 'file' : 'line', commit: typeof commit_id === 'string' ? commit_id : pull.head_sha, hunk: hunk ?? '', inReplyTo: null,
  };
}

/** The part of the patch that leads to the line, as GitHub quotes it above a comment. */
function hunkAround(patch: string, line: number, left: boolean): string | undefined {
  let [old, now] = [0, 0];
  let quoted: string[] = [];
  for (const text of patch.split('\n')) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (start) {
      [old, now, quoted] = [Number(start[1]), Number(start[2]), [text]];
      continue;
    }
    quoted.push(text);
    const [inOld, inNew] = [text[0] !== '+', text[0] !== '-'];
    if ((left && inOld && old === line) || (!left && inNew && now === line)) return quoted.join('\n');
    if (inOld) old += 1;
    if (inNew) now += 1;
  }
  return undefined;
}

/** Who writes, and where: a request's, or a GraphQL mutation's. */
interface Author {
  repo: RepositoryRow;
  actor: UserRow | undefined;
}

interface NewReview {
  state: ReviewRow['state'];
  body: string | null;
  /** the head at this moment unless told */
  commit?: string | undefined;
}

function insertReview(
  world: World,
  { repo, actor }: Author,
  pull: PullRequestRow,
  { state, body, commit }: NewReview,
): ReviewRow {
  if (!actor) throw new Refusal(401, 'Requires authentication');
  // biome-ignore format: one row
  const row = world.tables.reviews.insert({
    node_id: '', repo_id: repo.id, pull_number: pull.number, user_id: actor.id, body, state,
    commit_id: commit ?? pull.head_sha, submitted_at: state === 'PENDING' ? null : new Date().toISOString(),
  });
  return world.tables.reviews.update(row.id, { node_id: `PRR_${row.id}` }) ?? row;
}

function insertComment(world: World, { repo }: Author, pull: PullRequestRow, review: ReviewRow, placed: Placed): CommentRow {
  // biome-ignore format: one row
  const row = world.tables.comments.insert({
    node_id: '', repo_id: repo.id, issue_number: null, pull_number: pull.number, commit_sha: placed.commit, body: placed.body,
    user_id: review.user_id, in_reply_to_id: placed.inReplyTo, path: placed.path, position: placed.line, line: placed.line, side: placed.side,
    subject_type: placed.subject, comment_type: 'review', review_id: review.id,
  });
  world.links.placed.set(row.id, { hunk: placed.hunk, startLine: placed.startLine, line: placed.line, commit: placed.commit });
  return world.tables.comments.update(row.id, { node_id: `PRRC_${row.id}` }) ?? row;
}

/** A comment on its own: GitHub makes a review around it. */
async function insertSingle(world: World, author: Author, pull: PullRequestRow, placed: Placed): Promise<CommentRow> {
  const review = insertReview(world, author, pull, { state: 'COMMENTED', body: null });
  const row = insertComment(world, author, pull, review, placed);
  await tell(world, author, pull, review, [row]);
  return row;
}

const created = async (world: World, repo: RepositoryRow, { id }: CommentRow) => ({
  status: 201,
  json: await read(world, repo, `/pulls/comments/${id}`),
});

async function reply(world: World, call: Call, pull: PullRequestRow, to: number) {
  const parent = world.tables.comments.get(to);
  if (parent?.comment_type !== 'review' || parent.pull_number !== pull.number || parent.repo_id !== call.repo.id)
    throw notFound();
  const body = call.text('body');
  if (!body?.trim()) throw invalid('PullRequestReviewComment', 'missing_field', 'body');
  return created(world, call.repo, await replyTo(world, call, pull, parent, body));
}

export function replyTo(
  world: World,
  author: Author,
  pull: PullRequestRow,
  parent: CommentRow,
  body: string,
): Promise<CommentRow> {
  const { path, line, side, subject_type: subject, commit_sha: commit } = parent;
  const where = world.links.placed.get(parent.id);
  // biome-ignore format: one comment
  return insertSingle(world, author, pull, {
    path: path ?? '', body, line, side: side ?? 'RIGHT', subject: subject ?? 'line', commit: commit ?? pull.head_sha,
    startLine: where?.startLine ?? null, hunk: where?.hunk ?? '', inReplyTo: parent.in_reply_to_id ?? parent.id,
  });
}

async function tell(
  world: World,
  author: Author,
  pull: PullRequestRow,
  review: ReviewRow,
  comments: readonly CommentRow[],
): Promise<void> {
  const { repo, actor } = author;
  answerRequest(world, pull, actor);
  announceReview(world, author, pull, 'submitted', await read(world, repo, `/pulls/${pull.number}/reviews/${review.id}`));
  const who = actor ? { sender: userJson(world, actor) } : {};
  for (const { id } of comments) {
    const comment = await read(world, repo, `/pulls/comments/${id}`);
    announce(world, repo, 'pull_request_review_comment', 'created', { comment, ...who }, pull.number);
  }
}

/** Webhooks say `approved` where REST says `APPROVED`. */
function announceReview(world: World, { repo, actor }: Author, pull: PullRequestRow, action: string, json: Json): void {
  const review = { ...json, body: json.body === '' ? null : json.body, state: String(json.state).toLowerCase() };
  announce(
    world,
    repo,
    'pull_request_review',
    action,
    { review, ...(actor ? { sender: userJson(world, actor) } : {}) },
    pull.number,
  );
}
