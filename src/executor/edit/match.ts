import { isLongLine, linesOf, numberLines } from '../../agent/files/numbered-lines.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { closestLines } from './closest-lines.ts';
import { restoreLineEnds, usualEnd, withLineFeeds } from './line-ends.ts';
import { lookAlikes } from './look-alikes.ts';
import { occurrencesOf } from './occurrences.ts';
import { reindent } from './reindent.ts';

export interface Replacement {
  /** The whole text after the edit. */
  readonly text: string;
  /** The lines of the new text, 1-based. `last` is before `first` when lines were only removed. */
  readonly lines: { readonly first: number; readonly last: number };
  /** Whether the old text matched as it is, or only without regard to indentation and to space at line ends. */
  readonly how: 'exact' | 'indentation';
}

const PLACES_SHOWN = 20;
const BYTE_ORDER_MARK = '\ufeff';

/** A replacement at a place: `from` and `to` are offsets in the text. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly put: string;
  readonly how: Replacement['how'];
}

/**
 * Replaces the one place where `oldText` occurs. Exact first: in 27,532 real edits, taking the first of several matches was wrong
 * in up to 2.2%, so several are an error. Then whole lines without their indentation, if that is one place (98.3% right, none
 * wrong). Nothing fuzzier: similarity was not worth its errors. The reason of a failure is for the model.
 *
 * A model is shown CRLF as plain line feeds and writes line feeds back, so the text is searched as it was shown, and every line
 * keeps its own end. A model that writes carriage returns itself means them.
 */
export function replaceOnce(whole: string, oldText: string, newText: string): Outcome<Replacement> {
  if (oldText === '') return failure('old_text is empty. Give the text to replace, with enough around it to be unique.');
  if (oldText === newText) return failure('old_text and new_text are the same; there is nothing to change.');
  if (!newText.isWellFormed()) return failure('new_text holds half of a surrogate pair, which is not text.');

  const mark = whole.startsWith(BYTE_ORDER_MARK) && !oldText.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const text = whole.slice(mark.length);
  const asShown = !oldText.includes('\r') && text.includes('\r\n');
  const searched = asShown ? withLineFeeds(text) : text;
  const found = findOnce(searched, oldText, newText);
  if (!found.ok) return found;
  const { from, put, how } = found.value;
  const first = lineAt(searched, from);
  const added = put.split('\n').length - (put.endsWith('\n') || put === '' ? 1 : 0);
  const after = asShown ? spliceAsShown(text, searched, found.value) : splice(searched, found.value);
  return success({ text: mark + after, lines: { first, last: first + added - 1 }, how });
}

function findOnce(text: string, oldText: string, newText: string): Outcome<Splice> {
  const places = occurrencesOf(text, oldText, PLACES_SHOWN + 1);
  if (places.length > 1) return failure(severalPlaces(places.map((at) => placeOf(text, at))));
  const [at] = places;
  if (at === undefined) return replaceLines(text, oldText, newText);
  return success({ from: at, to: at + oldText.length, put: newText, how: 'exact' });
}

/** By slicing: `String.replace` would expand `$&` in the model's text. */
const splice = (text: string, { from, to, put }: Splice): string => text.slice(0, from) + put + text.slice(to);

/** The change applied to the text with its carriage returns. Only the lines it touches are put together again. */
function spliceAsShown(text: string, searched: string, { from, to, put, how }: Splice): string {
  const start = lineStart(searched, from);
  if (!searched.slice(from, to).includes('\n') && !put.includes('\n')) {
    // Within a line no line end is concerned, and a carriage return next to the edit is part of the line.
    const shift = offsetOf(text.split('\n'), lineAt(searched, start) - 1) - start;
    return splice(text, { from: from + shift, to: to + shift, put, how });
  }
  const newline = searched.indexOf('\n', to);
  const end = newline === -1 ? searched.length : newline + 1;
  const lines = text.split('\n');
  const [first, last] = [lineAt(searched, start) - 1, lineAt(searched, end) - 1];
  const [rawStart, rawEnd] = [offsetOf(lines, first), end === searched.length ? text.length : offsetOf(lines, last)];
  const usual = usualEnd(text);
  const explicit = usual === '\r\n' && !/(?<!\r)\n/.test(text) ? withLineFeeds(put) : put;
  const after = searched.slice(start, from) + explicit + searched.slice(to, end);
  const above = first === 0 ? null : lines[first - 1]?.endsWith('\r') ? '\r\n' : '\n';
  const below = last >= lines.length - 1 ? null : lines[last]?.endsWith('\r') ? '\r\n' : '\n';
  const restored = restoreLineEnds(text.slice(rawStart, rawEnd), after, { above, below, usual });
  return text.slice(0, rawStart) + restored + text.slice(rawEnd);
}

