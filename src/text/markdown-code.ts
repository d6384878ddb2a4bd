import { descendants, parseMarkdown, span } from './parse-markdown.ts';

/** Offsets into a text. */
export type Span = readonly [start: number, end: number];

/** Stands in for `<` while looking for code, so that the text has the same blocks whether or not its angles are escaped. */
const INERT = '\ue000';
/** Left as it is, an angle at the beginning of a line may end the paragraph, and the span with it: HTML blocks interrupt. */
const BREAKS_OFF = /\n[ \t>]*</;
const LINK_START = /https?:|ftp:|mailto:|xmpp:|www\./gi;

/** What is certainly code in a text whose `<` mean nothing, in the order of the text: blocks and spans, with their fences and backticks. */
export function codeIn(markdown: string): Span[] {
  const code: Span[] = [];
  for (const node of descendants(parseMarkdown(markdown.replaceAll('<', INERT)))) {
    if (node.type === 'code') {
      const { start, end } = span(node);
      code.push([start, end]);
    } else if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') {
      const { start, end } = span(node);
      const text = markdown.slice(start, end);
      for (const [from, to] of codeSpans(text)) if (!BREAKS_OFF.test(text.slice(from, to))) code.push([start + from, start + to]);
    }
  }
  return code;
}

/** Code spans of one block's inline text, backticks included. None where a bare link makes it uncertain which backticks pair. */
export function codeSpans(text: string): Span[] {
  const isLinked = bareLinks(text);
  const spans: Span[] = [];
  const token = /\\[\s\S]|`+/g;
  let previous = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0].startsWith('\\')) continue;
    const end = closing(text, token.lastIndex, match[0].length);
    if (end === null) continue;
    if (isLinked(match.index, previous)) return [];
    spans.push([match.index, end]);
    token.lastIndex = end;
    previous = end;
  }
  return spans;
}

function closing(text: string, from: number, length: number): number | null {
  const run = /`+/g;
  run.lastIndex = from;
  for (let match = run.exec(text); match; match = run.exec(text)) {
    if (match[0].length === length) return run.lastIndex;
  }
  return null;
}

/**
 * Whether a bare link may reach from behind `from` up to an offset. GitHub's run on until white space or `<`, through backslashes
 * and backticks; whether it takes one for a link depends on more than is looked at here, so this errs towards yes.
 */
export function bareLinks(text: string): (offset: number, from?: number) => boolean {
  const starts = [...text.matchAll(LINK_START)].map((match) => match.index);
  return (offset, from = 0) => {
    const start = starts.findLast((index) => index < offset);
    return start !== undefined && start >= from && !/\s/.test(text.slice(start, offset));
  };
}
