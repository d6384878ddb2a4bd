/** Offsets into a text. */
export type Span = readonly [start: number, end: number];

/** A block that holds text and no other blocks. */
export interface Leaf {
  /** `text` may contain inline Markdown: paragraphs, headings and tables. */
  readonly kind: 'code' | 'html' | 'text';
  /** Its lines, without the marks of the quotes and lists around it and without the line end. */
  readonly lines: Span[];
  /** The label of the footnote it belongs to, in lower case. */
  readonly footnote: string | null;
  /** The quotes and list items it is in, from the outside in; each item has a name of its own. */
  readonly within: string;
  /** How many quotes and lists it is in. */
  readonly depth: number;
  /** The fence that would close it, where it is a fence that nothing has closed. */
  openFence: string | null;
}

type Container =
  | { readonly kind: 'quote' }
  | { readonly kind: 'item'; readonly name: string; readonly indent: number; empty: boolean }
  | { readonly kind: 'footnote'; readonly label: string };

interface Open {
  readonly leaf: Leaf;
  readonly type: 'paragraph' | 'fence' | 'indented' | 'html';
  /** What ends it: a closing fence, or the end of this sort of HTML; null where a blank line does. */
  readonly end: Ends | null;
}

/** Whether a line, without the marks of its containers, is the last of a block. */
type Ends = (line: string) => boolean;

/** No real text nests deeper, and each line costs a step for each container it is in. */
const DEPTH_MAX = 100;

