import { stripInvisible } from './invisible-characters.ts';
import { leavesOf, type Span } from './markdown-blocks.ts';
import { codeIn, codeSpans } from './markdown-code.ts';
import { tooDeep } from './parse-markdown.ts';
import { singleLine } from './truncate.ts';

// A zero-width space: the words stay readable, but they notify no one and close no issue.
const BREAK = '\u200b';

/**
 * A model's Markdown, made safe for the bot's posts, as blocks of its own. Outside of code mentions, HTML, images (which would load
 * from a stranger's server when the page is viewed) and hidden definitions lose their effect. References to issues, closing
 * keywords and other bots' commands lose it in code too: a squash may put the text into a commit's message, where backticks mean
 * nothing, and bots read the source. What is opened is closed.
 * @param own the issues and pull requests of the task, which may be referred to; any other number may be an ordinal.
 */
export function sanitizeMarkdown(text: string, own: readonly number[] = []): string {
  const given = withoutControls(stripInvisible(text.replace(/\r\n?/g, '\n')));
  const clean = tooDeep(given) === null && !isBusy(given) ? withoutDefinitions(given) : null;
  // Only a malicious text is nested so deeply, or holds so many signs: what is code in it is unknown, so all of it is sanitized.
  if (clean === null) {
    const harmless = withoutClosingKeywords(disarmBlocks(given, own));
    return harmless.replace(/^([ \t>]*)(`{3,}|~{3,})/gm, (_, space, fence) => `${space}\\${fence}`);
  }
  return withLastFenceClosed(withoutClosingKeywords(outside(codeIn(clean), clean, (prose) => disarmBlocks(prose, own))));
}

/**
 * Each line, and each sign that may begin or end code, costs microseconds. A text of the greatest length that GitHub takes has a few
 * thousand of them.
 */
const SIGNS_MAX = 20_000;
const SIGNS_A_LINE = 2;

function isBusy(text: string): boolean {
  let signs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) signs += SIGNS_A_LINE;
    // `[`, a backtick, `~`.
    else if (code === 91 || code === 96 || code === 126) signs += 1;
  }
  return signs > SIGNS_MAX;
}

/**
 * The same for text inside a line of ours. No backtick is left that could pair with one further on, which would turn the code there
 * into prose.
 */
export function sanitizeLine(text: string, own: readonly number[] = []): string {
  const line = oneLine(text);
  return withoutClosingKeywords(outside(codeSpans(line), line, (prose) => escapeBackticks(disarm(prose, own))));
}

/** For table cells. */
export const sanitizeCell = (text: string, own: readonly number[] = []): string => sanitizeLine(text, own).replaceAll('|', '\\|');

/** For titles and commit messages, which GitHub shows as they are, without Markdown. */
export const sanitizeTitle = (text: string, own: readonly number[] = []): string =>
  withoutClosingKeywords(withoutOrders(oneLine(text), own)).replace(COMMAND, (_, space, sign) => `${space}${BREAK}${sign}`);

/** Sanitized text as a Markdown quotation. */
export const quote = (text: string, own: readonly number[] = []): string =>
  sanitizeMarkdown(text.trim(), own)
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

/** A name as inline code, whatever backticks are in it. */
export function inlineCode(name: string): string {
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${name}${fence}` : `${fence} ${name} ${fence}`;
}

const oneLine = (text: string): string => withoutControls(singleLine(stripInvisible(text)));

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed.
const withoutControls = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, '');

function outside(code: readonly Span[], text: string, change: (prose: string) => string): string {
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    out += change(text.slice(from, start)) + disarmCode(text.slice(start, end));
    from = end;
  }
  return out + change(text.slice(from));
}

/** A line that another bot would take for a command: `/merge`, `!deploy`, `.deploy`, `bors r+`. */
const COMMAND = /^([ \t]*)(?=[/!.][a-z][\w-]*(?:[ \t]|$)|bors\b)(.)/gim;
/** Bots that read commands from the source, where a mention in code counts like any other. */
const BOTS =
  /^([ \t]*@)(?=(?:dependabot|renovate|mergify|bors|claude|codex|copilot|coderabbit|gemini|cursor|sweep|devin)[\w-]*\b)/gim;

const disarmCode = (code: string): string =>
  withoutReferences(code)
    .replace(COMMAND, (_, space, sign) => `${space}${BREAK}${sign}`)
    .replace(BOTS, (at) => `${at}${BREAK}`);

/** The sign is escaped rather than broken: it is shown as it is, and a bot that searches for a command finds a backslash. */
const disarmBlocks = (prose: string, own: readonly number[]): string =>
  disarm(prose, own)
    .replace(COMMAND, (_, space, sign) => (/[a-z]/i.test(sign) ? `${space}${sign}${BREAK}` : `${space}\\${sign}`))
    .replace(/^([ \t]*)\/(?=\w)/gm, (_, space) => `${space}\\/`)
    .replace(DEFINITION, (_, before) => `${before}\\[`);

/**
 * A footnote may contain a fence, which is no fence any more once the footnote is escaped: definitions are escaped before it is decided
 * what is code, and again where that has turned code into prose. Null where that does not come to an end.
 */
function withoutDefinitions(text: string): string | null {
  let before = text;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const after = outside(codeIn(before), before, (prose) => prose.replace(DEFINITION, (_, start) => `${start}\\[`));
    if (after === before) return after;
    before = after;
  }
  return null;
}

/** Each round takes linear time; real texts need two. */
const ROUNDS_MAX = 10;

/** `[x]: text` at the beginning of a block defines a link and is not shown, whatever follows it. */
const DEFINITION = /^((?:[ \t]|>|[-+*][ \t]|\d{1,9}[.)][ \t]){0,100})\[(?=(?:[^[\]\\]|\\.){1,999}\]:)/gm;

