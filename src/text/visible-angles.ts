import type { Span } from './markdown-blocks.ts';
import { bareLinks, codeIn, codeSpans } from './markdown-code.ts';

/*
 * People approve what GitHub shows them, and GitHub shows no HTML comment and no unknown tag: `Map<string>` reads as `Map`, and a
 * comment could give the executor instructions that no one saw. So every `<` outside code is written `\<` in PLAN.md; after a bare
 * link, which would swallow the backslash, it is written `&lt;`. To be read back exactly, n backslashes before a `<` become 2n + 1,
 * and an `&lt;` of the text itself becomes `&amp;lt;`.
 */

type IsCode = (offset: number) => boolean;

const PLAIN_AUTOLINK = /<https?:\/\/[^\s<>`\\[\]*_|"']+>/y;
// The lookbehind keeps it from starting again inside a run of backslashes, which would take quadratic time.
const ANGLE = /(?<!\\)(\\*)<|&((?:amp;)*)lt;/g;

export const showAngles = (markdown: string): string => show(markdown, within(codeIn(markdown)));
export const readAngles = (markdown: string): string => read(markdown, within(codeIn(markdown)));

/** The same for text that is one line inside a block: a list item, a heading, a table cell. */
export const showAnglesInLine = (line: string): string => show(line, within(codeSpans(line)));
export const readAnglesInLine = (line: string): string => read(line, within(codeSpans(line)));

function show(text: string, isCode: IsCode): string {
  const isLinked = bareLinks(text);
  return text.replace(ANGLE, (whole, slashes: string | undefined, amps: string, at: number) => {
    const angle = at + (slashes ?? '').length;
    if (isCode(angle)) return whole;
    if (slashes === undefined) return `&amp;${amps}lt;`;
    PLAIN_AUTOLINK.lastIndex = angle;
    if (slashes === '' && PLAIN_AUTOLINK.test(text)) return whole;
    return isLinked(angle) ? `${slashes}&lt;` : `${slashes}${slashes}\\<`;
  });
}

function read(text: string, isCode: IsCode): string {
  return text.replace(ANGLE, (whole, slashes: string | undefined, amps: string, at: number) => {
    if (isCode(at + (slashes ?? '').length)) return whole;
    if (slashes === undefined) return amps === '' ? '<' : `&${amps.slice('amp;'.length)}lt;`;
    // An even number of backslashes escapes nothing: a person wrote it, and it stays as it is.
    return slashes.length % 2 === 0 ? whole : `${'\\'.repeat((slashes.length - 1) / 2)}<`;
  });
}

/** Must be called with increasing offsets. */
function within(code: readonly Span[]): IsCode {
  let next = 0;
  return (offset) => {
    while (next < code.length && (code[next] as Span)[1] <= offset) next += 1;
    const span = code[next];
    return span !== undefined && span[0] <= offset;
  };
}
