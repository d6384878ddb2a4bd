import { distance } from 'fastest-levenshtein';
import { isLongLine, numberLineAround, numberLines } from '../../agent/files/numbered-lines.ts';

const LINES_SHOWN = 12;
/** Lines compared letter by letter, and letters of each: half a second at most. */
const LINES_COMPARED = 20_000;
const LETTERS_COMPARED = 200;
/**
 * A line that occurs more often than this, such as a brace, does not identify the place, and would cost time for each occurrence.
 */
const WANTED_MAX = 50;
/** Above this share of letters that differ, a line is not the one that was meant. */
const TOO_DIFFERENT = 0.6;
/** Pieces of the wanted text that are searched for in long lines, and letters of each. */
const PIECES = 20;
const PIECE_LETTERS = 16;

/** The part of the file most like the text that was not found, numbered; null when nothing is like it. */
export function closestLines(lines: readonly string[], wanted: readonly string[]): readonly string[] | null {
  const anchor = longest(wanted);
  if (anchor === null) return null;
  const start = overlapStart(lines, wanted) ?? likestStart(lines, wanted, anchor);
  if (start === null) return partOfLongLine(lines, (wanted[anchor] ?? '').trim());
  const from = Math.max(0, start);
  return numberLines(lines.slice(from, from + Math.min(wanted.length, LINES_SHOWN)), from + 1);
}

/**
 * Where most of the wanted lines occur, apart from indentation, at their relative positions: a few lines changed, most are still
 * there.
 */
function overlapStart(lines: readonly string[], wanted: readonly string[]): number | null {
  const offsets = new Map<string, number[]>();
  for (const [i, line] of wanted.entries()) {
    const key = line.trim();
    if (key.length <= 2) continue;
    const known = offsets.get(key);
    if (known) known.push(i);
    else offsets.set(key, [i]);
  }
  const votes = new Map<number, number>();
  for (const [i, line] of lines.entries()) {
    const wantedAt = offsets.get(line.trim()) ?? [];
    if (wantedAt.length > WANTED_MAX) continue;
    for (const offset of wantedAt) votes.set(i - offset, (votes.get(i - offset) ?? 0) + 1);
  }
  const [best] = [...votes].sort(([startA, a], [startB, b]) => b - a || startA - startB);
  return best?.[0] ?? null;
}

/** Where the text begins if its longest line is the most similar line of the file. */
function likestStart(lines: readonly string[], wanted: readonly string[], anchor: number): number | null {
  const sought = (wanted[anchor] ?? '').trim().slice(0, LETTERS_COMPARED);
  let best: { readonly line: number; readonly share: number } | null = null;
  for (const [line, text] of lines.slice(0, LINES_COMPARED).entries()) {
    const candidate = text.trim().slice(0, LETTERS_COMPARED);
    const share = distance(sought, candidate) / Math.max(sought.length, candidate.length, 1);
    if (!best || share < best.share) best = { line, share };
  }
  return best && best.share <= TOO_DIFFERENT ? best.line - anchor : null;
}

/** The part of a line too long to be shown that contains a piece of the wanted line. */
function partOfLongLine(lines: readonly string[], wanted: string): readonly string[] | null {
  const pieces: string[] = [];
  for (let at = 0; at + PIECE_LETTERS <= wanted.length && pieces.length < PIECES; at += PIECE_LETTERS) {
    pieces.push(wanted.slice(at, at + PIECE_LETTERS));
  }
  for (const [i, line] of lines.entries()) {
    if (!isLongLine(line)) continue;
    const at = pieces.map((piece) => line.indexOf(piece)).find((found) => found !== -1);
    if (at !== undefined) return [numberLineAround(line, i + 1, at)];
  }
  return null;
}

function longest(wanted: readonly string[]): number | null {
  let found: number | null = null;
  for (const [i, line] of wanted.entries()) {
    if (line.trim() !== '' && (found === null || line.trim().length > (wanted[found] ?? '').trim().length)) found = i;
  }
  return found;
}
