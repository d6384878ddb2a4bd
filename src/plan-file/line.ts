import { readAnglesInLine, showAnglesInLine } from '../text/visible-angles.ts';

/*
 * A field of one line, written as Markdown. It is kept as it is, but for a backslash where its beginning would start a heading, a
 * quote, a list, a rule, a fence or a link definition (`\- so`, `1\. so`), two hyphens with the bullet before them being a rule, too; a text that has such backslashes already gets one more.
 */

const STARTS_A_BLOCK =
  /^\\*(?:#{1,6}(?:[ \t]|$)|>|[-+*](?:[ \t]|$)|([-*_])(?:[ \t]*\1){2,}[ \t]*$|-[ \t]*-[ \t]*$|`{3,}[^`]*$|~{3}|\[(?:[^[\]\\]|\\.)*\]:)/;
const STARTS_A_NUMBER = /^(\d{1,9})(\\*[.)](?:[ \t]|$))/;
const ESCAPED_NUMBER = /^(\d{1,9})\\(\\*[.)](?:[ \t]|$))/;

export function renderLine(text: string): string {
  const shown = showAnglesInLine(text);
  if (STARTS_A_BLOCK.test(shown)) return `\\${shown}`;
  return shown.replace(STARTS_A_NUMBER, (_, number: string, rest: string) => `${number}\\${rest}`);
}

/** The text of one line; `source` may be wrapped over several. */
export function readLine(source: string): string {
  const line = source
    .split('\n')
    .map((part) => part.trim())
    .join(' ')
    .trim();
  if (line.startsWith('\\') && STARTS_A_BLOCK.test(line.slice(1))) return readAnglesInLine(line.slice(1));
  return readAnglesInLine(line.replace(ESCAPED_NUMBER, (_, number: string, rest: string) => `${number}${rest}`));
}

/** At the end of a heading a run of `#` would be taken for its closing; a backslash before the run keeps it. */
export const renderHeading = (text: string): string =>
  renderLine(text).replace(/(^|[ \t])(\\*#+)$/, (_, space: string, rest: string) => `${space}\\${rest}`);

/** The text of a heading, given without what comes before it; a closing run of `#` is dropped. */
export const readHeading = (source: string): string =>
  readLine(
    source
      .replace(/(?:^|(?<![ \t])[ \t]+)#+[ \t]*$/, '')
      .replace(/(^|[ \t])\\(\\*#+)$/, (_, space: string, rest: string) => `${space}${rest}`),
  );

/** `**text**`; reading takes the text without the stars, too. Stars alone would make a rule of it, so they get a backslash. */
export const renderStrong = (text: string): string =>
  `**${renderLine(text).replace(/^\\*\*[* \t]*$/, (stars) => `\\${stars}`)}**`;

export function readStrong(source: string): string {
  const strong = /^(\*\*|__)([\s\S]+)\1$/.exec(source.trim());
  return readLine(strong?.[2]?.replace(/^\\(\\*\*[* \t]*)$/, (_, stars: string) => stars) ?? source);
}

/** A component's id where another part of the plan names it. */
export const renderReference = (id: string): string => `\`${id}\``;
export const readReference = (source: string): string => source.trim().replace(/^`(.*)`$/, '$1');
