import type { Spend } from '../../domain/model/spend.ts';
import type { ReviewPoint } from '../../domain/task/review-point.ts';
import { inlineCode, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { cost, count, duration, totalSpend, turnCount } from '../phrases/figures.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';

/** Answers to reviews, on the pull request and in its conversations: Markdown for people. */

/** A commit that addresses a review. */
export interface Revision {
  readonly sha: string;
  readonly url: string;
}

export interface RevisionAccount {
  readonly by: string;
  /** Null when nothing had to be changed. */
  readonly revision: Revision | null;
  /** The executor's, which names the points by their numbers. */
  readonly summary: string;
  readonly points: readonly ReviewPoint[];
  readonly leftOut: number;
  readonly spend: readonly Spend[];
}

export function revisionAccount({ by, revision, summary, points, leftOut, spend }: RevisionAccount): string {
  const spent = totalSpend(spend);
  return [
    revision === null ? `@${by}, nothing was changed:` : `@${by}, addressed in ${commitLink(revision)}:`,
    '',
    sanitizeMarkdown(summary),
    '',
    ...(leftOut > 0
      ? [`${leftOut} more ${leftOut === 1 ? 'point' : 'points'} did not fit. Comment \`/revise\` for the rest.`, '']
      : []),
    ...modelFallbacks(spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    `<sub>Points: ${points.map((point, i) => `${i + 1} ${nameOf(point)}`).join(' · ')}. Written by \`${answeringModels(spend).at(-1)}\` for ${cost(spent.usd)}: ${turnCount(spent.turns)}, ${count(spent.tokens)} tokens, ${duration(spent.ms)}. Reviewers resolve their own conversations.</sub>`,
  ].join('\n');
}

export const nothingToRevise = (by: string): string =>
  `@${by}, there is nothing new to address: every unresolved review comment has an answer. Reply in a conversation, or comment \`/revise\` with what to change.`;

/** The reply in a conversation; `answer` is the executor's on this point, where it gave one. */
export function threadAnswer(answer: string | null, revision: Revision | null, account: string): string {
  if (answer === null)
    return revision === null
      ? `Nothing was changed ([why](${account})).`
      : `See ${commitLink(revision)} and [what was done](${account}).`;
  return revision === null ? sanitizeMarkdown(answer) : `${sanitizeMarkdown(answer)}\n\n<sub>${commitLink(revision)}</sub>`;
}

/** The reply in a conversation on the plan; `news` links to what changed. */
export const threadReplanned = (revision: number, news: string | null): string =>
  `The planner read this for revision ${revision} of the plan${news === null ? '' : ` ([what changed](${news}))`}.`;

const commitLink = ({ sha, url }: Revision): string => `[\`${sha.slice(0, 7)}\`](${url})`;

function nameOf(point: ReviewPoint): string {
  if (point.kind === 'thread') return `${inlineCode(point.path)}${point.line === null ? '' : ` line ${point.line}`}`;
  return point.kind === 'review' ? `review by ${point.by}` : `\`/revise\` by ${point.by}`;
}
