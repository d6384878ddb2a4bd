/** Characters of a line that are shown; the rest of a very long line is rarely worth a model's context. */
const LINE_SHOWN = 1_000;
const ELLIPSIS = '…';

/** The lines of a text as people count them: `\n` ends a line, a last line without one counts, an empty text has none. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** `   12<tab>text` for each line, numbered from `first`. A carriage return at the end is not shown. */
export const numberLines = (lines: readonly string[], first: number): string[] =>
  lines.map((line, i) => numbered(shortened(withoutReturn(line), first + i), first + i));

/** One line in full, at most `most` characters of it. */
export const numberWholeLine = (line: string, number: number, most: number): string =>
  numbered(slice(withoutReturn(line), 0, most), number);

/** One line as above, but of a long one the part around `at`. */
export const numberLineAround = (line: string, number: number, at: number): string =>
  numbered(partOfLine(withoutReturn(line), at), number);

/** The part of a line around `at`; an ellipsis marks what is left out. A line of ordinary length is whole. */
export function partOfLine(line: string, at: number, cut = { before: false, after: false }): string {
  const start = Math.max(0, Math.min(at - LINE_SHOWN / 2, line.length - LINE_SHOWN));
  const end = Math.min(line.length, start + LINE_SHOWN);
  const before = start > 0 || cut.before ? ELLIPSIS : '';
  const after = end < line.length || cut.after ? ELLIPSIS : '';
  return `${before}${slice(line, start, end)}${after}`;
}

function shortened(line: string, number: number): string {
  if (line.length <= LINE_SHOWN) return line;
  const all = `read_file with from_line ${number} and to_line ${number} shows all of it`;
  return `${slice(line, 0, LINE_SHOWN)}${ELLIPSIS} (cut; the line has ${line.length} characters, and ${all})`;
}

export const isLongLine = (line: string): boolean => line.length > LINE_SHOWN;

/** Without the half of a surrogate pair at either end, which is no character. */
const slice = (line: string, start: number, end: number): string =>
  line.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, (half) => (start > 0 || end < line.length ? '' : half));

const numbered = (text: string, number: number): string => `${String(number).padStart(5)}\t${text}`;
const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
