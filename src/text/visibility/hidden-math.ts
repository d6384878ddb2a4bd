import { BlockText } from '../block-text.ts';
import { leavesOf, type Span } from '../markdown-blocks.ts';
import { codeSpans } from '../markdown-code.ts';
import { readReferences } from './character-references.ts';

/** What makes a formula show something else than what is written: `\phantom{...}`, `\color{white}`, `\!` (a step back), and `%` for a comment. */
const COMMAND = /\\[a-z!]|%/i;

/**
 * GitHub draws `$...$`, `$$...$$` and `` $`...`$ ``. White space inside next to a single dollar makes it a dollar, and so does a digit behind
 * it, as in prices. GitHub asks for more in some places; whether it will tomorrow is unknown, so this errs towards a formula.
 */
const OPENS = /\$(?=\S)/;
const CLOSES = /(?<=\S)\$(?!\d)|(?<=\$)\$/g;
/** It may stand between the dollar and its neighbour without being shown. */
const EMPHASIS = /[*_~]/g;

/** The line (1-based) at which the first block or cell of a Markdown text begins in which a formula can hide words, or null. */
export function findHiddenMath(markdown: string): number | null {
  if (!MAY_BE.test(markdown)) return null;
  for (const { kind, lines } of leavesOf(markdown) ?? []) {
    if (kind !== 'text') continue;
    const block = new BlockText(markdown, lines);
    const part = block.inlineParts().find(([start, end]) => hidesInMath(block.text.slice(start, end)));
    if (part) return markdown.slice(0, block.offset(part[0])).split('\n').length;
  }
  return null;
}

const MAY_BE = /\$|&/;

/** The same for the text of one block or line. */
export function hidesInMath(text: string): boolean {
  if (!MAY_BE.test(text)) return false;
  const code = codeSpans(text);
  if (code.some(([start, end]) => text[start - 1] === '$' && text[end] === '$' && COMMAND.test(text.slice(start, end))))
    return true;
  const prose = readReferences(withoutCode(text, code), []).replace(EMPHASIS, '');
  const from = prose.search(OPENS);
  if (from === -1) return false;
  const to = [...prose.matchAll(CLOSES)].at(-1)?.index ?? -1;
  return to > from && COMMAND.test(prose.slice(from, to));
}

/** A backtick is left of each span: something stands there. */
function withoutCode(text: string, code: readonly Span[]): string {
  let out = '';
  let from = 0;
  for (const [start, end] of code) {
    out += `${text.slice(from, start)}\``;
    from = end;
  }
  return out + text.slice(from);
}

/** The same for a label of a diagram, in which only `$$...$$` is a formula. */
export function hidesInLabel(label: string): boolean {
  const [from, to] = [label.indexOf('$$'), label.lastIndexOf('$$')];
  return to > from && COMMAND.test(label.slice(from, to));
}

export const HIDDEN_MATH =
  'In a formula ($...$) commands (\\...) and comments (%) can hide words. Put it into `code`, or say it in words.';
