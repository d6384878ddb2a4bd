import type { Span } from '../markdown-blocks.ts';

/** Names that HTML has for what nobody sees, for white space, and for the signs that begin or end something. */
const NAMED = new Map<string, number>([
  ...named(0xad, 'shy'),
  ...named(0x200b, 'ZeroWidthSpace', 'NegativeVeryThinSpace', 'NegativeThinSpace', 'NegativeMediumSpace', 'NegativeThickSpace'),
  ...named(0x200c, 'zwnj'),
  ...named(0x200d, 'zwj'),
  // These two may stay, but must not divide a long gap.
  ...named(0x200e, 'lrm'),
  ...named(0x200f, 'rlm'),
  ...named(0x2060, 'NoBreak'),
  ...named(0x2061, 'af', 'ApplyFunction'),
  ...named(0x2062, 'it', 'InvisibleTimes'),
  ...named(0x2063, 'ic', 'InvisibleComma'),
  ...named(0x20, 'Tab'),
  ...named(0xa0, 'nbsp', 'NonBreakingSpace'),
  ...named(0x2002, 'ensp'),
  ...named(0x2003, 'emsp'),
  ...named(0x2004, 'emsp13'),
  ...named(0x2005, 'emsp14', 'ThickSpace'),
  ...named(0x2007, 'numsp'),
  ...named(0x2008, 'puncsp'),
  ...named(0x2009, 'thinsp', 'ThinSpace'),
  ...named(0x200a, 'hairsp', 'VeryThinSpace'),
  ...named(0x205f, 'MediumSpace'),
  ...named(0x24, 'dollar'),
  ...named(0x25, 'percnt'),
  ...named(0x5c, 'bsol'),
]);

function named(code: number, ...names: readonly string[]): [string, number][] {
  return names.map((name) => [name, code]);
}

const IN_MARKDOWN = /\\[\s\S]|&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]\w{1,30}));/gi;
/** Mermaid has `#8203;` and `#shy;`, and hands `&#8203;` on to the browser. */
const IN_DIAGRAM = /(?:#|&#?)(?:(\d{1,7})|x([\da-f]{1,6})|([a-z]\w{1,30}));/gi;

/**
 * A Markdown text with the references to characters (`&#8203;`, `&nbsp;`) read, outside of its code. Lines stay lines, and names of
 * characters that everybody sees are left as they are.
 */
export function readReferences(markdown: string, code: readonly Span[]): string {
  if (!markdown.includes('&')) return markdown;
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    if (start < from) continue;
    out += decoded(markdown.slice(from, start), IN_MARKDOWN) + markdown.slice(start, end);
    from = end;
  }
  return out + decoded(markdown.slice(from), IN_MARKDOWN);
}

/** The same for a diagram, in which everything is read. */
export const readDiagramReferences = (diagram: string): string => decoded(diagram, IN_DIAGRAM);

const decoded = (text: string, pattern: RegExp): string =>
  text.replace(pattern, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (decimal !== undefined) return character(Number(decimal));
    if (hex !== undefined) return character(Number.parseInt(hex, 16));
    const code = name === undefined ? undefined : NAMED.get(name);
    return code === undefined ? whole : character(code);
  });

/** A line end that is spelt this way ends no line of the text. */
function character(code: number): string {
  if (code === 0x0a || code === 0x0d) return ' ';
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
}