// GitHub searches the rendered text for mentions, so `&#64;wanda` is one, too.
const disarm = (prose: string, own: readonly number[]): string =>
  withoutOrders(
    prose.replace(/&(?=#?\w+;)/g, () => '&amp;'),
    own,
  )
    .replace(/!\[/g, () => '!\\[')
    .replace(/</g, () => '&lt;');

const withoutOrders = (text: string, own: readonly number[]): string =>
  withoutReferences(text)
    .replace(/(?<![\w-])#(?=(\d+))(?!\d+;)/g, (sign, number) => (own.includes(Number(number)) ? sign : `${sign}${BREAK}`))
    .replace(/\b(GH-)(?=\d)/gi, (sign) => `${sign}${BREAK}`)
    .replace(/@(?=[a-z0-9])/gi, () => `@${BREAK}`)
    .replace(/\[(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])/gi, () => `[${BREAK}`);

/** Both leave "mentioned this" in threads of other repositories. GitHub runs the other host for links that do not. */
const withoutReferences = (text: string): string =>
  text
    .replace(
      /(https?:\/\/)(?:www\.)?(?=github\.com\/[\w.-]+\/[\w.-]+\/(?:issues|pull|discussions|commit)\/)/gi,
      (_, scheme) => `${scheme}redirect.`,
    )
    .replace(/(?<=[\w-])#(?=\d)/g, () => `#${BREAK}`);

/** Also where code, emphasis, a bracket or a backslash separates the word from the number: GitHub searches after rendering. */
export const withoutClosingKeywords = (text: string): string =>
  text.replace(
    /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([\s:*_~[(>\\`]+)(?=(?:[\w.-]+\/[\w.-]+)?#\u200b?\d|GH-\u200b?\d|https?:)/gi,
    (_, word, gap) => `${word}${BREAK}${gap}`,
  );

/** A backtick after an odd number of backslashes is escaped already. */
const escapeBackticks = (prose: string): string =>
  prose.replace(/(?<!\\)(\\*)`/g, (whole, slashes: string) => (slashes.length % 2 === 1 ? whole : `${slashes}\\\``));

/** A fence that is left open would swallow our own text after it. */
function withLastFenceClosed(text: string): string {
  if (!/`{3}|~{3}/.test(text)) return text;
  const last = leavesOf(text)?.at(-1);
  return last && last.depth === 0 && last.openFence !== null ? `${text}\n${last.openFence}` : text;
}
