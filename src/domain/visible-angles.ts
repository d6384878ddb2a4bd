import { descendants, parseMarkdown, span } from './markdown.ts';

/*
 * People approve what GitHub shows them, and GitHub shows no HTML comment and no unknown tag: `Map<string>` reads as `Map`, and
 * a comment could give the executor orders nobody saw. So every `<` outside code is written `\<` in PLAN.md; behind a bare link,
 * which would swallow the backslash, it is written `&lt;`. To be read back exactly, n backslashes before a `<` become 2n + 1, and
 * an `&lt;` of the text itself becomes `&amp;lt;`.
 */

type Span = readonly [start: number, end: number];
type IsCode = (offset: number) => boolean;

/** Stands in for `<` while looking for code, so that the text has the same blocks whether or not its angles are escaped. */
const INERT = '\ue000';
const PLAIN_AUTOLINK = /<https?:\/\/[^\s<>`\\[\]*_|"']+>/y;
const LINK_START = /https?:|ftp:|mailto:|xmpp:|www\./gi;
const ANGLE = /(\\*)<|&((?:amp;)*)lt;/g;

export const showAngles = (markdown: string): string => show(markdown, codeOf(markdown));
export const readAngles = (markdown: string): string => read(markdown, codeOf(markdown));

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
    // An even number escapes nothing: a person wrote it, and it stays as it is.
    return slashes.length % 2 === 0 ? whole : `${'\\'.repeat((slashes.length - 1) / 2)}<`;
  });
}

function codeOf(markdown: string): IsCode {
  const inert = markdown.replaceAll('<', INERT);
  const code: Span[] = [];
  for (const node of descendants(parseMarkdown(inert))) {
    if (node.type === 'code') {
      const { start, end } = span(node);
      code.push([start, end]);
    } else if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') {
      const { start, end } = span(node);
      for (const [from, to] of codeSpans(markdown.slice(start, end))) code.push([start + from, start + to]);
    }
  }
  return within(code);
}

const within =
  (code: readonly Span[]): IsCode =>
  (offset) =>
    code.some(([start, end]) => start <= offset && offset < end);

/** Code spans of one block's inline text, backticks included. None where a bare link makes it uncertain which backticks pair. */
function codeSpans(text: string): Span[] {
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
function bareLinks(text: string): (offset: number, from?: number) => boolean {
  const starts = [...text.matchAll(LINK_START)].map((match) => match.index);
  return (offset, from = 0) => {
    const start = starts.findLast((index) => index < offset);
    return start !== undefined && start >= from && !/\s/.test(text.slice(start, offset));
  };
}
