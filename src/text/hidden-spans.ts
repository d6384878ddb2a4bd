import { leavesOf } from './markdown-blocks.ts';
import type { Span } from './markdown-code.ts';

/** What a browser takes for a comment inside raw HTML, or what begins one that is never closed. */
const RAW_COMMENT = /<!--(?:-?>|[\s\S]*?(?:--!?>|$))|<(?:[!?]|\/(?=[^a-z>]))[^>]*(?:>|$)/gi;
/** Where a text is nested too deeply to tell code from prose, comments are taken out of both. */
const ANY_COMMENT = /<!--[\s\S]*?(?:-->|$)/g;

/**
 * The parts of a Markdown text that GitHub shows to nobody: comments and other declarations in HTML, and definitions of links and footnotes
 * that nothing refers to. In the order of the text, without overlaps, in linear time.
 */
export function hiddenSpans(text: string): Span[] {
  if (!/<[!?/]|\]:/.test(text)) return [];
  const leaves = leavesOf(text);
  if (leaves === null) return [...text.matchAll(ANY_COMMENT)].map(({ 0: whole, index }) => [index, index + whole.length]);
  const isReferred = references(text);
  const hidden: Span[] = [];
  // A comment that a block of HTML leaves open hides everything up to the next `-->` that reaches the browser as HTML.
  let commentFrom: number | null = null;
  for (const leaf of leaves) {
    const content = new Content(text, leaf.lines);
    if (leaf.footnote !== null && !isReferred(`^${leaf.footnote}`)) hidden.push(...content.spans(0, content.text.length));
    let from = 0;
    if (commentFrom !== null) {
      const end = leaf.kind === 'html' ? content.text.indexOf('-->') : -1;
      if (end === -1) continue;
      hidden.push([commentFrom, content.offset(end + 3)]);
      commentFrom = null;
      from = end + 3;
    }
    if (leaf.kind === 'html') commentFrom = inHtml(content, from, hidden);
    else if (leaf.kind === 'text') inText(content, isReferred, hidden);
  }
  if (commentFrom !== null) hidden.push([commentFrom, text.length]);
  return merged(hidden);
}

/** Where a comment begins that the block leaves open, or null. */
function inHtml(content: Content, from: number, hidden: Span[]): number | null {
  RAW_COMMENT.lastIndex = from;
  for (let match = RAW_COMMENT.exec(content.text); match; match = RAW_COMMENT.exec(content.text)) {
    const end = match.index + match[0].length;
    const isOpen = match[0].startsWith('<!--') && !/--!?>$|^<!-->$/.test(match[0]);
    if (isOpen) return content.offset(match.index);
    hidden.push(...content.spans(match.index, end));
    if (match[0] === '') RAW_COMMENT.lastIndex += 1;
  }
  return null;
}

function inText(content: Content, isReferred: (label: string) => boolean, hidden: Span[]): void {
  let from = 0;
  for (let found = definitionAt(content.text, from); found; found = definitionAt(content.text, from)) {
    if (!isReferred(found.label) || LEADS_NOWHERE.test(found.address)) hidden.push(...content.spans(from, found.end));
    from = found.end;
  }
  for (const [start, end] of inlineParts(content.text, from)) {
    for (const [at, to] of inlineComments(content.text.slice(start, end))) hidden.push(...content.spans(start + at, start + to));
  }
}

