import type { Spend } from '../../domain/model/spend.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import { answersIn } from '../../executor/briefs/point-answers.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { putReply } from '../../publishing/replies.ts';
import { putThreadAnswers } from '../../publishing/thread-answers.ts';
import { nothingToRevise, revisionAccount, threadAnswer } from '../../replies/comments/review-answers.ts';
import { step } from '../engine/steps.ts';
import { isNew, type ReviewRequest } from './review-request.ts';

/** The result of addressing a review. */
interface Revised {
  /** Null when nothing had to be changed. */
  readonly commit: string | null;
  /** The executor's. */
  readonly summary: string;
  readonly spend: readonly Spend[];
}

/** Reports on the pull request how a review was addressed: once as a whole, and in each conversation for that point. */
export async function answerReview(
  repo: RepositoryForge,
  { component, attempt }: ComponentWork,
  { by, pull, points, leftOut }: ReviewRequest,
  { commit, summary, spend }: Revised,
): Promise<void> {
  const key = `revised:${component}:${attempt}`;
  const revision = commit === null ? null : { sha: commit, url: `${pull.url}/commits/${commit}` };
  const account = revisionAccount({ by, revision, summary, points, leftOut, spend });
  const url = await step('account', () => putReply(repo, pull.number, { key, text: account }));
  const said = answersIn(summary, points.length);
  const answers = new Map<number, string>();
  for (const [i, point] of points.entries()) {
    const own = said.get(i + 1) ?? null;
    // A conversation that was answered before gets another reply only if the executor gave one.
    if (point.kind === 'thread' && (own !== null || isNew(point))) answers.set(point.comment, threadAnswer(own, revision, url));
  }
  await step('answers', () => putThreadAnswers(repo, pull.number, key, answers));
}

export const replyNothingToRevise = (
  repo: RepositoryForge,
  { component, attempt }: ComponentWork,
  { by, pull }: ReviewRequest,
): Promise<string> =>
  step('account', () => putReply(repo, pull.number, { key: `revised:${component}:${attempt}`, text: nothingToRevise(by) }));