const FENCE = /(`{3,})(?!`)(?!.*`)|(~{3,})/y;
const RULE = /(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/y;
const HEADING = /#{1,6}(?:[ \t]|$)/y;
const UNDERLINE = /(?:=+|-+)[ \t]*$/y;
const BULLET = /[-+*]|(\d{1,9})[.)]/y;
const FOOTNOTE = /\[\^([^\]\s]{1,200})\]:/y;
const BLOCK_TAG =
  /<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s/>]|$)/iy;
const WHOLE_TAG =
  /(?:<[a-z][a-z\d-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z\d-]*\s*>)[ \t]*$/iy;
/** How a block of HTML begins and what ends it. */
const HTML: readonly (readonly [begins: RegExp, ends: RegExp])[] = [
  [/<(?:script|pre|textarea|style)(?:[\s>]|$)/iy, /<\/(?:script|pre|textarea|style)>/i],
  [/<!--/y, /-->/],
  [/<\?/y, /\?>/],
  [/<!\[CDATA\[/y, /\]\]>/],
  [/<![a-z]/iy, />/],
];

/**
 * The leaves of a text in its order, by the rules of CommonMark and of GitHub's footnotes, in linear time: the parser proper takes
 * a minute for a text that is made to keep it busy. Null where quotes and lists are nested too deeply to follow.
 */
export function leavesOf(text: string): Leaf[] | null {
  const leaves: Leaf[] = [];
  const containers: Container[] = [];
  let open: Open | null = null;
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    const line = new Line(text, from, to);
    open = readLine(line, containers, open, leaves);
    if (containers.length > DEPTH_MAX) return null;
    from = to + 1;
  }
  return leaves;
}

function readLine(line: Line, containers: Container[], before: Open | null, leaves: Leaf[]): Open | null {
  let open = before;
  let matched = 0;
  while (matched < containers.length && continues(line, containers[matched] as Container)) matched += 1;
  const all = matched === containers.length;

  if (open && all && open.type !== 'paragraph') {
    const ended = continueLeaf(line, open);
    if (ended === 'consumed') return null;
    if (ended === 'open') return open;
    open = null;
  }
  if (open && all && line.blank) open = null;
  if (open && !all && open.type !== 'paragraph') open = null;

  // From here on `open` is a paragraph, which this line may continue lazily.
  const paragraph: Open | null = open;
  let closed = all;
  const close = (): void => {
    if (!closed) containers.length = matched;
    closed = true;
    open = null;
  };
  const started = (type: Open['type'], kind: Leaf['kind'], end: Ends | null): Open => {
    close();
    const label = containers.findLast((container) => container.kind === 'footnote');
    const footnote = label?.kind === 'footnote' ? label.label : null;
    const leaf: Leaf = { kind, lines: [], footnote, within: within(containers), depth: containers.length, openFence: null };
    leaves.push(leaf);
    fill();
    return { leaf, type, end };
  };
  const fill = (): void => {
    const last = containers.at(-1);
    if (last?.kind === 'item') last.empty = false;
  };
  const nest = (container: Container): void => {
    fill();
    containers.push(container);
  };

  for (;;) {
    if (line.blank) break;
    const inParagraph: boolean = open !== null;
    if (line.indent >= 4) {
      if (inParagraph) break;
      line.skip(4);
      const code = started('indented', 'code', null);
      code.leaf.lines.push(line.rest);
      return code;
    }
    line.skipSpace();
    if (line.char === '>') {
      close();
      line.take(1);
      line.skipOne();
      nest({ kind: 'quote' });
    } else if (line.is(HEADING)) {
      started('paragraph', 'text', null).leaf.lines.push(line.rest);
      return null;
    } else if (line.is(FENCE)) {
      const mark = line.match?.[1] ?? line.match?.[2] ?? '';
      const fence = started('fence', 'code', closingOf(mark));
      fence.leaf.lines.push(line.rest);
      fence.leaf.openFence = mark;
      return fence;
    } else if (line.char === '<' && htmlEnd(line, inParagraph) !== undefined) {
      const last = htmlEnd(line, inParagraph) as RegExp | null;
      const end: Ends | null = last && ((text) => last.test(text));
      const html = started('html', 'html', end);
      html.leaf.lines.push(line.rest);
      return end?.(line.text) ? null : html;
    } else if (inParagraph && all && line.is(UNDERLINE)) {
      return null;
    } else if (line.is(RULE)) {
      close();
      return null;
    } else if (line.is(FOOTNOTE)) {
      close();
      const label = (line.match?.[1] ?? '').toLowerCase();
      line.take(line.match?.[0].length ?? 0);
      nest({ kind: 'footnote', label });
    } else if (line.is(BULLET) && line.startsItem(inParagraph && all)) {
      close();
      // Numbers are not distinguished, because formatters renumber lists.
      const name = `${line.match?.[1] === undefined ? 'bullet' : 'number'}${leaves.length}`;
      nest({ kind: 'item', name, indent: line.takeMarker(), empty: true });
    } else break;
    // Whatever has begun in this line, no earlier paragraph continues in it.
    if (containers.length > DEPTH_MAX) return null;
  }

  if (line.blank) {
    close();
    return null;
  }
  if (paragraph && open) {
    paragraph.leaf.lines.push(line.rest);
    return paragraph;
  }
  line.skipSpace();
  const next = started('paragraph', 'text', null);
  next.leaf.lines.push(line.rest);
  return next;
}

/** Not a regular expression: one that counts a fence of 60,000 characters takes a second to compile. */
const closingOf =
  (fence: string): Ends =>
  (line) =>
    line.startsWith(fence) && /^(?:`+|~+)$/.test(line);

const within = (containers: readonly Container[]): string =>
  containers.map((container) => (container.kind === 'item' ? container.name : container.kind)).join('/');

/** Whether the line belongs to a container that is open; then its mark is taken off the line. */
function continues(line: Line, container: Container): boolean {
  if (container.kind === 'quote') {
    if (line.indent >= 4 || line.blank || line.charAfterSpace !== '>') return false;
    line.skipSpace();
    line.take(1);
    line.skipOne();
    return true;
  }
  const needed = container.kind === 'item' ? container.indent : 4;
  if (line.blank) return container.kind === 'footnote' || !container.empty;
  if (line.indent < needed) return false;
  line.skip(needed);
  return true;
}