// Bounded, so that a paragraph of openings costs no more than its length times a constant.
const LABEL = '\\[((?:[^[\\]\\\\]|\\\\.){1,300})\\]';
const DEFINITION = new RegExp(
  `[ \\t]*${LABEL}:[ \\t]*\\n?[ \\t]*(<[^<>\\n]{0,2000}>|[^\\s<]\\S{0,2000})(?:[ \\t]*\\n?[ \\t]*(?<=\\s)(?:"[^"]{0,2000}"|'[^']{0,2000}'|\\([^()]{0,2000}\\)))?[ \\t]*(?:\\n|$)`,
  'y',
);
const LEADS_NOWHERE = /^(?:#|<#?>)$/;

/** The definition of a link at an offset, as it may stand at the beginning of a paragraph. */
function definitionAt(
  text: string,
  from: number,
): { readonly label: string; readonly address: string; readonly end: number } | null {
  DEFINITION.lastIndex = from;
  const match = DEFINITION.exec(text);
  if (!match || match[1]?.startsWith('^')) return null;
  return { label: match[1] as string, address: match[2] as string, end: DEFINITION.lastIndex };
}

const REFERENCE = new RegExp(`${LABEL}(:?)`, 'g');

/** Whether something other than its own definition names a label. */
function references(text: string): (label: string) => boolean {
  const referred = new Set<string>();
  for (const [, label, colon] of text.matchAll(REFERENCE)) if (colon === '') referred.add(normalized(label as string));
  return (label) => referred.has(normalized(label));
}

const normalized = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase();

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

const ESCAPE = /\\[!-/:-@[-`{-~]/y;
const TAG =
  /<(?:[a-z][a-z\d-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?|\/[a-z][a-z\d-]*\s*|[a-z][a-z\d+.-]{1,31}:[^\s<>]*)>/iy;
/** What begins a hidden part of a line, and what ends it. */
const DECLARATIONS: readonly (readonly [begins: RegExp, ends: string])[] = [
  [/<!--/y, '-->'],
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![a-z]/iy, '>'],
];
const BACKTICKS = /`+/y;
const EMPTY_COMMENT = /<!---?>/y;

/** The comments of inline text: one that is not closed is shown as it is written, and so is what stands in code. */
function inlineComments(text: string): Span[] {
  if (!/<[!?]/.test(text)) return [];
  const closing = backtickRuns(text);
  const isLinked = bareLinkAt(text);
  const found: Span[] = [];
  const without = new Set<string>();
  let codeIsCertain = true;
  for (let at = 0; at < text.length; ) {
    const char = text[at];
    if (char === '\\') at += matchAt(ESCAPE, text, at) ? 2 : 1;
    else if (char === '`') {
      const run = matchAt(BACKTICKS, text, at) ? BACKTICKS.lastIndex - at : 1;
      // A bare link swallows backticks, so that nobody can tell here which of those behind it pair.
      codeIsCertain &&= !isLinked(at);
      const end = codeIsCertain ? closing(at + run, run) : null;
      at = end ?? at + run;
    } else if (char === '<') {
      const hidden = declarationAt(text, at, without);
      if (hidden !== null) found.push([at, hidden]);
      at = hidden ?? (matchAt(TAG, text, at) ? TAG.lastIndex : at + 1);
    } else at += 1;
  }
  return found;
}

function declarationAt(text: string, at: number, without: Set<string>): number | null {
  if (matchAt(EMPTY_COMMENT, text, at)) return EMPTY_COMMENT.lastIndex;
  const sort = DECLARATIONS.find(([begins]) => matchAt(begins, text, at));
  if (!sort || without.has(sort[1])) return null;
  const end = text.indexOf(sort[1], sort[0].lastIndex);
  if (end === -1) without.add(sort[1]);
  return end === -1 ? null : end + sort[1].length;
}

function matchAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Where code ends that begins with so many backticks. Asked with growing offsets. */
function backtickRuns(text: string): (from: number, length: number) => number | null {
  const byLength = new Map<number, { readonly starts: number[]; next: number }>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const runs = byLength.get(run.length) ?? { starts: [], next: 0 };
    runs.starts.push(index);
    byLength.set(run.length, runs);
  }
  return (from, length) => {
    const runs = byLength.get(length);
    if (!runs) return null;
    while ((runs.starts[runs.next] ?? text.length) < from) runs.next += 1;
    const start = runs.starts[runs.next];
    return start === undefined ? null : start + length;
  };
}

/** Whether an offset may lie in a link that is written without brackets. Asked with growing offsets. */
function bareLinkAt(text: string): (offset: number) => boolean {
  const links = text.matchAll(/(?:https?:|ftp:|mailto:|xmpp:|www\.)[^\s<]*/gi);
  let current = links.next();
  return (offset) => {
    while (!current.done && current.value.index + current.value[0].length < offset) current = links.next();
    return !current.done && current.value.index < offset;
  };
}

/** The lines of a block as one text, and where in the source each of its characters stands. */
class Content {
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

  /** A part of the text as parts of the source, one for each line; the line ends between them go with them. */
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

function merged(spans: readonly Span[]): Span[] {
  const out: [number, number][] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}
