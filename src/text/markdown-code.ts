import { BlockText } from './block-text.ts';
import { codeClosings } from './code-closings.ts';
import { leavesOf, type Span } from './markdown-blocks.ts';

/** Stands in for `<` while looking for code, so that the text has the same blocks whether or not its angles are escaped. */
const INERT = '\ue000';
/**
 * An unescaped angle at the beginning of a line may end the paragraph, and the span with it, because HTML blocks interrupt
 * paragraphs.
 */
const BREAKS_OFF = /\n[ \t>]*</;
const LINK_START = /https?:|ftp:|mailto:|xmpp:|www\./gi;

/**
 * The ranges of a text that are code even if every `<` is literal, in the order of the text: blocks and spans, with their fences
 * and backticks. In linear time; none in a text that is nested too deeply to tell.
 */
export function codeIn(markdown: string): Span[] {
  const inert = markdown.replaceAll('<', INERT);
  const code: Span[] = [];
  for (const { kind, lines } of leavesOf(inert) ?? []) {
    const [first, last] = [lines[0], lines.at(-1)];
    if (!first || !last) continue;
    if (kind === 'code') code.push([first[0], last[1]]);
    else {
      const block = new BlockText(inert, lines);
      for (const [start, end] of block.inlineParts()) {
        for (const [from, to] of codeSpans(block.text.slice(start, end))) {
          const span: Span = [block.offset(start + from), block.offset(start + to)];
          if (!BREAKS_OFF.test(markdown.slice(...span))) code.push(span);
        }
      }
    }
  }
  return code;
}

/** Code spans of one block's inline text, backticks included. None where a bare link makes it uncertain which backticks pair. */
export function codeSpans(text: string): Span[] {
  const isLinked = bareLinks(text);
  const closing = codeClosings(text);
  const spans: Span[] = [];
  const token = /\\[\s\S]|`+/g;
  let previous = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0].startsWith('\\')) continue;
    const end = closing(token.lastIndex, match[0].length);
    if (end === null) continue;
    if (isLinked(match.index, previous)) return [];
    spans.push([match.index, end]);
    token.lastIndex = end;
    previous = end;
  }
  return spans;
}

/**
 * Whether a bare link may reach from behind `from` up to an offset. GitHub's run on until white space or `<`, through backslashes
 * and backticks; whether it treats one as a link depends on more than is examined here, so this errs towards yes.
 */
export function bareLinks(text: string): (offset: number, from?: number) => boolean {
  const starts = [...text.matchAll(LINK_START)].map((match) => match.index);
  if (starts.length === 0) return () => false;
  const spaces = [...text.matchAll(/\s/g)].map((match) => match.index);
  return (offset, from = 0) => {
    const start = starts[countBelow(starts, offset) - 1];
    return start !== undefined && start >= from && countBelow(spaces, start) === countBelow(spaces, offset);
  };
}

/** How many of the numbers, which ascend, are less than a limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