/** How the line relates to the open code or HTML: its end, a part of it, or something new. */
function continueLeaf(line: Line, { type, leaf, end }: Open): 'consumed' | 'open' | 'ended' {
  if (type === 'indented') {
    if (!line.blank && line.indent < 4) return 'ended';
    line.skip(4);
    leaf.lines.push(line.rest);
    return 'open';
  }
  if (type === 'html' && end === null && line.blank) return 'ended';
  leaf.lines.push(line.rest);
  if (type === 'fence') {
    if (line.indent >= 4 || !end?.(line.text.trim())) return 'open';
    leaf.openFence = null;
    return 'consumed';
  }
  return end?.(line.text) ? 'consumed' : 'open';
}

/** What ends the block of HTML that begins here: null a blank line; undefined where none begins. */
function htmlEnd(line: Line, inParagraph: boolean): RegExp | null | undefined {
  const sort = HTML.find(([begins]) => line.is(begins));
  if (sort) return sort[1];
  return line.is(BLOCK_TAG) || (!inParagraph && line.is(WHOLE_TAG)) ? null : undefined;
}

/** A line that is read from its beginning on; tabs reach to the next column that four divides. */
class Line {
  match: RegExpExecArray | null = null;
  readonly #source: string;
  readonly #to: number;
  #at: number;
  #column = 0;
  /** Columns of a tab of which some have been taken. */
  #pending = 0;
  #markerIndent = 0;

  constructor(source: string, from: number, to: number) {
    this.#source = source;
    this.#at = from;
    this.#to = to;
  }

  get rest(): Span {
    return [this.#at, this.#to];
  }
  get text(): string {
    return this.#source.slice(this.#at, this.#to);
  }
  get char(): string {
    return this.#at < this.#to ? (this.#source[this.#at] as string) : '';
  }
  get #space(): { readonly at: number; readonly columns: number } {
    let at = this.#at;
    let columns = this.#pending;
    for (; at < this.#to; at += 1) {
      const char = this.#source[at];
      if (char === ' ') columns += 1;
      else if (char === '\t') columns += 4 - ((this.#column + columns) % 4);
      else break;
    }
    return { at, columns };
  }
  get indent(): number {
    return this.#space.columns;
  }
  get blank(): boolean {
    return this.#space.at >= this.#to;
  }
  get charAfterSpace(): string {
    return this.#source[this.#space.at] ?? '';
  }

  is(pattern: RegExp): boolean {
    pattern.lastIndex = 0;
    this.match = pattern.exec(this.text);
    return this.match !== null;
  }
  take(count: number): void {
    this.#at += count;
    this.#column += count;
  }
  /** Consumes columns of white space, as many as there are. */
  skip(columns: number): void {
    let left = columns;
    const pending = Math.min(left, this.#pending);
    this.#pending -= pending;
    this.#column += pending;
    left -= pending;
    while (left > 0 && this.#at < this.#to) {
      const char = this.#source[this.#at];
      if (char !== ' ' && char !== '\t') return;
      const width = char === ' ' ? 1 : 4 - (this.#column % 4);
      this.#at += 1;
      const taken = Math.min(left, width);
      this.#column += taken;
      this.#pending = width - taken;
      left -= taken;
    }
  }
  skipOne(): void {
    if (this.indent > 0) this.skip(1);
  }
  skipSpace(): void {
    this.#markerIndent = this.indent;
    this.skip(this.indent);
  }

  /** Whether the mark just matched begins a list item; in a paragraph one that is empty or does not begin with 1 is text. */
  startsItem(inParagraph: boolean): boolean {
    const after = this.text.slice(this.match?.[0].length);
    if (after !== '' && !/^[ \t]/.test(after)) return false;
    return !inParagraph || (after.trim() !== '' && (this.match?.[1] === undefined || Number(this.match[1]) === 1));
  }
  /** Consumes the mark and the space after it; returns the columns by which the item's text is indented. */
  takeMarker(): number {
    const mark = this.match?.[0].length ?? 0;
    const before = this.#markerIndent;
    this.take(mark);
    const space = this.blank || this.indent > 4 ? 1 : this.indent;
    this.skip(space);
    return before + mark + space;
  }
}
