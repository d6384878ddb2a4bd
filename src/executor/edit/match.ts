import { linesOf, numberLines } from '../../agent/files/numbered-lines.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { closestLines } from './closest-lines.ts';
import { occurrencesOf } from './occurrences.ts';
import { reindent } from './reindent.ts';

export interface Replacement {
  /** The whole text after the edit. */
  readonly text: string;
  /** Where the new text stands, 1-based. `last` is before `first` when lines were only removed. */
  readonly lines: { readonly first: number; readonly last: number };
  /** Whether the old text matched as it is, or only with indentation (and space at line ends) left out of account. */
  readonly how: 'exact' | 'indentation';
}

const PLACES_SHOWN = 20;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Replaces the one place where `oldText` stands. Exact first: in 27,532 real edits, taking the first of several matches was
 * wrong in up to 2.2%, so several are an error. Then whole lines without their indentation, if that is one place (98.3%
 * right, none wrong). Nothing fuzzier: similarity was not worth its errors. The reason of a failure is for the model.
 */
export function replaceOnce(whole: string, oldText: string, newText: string): Outcome<Replacement> {
  if (oldText === '') return failure('old_text is empty. Give the text to replace, with enough around it to be unique.');
  if (oldText === newText) return failure('old_text and new_text are the same; there is nothing to change.');
  if (!newText.isWellFormed()) return failure('new_text holds half of a surrogate pair, which is not text.');

  const mark = whole.startsWith(BYTE_ORDER_MARK) && !oldText.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const text = whole.slice(mark.length);
  const sought = withLineEndsOf(text, oldText, oldText);
  const put = withLineEndsOf(text, oldText, newText);

  const places = occurrencesOf(text, sought, PLACES_SHOWN + 1);
  if (places.length > 1) return failure(severalPlaces(places.map((at) => lineAt(text, at))));
  const [at] = places;
  const found =
    at === undefined ? replaceLines(text, oldText, newText) : success(splice(text, at, at + sought.length, put, 'exact'));
  return found.ok ? success({ ...found.value, text: mark + found.value.text }) : found;
}

/**
 * A model is shown CRLF as plain line feeds and writes line feeds back. In a text that has only CRLF both sides become CRLF;
 * a model that writes carriage returns itself means them, and a mixed text is taken as it is.
 */
function withLineEndsOf(text: string, oldText: string, given: string): string {
  const onlyCrlf = text.includes('\r\n') && !/(?<!\r)\n/.test(text);
  return onlyCrlf && !oldText.includes('\r') ? given.replace(/\r?\n/g, '\r\n') : given;
}

function replaceLines(text: string, oldText: string, newText: string): Outcome<Replacement> {
  const lines = text.split('\n');
  const oldLines = withoutLastEnd(oldText).split('\n');
  const keys = oldLines.map(bare);
  const starts = keys.every((key) => key === '') ? [] : occurrencesOf(lines.map(bare), keys, PLACES_SHOWN + 1);
  if (starts.length > 1) return failure(severalPlaces(starts.map((start) => start + 1)));
  const [start] = starts;
  if (start === undefined) return failure(notFound(text, oldText));

  const matched = lines.slice(start, start + oldLines.length);
  const newLines = newText === '' ? [] : withoutLastEnd(newText).split('\n');
  const indented = reindent(oldLines, matched, newLines);
  if (!indented) return failure(otherIndentation(matched, start + 1));

  const put = asTheFileWrites(indented, matched, oldLines, newLines);
  const atEnd = start + matched.length >= lines.length;
  // A line end that only old_text has goes with its lines, or with the empty line that follows; elsewhere two lines would be joined.
  const emptyFollows = start + matched.length < lines.length - 1 && /^\r?$/.test(lines[start + matched.length] ?? '');
  const takesEnd = oldText.endsWith('\n') && !newText.endsWith('\n') && (newText === '' || emptyFollows);
  const [first = '', last = ''] = [matched[0], matched.at(-1)].map((line) => (line?.endsWith('\r') ? '\r\n' : '\n'));
  const extra = newText.endsWith('\n') && !oldText.endsWith('\n') ? first : '';
  // The last line of a text without a line end has none to give.
  const body = atEnd ? put.join('\n') + extra : put.join('\n').replace(/\r$/, '') + extra + (takesEnd ? '' : last);
  const from = offsetOf(lines, start);
  const to = offsetOf(lines, start + matched.length);
  return success(splice(text, from, Math.min(to, text.length), body, 'indentation'));
}

/**
 * Lines that old_text and new_text have in common at their beginning and end are the file's own, to the byte: nobody asked for another
 * line end there, or for less space behind. The others get the line end of what stood in their place.
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

/** By slicing: `String.replace` would expand `$&` in the model's text. */
function splice(text: string, from: number, to: number, put: string, how: Replacement['how']): Replacement {
  const first = lineAt(text, from);
  const added = put.split('\n').length - (put.endsWith('\n') || put === '' ? 1 : 0);
  return { text: text.slice(0, from) + put + text.slice(to), lines: { first, last: first + added - 1 }, how };
}

const severalPlaces = (lines: readonly number[]): string =>
  `old_text stands in ${lines.length > PLACES_SHOWN ? `more than ${PLACES_SHOWN}` : lines.length} places, at lines ` +
  `${lines.slice(0, PLACES_SHOWN).join(', ')}. Nothing was changed; take in more lines around the one you mean.`;

const otherIndentation = (matched: readonly string[], first: number): string =>
  'old_text is found only without its indentation, and new_text cannot be indented to fit. Nothing was changed; the lines are:\n' +
  numberLines(matched, first).join('\n');

function notFound(text: string, oldText: string): string {
  if (linesOf(oldText).every((line) => /^ *[0-9]+\t/.test(line))) {
    return 'old_text holds the line numbers read_file shows; they are not in the file. Nothing was changed; leave them and the tab out.';
  }
  const closest = closestLines(linesOf(text), linesOf(oldText));
  const rest = closest ? `The closest lines are:\n${closest.join('\n')}` : 'Nothing like it is there; read the file again.';
  return `old_text was not found. Nothing was changed. ${rest}`;
}

const bare = (line: string): string => line.replace(/^[ \t]+|[ \t\r]+$/g, '');
const withoutLastEnd = (text: string): string => text.replace(/\r?\n$/, '');
const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;
const offsetOf = (lines: readonly string[], line: number): number =>
  lines.slice(0, line).reduce((offset, { length }) => offset + length + 1, 0);
