import type { ReviewPoint, ThreadPoint } from '../../domain/task/review-point.ts';
import { fence } from '../../text/fence.ts';
import { stripHiddenText } from '../../text/strip-hidden-text.ts';
import { clip } from '../../text/truncate.ts';

/**
 * Characters of one comment, of a hunk, and of all points together; a hunk is cut at its beginning, because it ends with the line
 * in question.
 */
const COMMENT_MAX = 6_000;
const HUNK_MAX = 2_000;
const ALL_MAX = 60_000;

/** As many points as fit into one brief, from the first on; at least one. */
export function pointsThatFit(points: readonly ReviewPoint[]): readonly ReviewPoint[] {
  let room = ALL_MAX;
  const beyond = points.findIndex((point, i) => {
    room -= pointPart(point, i + 1).length;
    return room < 0 && i > 0;
  });
  return beyond < 0 ? points : points.slice(0, beyond);
}

/** The points, numbered from 1: the comments, and what they refer to. */
export const reviewBrief = (points: readonly ReviewPoint[]): string =>
  points.map((point, i) => pointPart(point, i + 1)).join('\n\n');

function pointPart(point: ReviewPoint, number: number): string {
  if (point.kind === 'thread') return threadPart(point, number);
  const what = point.kind === 'review' ? 'in a review' : 'with the request';
  return `${number}. ${point.by} says ${what}:\n${fence('comment', shown(point.text))}`;
}

function threadPart({ path, line, outdated, hunk, answered, said }: ThreadPoint, number: number): string {
  const place = line === null ? path : `${path}, line ${line}${outdated ? ' as it was; it has changed since' : ''}`;
  const before = answered ? ' You answered this before, and nothing was said since: look whether it is done.' : '';
  return [
    `${number}. On ${place}.${before}`,
    ...(hunk === '' ? [] : [fence('diff', endOf(hunk))]),
    ...said.map(({ by, text }) => `${by} says:\n${fence('comment', shown(text))}`),
  ].join('\n');
}

function shown(text: string): string {
  const visible = stripHiddenText(text).text;
  return visible === '' ? '(no text)' : clip(visible, COMMENT_MAX, ' [cut here]');
}

function endOf(hunk: string): string {
  if (hunk.length <= HUNK_MAX) return hunk;
  const end = hunk.slice(-HUNK_MAX);
  return `[cut here]\n${end.slice(end.indexOf('\n') + 1).toWellFormed()}`;
}
