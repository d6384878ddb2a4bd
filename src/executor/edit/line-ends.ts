import { unchangedLines } from './unchanged-lines.ts';

type End = '\n' | '\r\n';

/**
 * The line ends around a part of a file: those of the lines above and below it (null where there is none), and the file's usual
 * one.
 */
interface Context {
  readonly above: End | null;
  readonly below: End | null;
  readonly usual: End;
}

/** `text` as tools show it: with line feeds only. */
export const withLineFeeds = (text: string): string => text.replaceAll('\r\n', '\n');

/**
 * `after`, written with line feeds, with the line ends of `before`: a line that stays keeps its own, a line that replaces another
 * takes that one's, and an added line takes its neighbours', or where they differ the usual one of the file. A line that ends in a
 * carriage return already keeps that.
 */
export function restoreLineEnds(before: string, after: string, around: Partial<Context> = {}): string {
  const old = linesWithEnds(before);
  const lines = after.split('\n');
  const origin = unchangedLines(
    old.map(({ line }) => line),
    lines,
  );
  const usual = around.usual ?? usualEnd(before);
  const ends: (End | null)[] = origin.map((at) => (at === null ? null : (old[at]?.end ?? null)));
  for (const gap of gapsIn(origin, old.length)) {
    const above = ends[gap.from - 1] ?? (gap.from === 0 ? (around.above ?? null) : null);
    const below = gap.to < lines.length ? (ends[gap.to] ?? null) : (around.below ?? null);
    const neighbour = above === below || below === null ? above : above === null ? below : usual;
    for (let i = gap.from; i < gap.to; i++) {
      const replaced = Math.min(gap.oldFrom + (i - gap.from), gap.oldTo - 1);
      ends[i] = (replaced >= gap.oldFrom ? old[replaced]?.end : null) ?? neighbour ?? usual;
    }
  }
  return lines.map((line, i) => (i === lines.length - 1 ? line : line + endOf(line, ends[i] ?? ends[i - 1] ?? usual))).join('');
}

const endOf = (line: string, end: End): End => (line.endsWith('\r') ? '\n' : end);

/** The line end that most lines have. */
export function usualEnd(text: string): End {
  const crlf = text.split('\r\n').length - 1;
  return crlf * 2 > text.split('\n').length - 1 ? '\r\n' : '\n';
}

/** The last one, after the last line end, has none. */
function linesWithEnds(text: string): { readonly line: string; readonly end: End | null }[] {
  const pieces = text.split('\n');
  return pieces.map((piece, i) => {
    if (i === pieces.length - 1) return { line: piece, end: null };
    return piece.endsWith('\r') ? { line: piece.slice(0, -1), end: '\r\n' } : { line: piece, end: '\n' };
  });
}

interface Gap {
  readonly from: number;
  readonly to: number;
  /** The first old line that the run replaces. */
  readonly oldFrom: number;
  readonly oldTo: number;
}

/** The runs of new lines. */
function gapsIn(origin: readonly (number | null)[], oldLength: number): Gap[] {
  const gaps: Gap[] = [];
  for (let from = 0; from < origin.length; from++) {
    if (origin[from] !== null) continue;
    let to = from;
    while (to < origin.length && origin[to] === null) to += 1;
    gaps.push({ from, to, oldFrom: (origin[from - 1] ?? -1) + 1, oldTo: origin[to] ?? oldLength });
    from = to;
  }
  return gaps;
}