function replaceLines(text: string, oldText: string, newText: string): Outcome<Splice> {
  const lines = text.split('\n');
  const oldLines = withoutLastEnd(oldText).split('\n');
  const keys = oldLines.map(bare);
  const starts = keys.every((key) => key === '') ? [] : occurrencesOf(lines.map(bare), keys, PLACES_SHOWN + 1);
  if (starts.length > 1) return failure(severalPlaces(starts.map((start) => String(start + 1))));
  const [start] = starts;
  if (start === undefined) return failure(notFound(text, oldText));

  const matched = lines.slice(start, start + oldLines.length);
  const newLines = newText === '' ? [] : withoutLastEnd(newText).split('\n');
  const indented = reindent(oldLines, matched, newLines);
  if (!indented) return failure(otherIndentation(matched, start + 1));

  const put = asTheFileWrites(indented, matched, oldLines, newLines);
  const atEnd = start + matched.length >= lines.length;
  // A line end that only old_text has is removed with its lines, or with the empty line that follows; elsewhere two lines would be
  // joined.
  const emptyFollows = start + matched.length < lines.length - 1 && /^\r?$/.test(lines[start + matched.length] ?? '');
  const takesEnd = oldText.endsWith('\n') && !newText.endsWith('\n') && (newText === '' || emptyFollows);
  const [first = '', last = ''] = [matched[0], matched.at(-1)].map((line) => (line?.endsWith('\r') ? '\r\n' : '\n'));
  const extra = newText.endsWith('\n') && !oldText.endsWith('\n') ? first : '';
  // The last line of a text without a final line end has none to pass on.
  const body = atEnd ? put.join('\n') + extra : put.join('\n').replace(/\r$/, '') + extra + (takesEnd ? '' : last);
  const from = offsetOf(lines, start);
  const to = offsetOf(lines, start + matched.length);
  return success({ from, to: Math.min(to, text.length), put: body, how: 'indentation' });
}

/**
 * Lines that old_text and new_text have in common at their beginning and end stay the file's own, to the byte: the edit does not
 * ask for another line end there, or for less trailing space. The others get the line end of what they replace.
 */
function asTheFileWrites(
  indented: readonly string[],
  matched: readonly string[],
  oldLines: readonly string[],
  newLines: readonly string[],
): string[] {
  const shorter = Math.min(oldLines.length, newLines.length);
  let head = 0;
  while (head < shorter && oldLines[head] === newLines[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail += 1;
  return indented.map((line, i) => {
    const fromEnd = i - newLines.length;
    const own = i < head ? matched[i] : fromEnd >= -tail ? matched.at(fromEnd) : undefined;
    const end = matched[Math.min(i, matched.length - 1)]?.endsWith('\r') ? '\r' : '';
    return own ?? line.replace(/\r$/, '') + end;
  });
}

const severalPlaces = (lines: readonly string[]): string =>
  `old_text stands in ${lines.length > PLACES_SHOWN ? `more than ${PLACES_SHOWN}` : lines.length} places, at lines ` +
  `${lines.slice(0, PLACES_SHOWN).join(', ')}. Nothing was changed; take in more lines around the one you mean.`;

const otherIndentation = (matched: readonly string[], first: number): string =>
  'old_text is found only without its indentation, and new_text cannot be indented to fit. Nothing was changed; the lines are:\n' +
  numberLines(matched, first).join('\n');

function notFound(text: string, oldText: string): string {
  if (linesOf(oldText).every((line) => /^ *[0-9]+\t/.test(line))) {
    return 'old_text holds the line numbers read_file shows; they are not in the file. Nothing was changed; leave them and the tab out.';
  }
  const alike = lookAlikes(text, oldText);
  if (alike !== null) return `old_text was not found, but text that looks the same is there: ${alike} Nothing was changed.`;
  const closest = closestLines(linesOf(text), linesOf(oldText));
  const rest = closest ? `The closest lines are:\n${closest.join('\n')}` : 'Nothing like it is there; read the file again.';
  return `old_text was not found. Nothing was changed. ${rest}`;
}

const bare = (line: string): string => line.replace(/^[ \t]+|[ \t\r]+$/g, '');
const withoutLastEnd = (text: string): string => text.replace(/\r?\n$/, '');
const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** `lastIndexOf` takes a negative start for 0. */
const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

/** The line, and of a long one the column: several places may be in it. */
function placeOf(text: string, at: number): string {
  const start = lineStart(text, at);
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end === -1 ? text.length : end);
  return `${lineAt(text, at)}${isLongLine(line) ? ` (column ${at - start + 1})` : ''}`;
}
const offsetOf = (lines: readonly string[], line: number): number =>
  lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, 0);
