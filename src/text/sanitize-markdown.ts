import { stripInvisible } from './invisible-characters.ts';
import { leavesOf, type Span } from './markdown-blocks.ts';
import { codeIn, codeSpans } from './markdown-code.ts';
import { tooDeep } from './parse-markdown.ts';

// A zero-width space: the words stay readable, but nobody is notified and no issue is closed by them.
const BREAK = '\u200b';

/**
 * A model's Markdown as it may stand in what the bot posts, in blocks of its own. Outside of code mentions, HTML and images (which would
 * call a stranger's server when somebody looks) lose their effect, and so do other bots' commands at the start of a line. Closing
 * keywords lose it in code too: a squash may put the text into a commit's message, where backticks mean nothing. What is opened is closed.
 */
export function sanitizeMarkdown(text: string): string {
  const clean = stripInvisible(text.replace(/\r\n?/g, '\n'));
  // Nested so deep it is made to be: the parser would take seconds or all of the stack. Then nothing is spared as code.
  if (tooDeep(clean) !== null)
    return disarmBlocks(clean).replace(/^([ \t>]*)(`{3,}|~{3,})/gm, (_, space, fence) => `${space}\\${fence}`);
  return withLastFenceClosed(outside(codeIn(clean), clean, disarmBlocks));
}

/** The same for text inside a line of ours. No backtick is left that could pair with one further on, which would turn the code there into prose. */
export function sanitizeLine(text: string): string {
  const line = oneLine(text);
  return outside(codeSpans(line), line, (acceptText) => escapeBackticks(disarm(acceptText)));
}

/** For table cells. */
export const sanitizeCell = (text: string): string => sanitizeLine(text).replaceAll('|', '\\|');

/** For titles and commit messages, which GitHub shows as they are, without Markdown. */
export const sanitizeTitle = (text: string): string => withoutOrders(oneLine(text));

/** Tamed text as a Markdown quotation. */
export const quote = (text: string): string =>
  sanitizeMarkdown(text.trim())
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

/** A name as inline code, whatever backticks are in it. */
export function inlineCode(name: string): string {
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${name}${fence}` : `${fence} ${name} ${fence}`;
}

const oneLine = (text: string): string => stripInvisible(text).replace(/\s+/g, ' ').trim();

function outside(code: readonly Span[], text: string, change: (acceptText: string) => string): string {
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    out += change(text.slice(from, start)) + withoutKeywords(text.slice(start, end));
    from = end;
  }
  return out + change(text.slice(from));
}

/** A slash is escaped rather than broken: it is shown as it is, and whoever looks for a command finds a backslash. */
const disarmBlocks = (acceptText: string): string =>
  disarm(acceptText).replace(/^([ \t]*)\/(?=\w)/gm, (_, space) => `${space}\\/`);

// GitHub looks for mentions in what it has rendered, so `&#64;wanda` is one, too.
const disarm = (acceptText: string): string =>
  withoutOrders(acceptText.replace(/&(?=#?\w+;)/g, () => '&amp;'))
    .replace(/!\[/g, () => '!\\[')
    .replace(/</g, () => '&lt;');

const withoutOrders = (text: string): string =>
  withoutKeywords(text)
    .replace(/@(?=[a-z0-9])/gi, () => `@${BREAK}`)
    .replace(/\[(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])/gi, () => `[${BREAK}`);

/** Also where emphasis, a bracket or a backslash stands between the word and the number: they are gone when GitHub looks. */
const withoutKeywords = (text: string): string =>
  text.replace(
    /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([\s:*_~[(>\\]{1,20})(?=(?:[\w.-]+\/[\w.-]+)?#\d|GH-\d|https?:)/gi,
    (_, word, gap) => `${word}${BREAK}${gap}`,
  );

/** A backtick behind an odd number of backslashes is escaped already. */
const escapeBackticks = (acceptText: string): string =>
  acceptText.replace(/(\\*)`/g, (whole, slashes: string) => (slashes.length % 2 === 1 ? whole : `${slashes}\\\``));

/** A fence that is left open would take in everything of ours that follows. */
function withLastFenceClosed(text: string): string {
  const last = leavesOf(text)?.at(-1);
  return last && last.depth === 0 && last.openFence !== null ? `${text}\n${last.openFence}` : text;
}
