import type { Nodes } from 'mdast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

const markdown = unified().use(remarkParse).use(remarkGfm);

// A zero-width space: the words stay readable, but nobody is notified and no issue is closed by them.
const BREAK = '\u200b';

/**
 * A model's Markdown as it may stand in what the bot posts. Code is left alone, because GitHub does not act on it; outside of code
 * mentions, closing keywords, HTML and images (which would call a stranger's server when somebody looks) lose their effect.
 */
export function tame(text: string): string {
  const code: [number, number][] = [];
  collectCode(markdown.parse(text), code);
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    out += disarm(text.slice(from, start)) + text.slice(start, end);
    from = end;
  }
  return out + disarm(text.slice(from));
}

function collectCode(node: Nodes, into: [number, number][]): void {
  if (node.type === 'code' || node.type === 'inlineCode') {
    const { start, end } = node.position ?? {};
    if (start?.offset !== undefined && end?.offset !== undefined) into.push([start.offset, end.offset]);
  } else if ('children' in node) {
    for (const child of node.children) collectCode(child, into);
  }
}

const disarm = (text: string): string =>
  text
    .replace(/@(?=[a-z0-9])/gi, () => `@${BREAK}`)
    .replace(
      /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=(?:[\w.-]+\/[\w.-]+)?#\d|https?:)/gi,
      (_, word, gap) => `${word}${BREAK}${gap}`,
    )
    .replace(/!\[/g, () => '!\\[')
    .replace(/</g, () => '&lt;');

/** For titles and table cells: one line, nothing that ends the cell. */
export const tameLine = (text: string): string => tame(text.replace(/\s+/g, ' ').trim()).replaceAll('|', '\\|');

/** Tamed text as a Markdown quotation. */
export const quote = (text: string): string =>
  tame(text.trim())
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
