import type { Span } from './markdown-blocks.ts';

/** The lines of a block as one text, and where in the source each of its characters is. */
export class BlockText {
  readonly text: string;
  readonly #lines: readonly Span[];
  readonly #starts: number[] = [];

  constructor(source: string, lines: readonly Span[]) {
    this.#lines = lines;
    const parts: string[] = [];
    let at = 0;
    for (const [start, end] of lines) {
      this.#starts.push(at);
      parts.push(source.slice(start, end));
      at += end - start + 1;
    }
    this.text = parts.join('\n');
  }

  offset(at: number): number {
    const line = this.#lineOf(at);
    const [start, end] = this.#lines[line] as Span;
    return Math.min(end, start + at - (this.#starts[line] as number));
  }

  /** A part of the text as parts of the source, one for each line, including the line ends between them. */
  spans(from: number, to: number): Span[] {
    if (to <= from) return [];
    const [first, last] = [this.#lineOf(from), this.#lineOf(to)];
    const spans: Span[] = [];
    for (let line = first; line <= last; line += 1) {
      const [start, end] = this.#lines[line] as Span;
      const base = this.#starts[line] as number;
      const span: Span = [Math.max(start, start + from - base), Math.min(end, start + to - base)];
      if (span[1] > span[0]) spans.push(span);
    }
    return spans;
  }

  /** The parts that inline Markdown is searched for in: the whole text, or in the rows of a table each cell alone. */
  inlineParts(from = 0): Span[] {
    return inlineParts(this.text, from);
  }

  #lineOf(at: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const DELIMITER_ROW = /^[ \t|:-]*-[ \t|:-]*$/;

/** In the rows of a table each cell is read alone: neither code nor a comment reaches from one into the next. */
function inlineParts(text: string, from: number): Span[] {
  const lines = linesFrom(text, from);
  const columns = ([start, end]: Span): number =>
    cells(text, start, end).filter(([a, b], i, all) => (i > 0 && i < all.length - 1) || text.slice(a, b).trim() !== '').length;
  const delimiter = lines.findIndex(
    (line, i) => i > 0 && DELIMITER_ROW.test(text.slice(...line)) && columns(line) === columns(lines[i - 1] as Span),
  );
  if (delimiter === -1) return [[from, text.length]];
  const before: Span[] = delimiter > 1 ? [[from, lines[delimiter - 2]?.[1] ?? from]] : [];
  return [...before, ...lines.slice(delimiter - 1).flatMap(([start, end]) => cells(text, start, end))];
}

function linesFrom(text: string, from: number): Span[] {
  const lines: Span[] = [];
  for (let start = from; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    lines.push([start, end]);
    start = end + 1;
  }
  return lines;
}

function cells(text: string, start: number, end: number): Span[] {
  const found: Span[] = [];
  let from = start;
  for (let at = start; at < end; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '|') {
      found.push([from, at]);
      from = at + 1;
    }
  }
  return [...found, [from, end]];
}
