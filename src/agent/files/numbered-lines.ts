import { clip } from '../../text/truncate.ts';

/** Characters of a line that are shown; what a person would scroll past is not worth a model's context either. */
const LINE_SHOWN = 1_000;

/** The lines of a text as people count them: `\n` ends a line, a last line without one counts, an empty text has none. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** `   12<tab>text` for each line, numbered from `first`. A carriage return at the end is not shown. */
export const numberLines = (lines: readonly string[], first: number): string[] =>
  lines.map((line, i) => `${String(first + i).padStart(5)}\t${shortened(line.endsWith('\r') ? line.slice(0, -1) : line)}`);

export const shortened = (line: string): string => clip(line, LINE_SHOWN, `… (cut; the line has ${line.length} characters)`);
