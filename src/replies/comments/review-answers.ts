import type { Spend } from '../../domain/model/spend.ts';
import type { ReviewPoint } from '../../domain/task/review-point.ts';
import { inlineCode, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { cost, count, duration, totalSpend } from '../phrases/figures.ts';
import { answeringModels, modelFallbacks } from '../phrases/model-fallbacks.ts';

/** What is said of a review of a pull request, there and in its conversations: Markdown for people. */

/** A commit that came of a review. */
export interface Revision {
  readonly sha: string;
  readonly url: string;
}

export interface RevisionAccount {
  readonly by: string;
  /** Null when nothing had to be changed. */
  readonly revision: Revision | null;
  /** The executor's own, which names the points by their numbers. */
  readonly summary: string;
  readonly points: readonly ReviewPoint[];
  readonly leftOut: number;
  readonly spend: readonly Spend[];
}

export function revisionAccount({ by, revision, summary, points, leftOut, spend }: RevisionAccount): string {
  const spent = totalSpend(spend);
  return [
    revision === null
      ? `@${by}, this was looked at, and nothing was changed:`
      : `@${by}, this is addressed in ${commitLink(revision)}:`,
    '',
    sanitizeMarkdown(summary),
    '',
    ...(leftOut > 0
      ? [`${leftOut} more ${leftOut === 1 ? 'point' : 'points'} did not fit; \`/revise\` goes on with them.`, '']
      : []),
    ...modelFallbacks(spend).flatMap((sentence) => [`> [!NOTE]\n> ${sentence}`, '']),
    `<sub>Points: ${points.map((point, i) => `${i + 1} ${nameOf(point)}`).join(' · ')}. Written by \`${answeringModels(spend).at(-1)}\` in ${spent.turns} turns, ${count(spent.tokens)} tokens, ${cost(spent.usd)}, ${duration(spent.ms)}. Conversations are left for their reviewers to resolve.</sub>`,
  ].join('\n');
}

/** The database was lost with the account in it. */
export const revisionFound = (by: string, revision: Revision): string =>
  `@${by}, ${commitLink(revision)} was made for this, but the account of it was lost. Look at the commit; what it leaves open \`/revise\` takes up again.`;

export const nothingToRevise = (by: string): string =>
  `@${by}, there is nothing new to address: no unresolved review comment is without an answer. Write into a conversation, or behind \`/revise\`, what is to be different.`;

/** In a conversation; `answer` is the executor's on this point, where it gave one. */
export function threadAnswer(answer: string | null, revision: Revision | null, account: string): string {
  if (answer === null)
    return revision === null
      ? `Nothing was changed: [why](${account}).`
      : `Looked at in ${commitLink(revision)}: [what was done](${account}).`;
  return revision === null ? sanitizeMarkdown(answer) : `${sanitizeMarkdown(answer)}\n\n<sub>${commitLink(revision)}</sub>`;
}

/** In a conversation on the plan; `news`: where it says what changed. */
export const threadReplanned = (revision: number, news: string | null): string =>
  `This was read for revision ${revision} of the plan${news === null ? '' : `: [what changed](${news})`}.`;

const commitLink = ({ sha, url }: Revision): string => `[\`${sha.slice(0, 7)}\`](${url})`;

function nameOf(point: ReviewPoint): string {
  if (point.kind === 'thread') return `${inlineCode(point.path)}${point.line === null ? '' : ` line ${point.line}`}`;
  return point.kind === 'review' ? `review by ${point.by}` : `\`/revise\` by ${point.by}`;
}
