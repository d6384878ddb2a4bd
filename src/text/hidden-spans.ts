import { BlockText } from './block-text.ts';
import { codeClosings } from './code-closings.ts';
import { leavesOf, type Span } from './markdown-blocks.ts';

/** What a browser treats as a comment inside raw HTML, including one that is never closed. */
const RAW_COMMENT = /<!--(?:-?>|[\s\S]*?(?:--!?>|$))|<(?:[!?]|\/(?=[^a-z>]))[^>]*(?:>|$)/gi;
/** Where a text is nested too deeply to tell code from prose, comments are removed from both. */
const ANY_COMMENT = /<!--[\s\S]*?(?:-->|$)/g;

/**
 * The parts of a Markdown text that GitHub does not show: comments and other declarations in HTML, and definitions of links and
 * footnotes that nothing refers to. In the order of the text, without overlaps, in linear time.
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
    const content = new BlockText(text, leaf.lines);
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

/** Where a comment begins that the block does not close, or null. */
function inHtml(content: BlockText, from: number, hidden: Span[]): number | null {
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

function inText(content: BlockText, isReferred: (label: string) => boolean, hidden: Span[]): void {
  let from = 0;
  for (let found = definitionAt(content.text, from); found; found = definitionAt(content.text, from)) {
    if (!isReferred(found.label) || LEADS_NOWHERE.test(found.address)) hidden.push(...content.spans(from, found.end));
    from = found.end;
  }
  for (const [start, end] of content.inlineParts(from)) {
    for (const [at, to] of inlineComments(content.text.slice(start, end))) hidden.push(...content.spans(start + at, start + to));
  }
}

// Bounded, so that a paragraph of opening brackets costs no more than its length times a constant.
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

/** Whether anything other than its own definition refers to a label. */
function references(text: string): (label: string) => boolean {
  const referred = new Set<string>();
  for (const [, label, colon] of text.matchAll(REFERENCE)) if (colon === '') referred.add(normalized(label as string));
  return (label) => referred.has(normalized(label));
}

const normalized = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase();

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

/** The comments of inline text. GitHub shows unclosed ones and those in code as they are written. */
function inlineComments(text: string): Span[] {
  if (!/<[!?]/.test(text)) return [];
  const closing = codeClosings(text);
  const isLinked = bareLinkAt(text);
  const found: Span[] = [];
  const without = new Set<string>();
  let codeIsCertain = true;
  for (let at = 0; at < text.length; ) {
    const char = text[at];
    if (char === '\\') at += matchAt(ESCAPE, text, at) ? 2 : 1;
    else if (char === '`') {
      const run = matchAt(BACKTICKS, text, at) ? BACKTICKS.lastIndex - at : 1;
      // A bare link swallows backticks, so it is unknown here which of those after it pair.
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

/** Whether an offset may be in a link that is written without brackets. Must be called with increasing offsets. */
function bareLinkAt(text: string): (offset: number) => boolean {
  const links = text.matchAll(/(?:https?:|ftp:|mailto:|xmpp:|www\.)[^\s<]*/gi);
  let current = links.next();
  return (offset) => {
    while (!current.done && current.value.index + current.value[0].length < offset) current = links.next();
    return !current.done && current.value.index < offset;
  };
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
