import type { Nodes } from 'mdast';
import { parseMarkdown, tooDeep } from '../domain/markdown.ts';

// A zero-width space: the words stay readable, but nobody is notified and no issue is closed by them.
const BREAK = '\u200b';

/**
 * A model's Markdown as it may stand in what the bot posts, in blocks of its own. Code is left alone, because GitHub does not act on
 * it; outside of code mentions, closing keywords, HTML and images (which would call a stranger's server when somebody looks) lose
 * their effect.
 */
export const tame = (text: string): string => outsideCode(text.replace(/\r\n?/g, '\n'), disarm);

/**
 * The same for text inside a line of ours. It is read behind a word, because ``` or four spaces begin a block of code only where a
 * line begins; and no backtick is left that could pair with one further on, which would turn the code there into prose.
 */
export function tameLine(text: string): string {
  const word = 'x ';
  return outsideCode(word + oneLine(text), (prose) => escapeBackticks(disarm(prose))).slice(word.length);
}

/** For table cells. */
export const tameCell = (text: string): string => tameLine(text).replaceAll('|', '\\|');

/** For titles and commit messages, which GitHub shows as they are, without Markdown. */
export const tameTitle = (text: string): string => withoutOrders(oneLine(text));

/** Tamed text as a Markdown quotation. */
export const quote = (text: string): string =>
  tame(text.trim())
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

/** A name as inline code, whatever backticks are in it. */
export function inlineCode(name: string): string {
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${name}${fence}` : `${fence} ${name} ${fence}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function outsideCode(text: string, change: (prose: string) => string): string {
  // Nested so deep it is made to be: the parser would take seconds or all of the stack. Then nothing is spared as code.
  if (tooDeep(text) !== null) return change(text);
  const code: [number, number][] = [];
  collectCode(parseMarkdown(text), code);
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    out += change(text.slice(from, start)) + text.slice(start, end);
    from = end;
  }
  return out + change(text.slice(from));
}

function collectCode(node: Nodes, into: [number, number][]): void {
  if (node.type === 'code' || node.type === 'inlineCode') {
    const { start, end } = node.position ?? {};
    if (start?.offset !== undefined && end?.offset !== undefined) into.push([start.offset, end.offset]);
  } else if ('children' in node) {
    for (const child of node.children) collectCode(child, into);
  }
}

// GitHub looks for mentions in what it has rendered, so `&#64;wanda` is one, too.
const disarm = (prose: string): string =>
  withoutOrders(prose.replace(/&(?=#?\w+;)/g, () => '&amp;'))
    .replace(/!\[/g, () => '!\\[')
    .replace(/</g, () => '&lt;');

const withoutOrders = (text: string): string =>
  text
    .replace(/@(?=[a-z0-9])/gi, () => `@${BREAK}`)
    .replace(
      /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=(?:[\w.-]+\/[\w.-]+)?#\d|GH-\d|https?:)/gi,
      (_, word, gap) => `${word}${BREAK}${gap}`,
    );

/** A backtick behind an odd number of backslashes is escaped already. */
const escapeBackticks = (prose: string): string =>
  prose.replace(/(\\*)`/g, (whole, slashes: string) => (slashes.length % 2 === 1 ? whole : `${slashes}\\\``));
