import { parseCommand } from '../../domain/task/command.ts';
import type { ReviewPoint, TextPoint, ThreadPoint } from '../../domain/task/review-point.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import { pointsThatFit } from '../../executor/briefs/review-brief.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { ReviewComment, ReviewThread } from '../../ports/forge/reviews.ts';
import { openPullRequestFrom } from '../../publishing/own-pull-request.ts';
import { writeAccessOf } from '../shared/write-access.ts';

/** The changes requested on a component's pull request, read once, so that a restart works from the same. */
export interface ReviewRequest {
  /** The person who requested changes last. */
  readonly by: string;
  readonly pull: Pick<PullRequest, 'number' | 'url'>;
  /** In the order in which they are numbered from 1. */
  readonly points: readonly ReviewPoint[];
  /** How many more there are than fit. */
  readonly leftOut: number;
  /** The reviews whose text is among the points. */
  readonly addressed: readonly number[];
}

/** Null when there is no open pull request (any more). */
export async function loadReviewRequest(
  repo: RepositoryForge,
  { branch, job, addressed }: ComponentWork,
): Promise<ReviewRequest | null> {
  if (job.kind !== 'revise') return null;
  const pull = await openPullRequestFrom(repo, branch);
  if (!pull) return null;
  const isWriter = writeAccessOf(repo);
  const notes: TextPoint[] = job.notes === '' ? [] : [{ kind: 'notes', by: job.by, text: job.notes }];
  const reviews = await reviewTexts(repo, pull.number, addressed, isWriter);
  const threads = await openThreads(repo, pull.number, isWriter);
  // Points that were answered already come last, for the executor to read if there is room.
  const all = [...notes, ...reviews.map((r) => r.point), ...threads.filter(isNew), ...threads.filter((t) => !isNew(t))];
  const points = pointsThatFit(all);
  return {
    by: job.by,
    pull: { number: pull.number, url: pull.url },
    points,
    leftOut: all.length - points.length,
    addressed: reviews.filter((r) => points.includes(r.point)).map((r) => r.id),
  };
}

export const isNew = (point: ReviewPoint): boolean => point.kind !== 'thread' || !point.answered;

async function reviewTexts(
  repo: RepositoryForge,
  pull: number,
  addressed: readonly number[],
  isWriter: ReturnType<typeof writeAccessOf>,
): Promise<{ id: number; point: TextPoint }[]> {
  const texts: { id: number; point: TextPoint }[] = [];
  for (const { id, author, state, body } of await repo.reviews(pull)) {
    if (body === '' || state === 'pending' || state === 'dismissed' || addressed.includes(id)) continue;
    // A command in a review was executed as a command, and its text is in the notes.
    if (parseCommand(body) !== null || !(await isWriter(author))) continue;
    texts.push({ id, point: { kind: 'review', by: author.login, text: body } });
  }
  return texts;
}

/** Unresolved conversations in which a writer has commented, without the comments of people without write access. */
async function openThreads(
  repo: RepositoryForge,
  pull: number,
  isWriter: ReturnType<typeof writeAccessOf>,
): Promise<ThreadPoint[]> {
  const threads: ThreadPoint[] = [];
  for (const { resolved, comments, ...place } of await repo.reviewThreads(pull)) {
    if (resolved) continue;
    const counted: ReviewComment[] = [];
    for (const comment of comments) if (comment.mine || (await isWriter(comment.author))) counted.push(comment);
    const said = counted.filter((c) => !c.mine).map((c) => ({ by: c.author.login, text: c.body }));
    if (said.length === 0) continue;
    threads.push({ kind: 'thread', comment: comments[0].id, ...where(place), answered: counted.at(-1)?.mine === true, said });
  }
  return threads;
}

const where = ({ path, line, outdated, hunk }: Omit<ReviewThread, 'resolved' | 'comments'>) => ({ path, line, outdated, hunk });
