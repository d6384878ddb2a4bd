import { BlockText } from '../block-text.ts';
import { leavesOf, type Span } from '../markdown-blocks.ts';
import { codeSpans } from '../markdown-code.ts';
import { readReferences } from './character-references.ts';
import { hidesInFormula } from './shown-formula.ts';

/**
 * GitHub draws `$...$`, `$$...$$` and `` $`...`$ ``. White space inside next to a single dollar makes it a dollar, and so does a letter
 * or a digit on its other side, as in `US$5` and `$5-$10`, and a brace behind it, as in `${name}`, which may still open a formula.
 * GitHub asks for more in some places; whether it will tomorrow is unknown, so this errs towards a formula.
 */
const OPENS = /(?<![a-z\d])\$(?=\S)|\$(?=\$)/i;
const CLOSES = /(?<=\S)\$(?![a-z\d{])|(?<=\$)\$/gi;
/** It may stand between two characters without being shown; `_` between letters, as in `\alpha_i`, is none. */
const EMPHASIS = /[*~]|(?<![a-z\d])_|_(?![a-z\d])/gi;

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
  if (code.some(([start, end]) => text[start - 1] === '$' && text[end] === '$' && hidesInFormula(text.slice(start, end))))
    return true;
  const prose = withoutCode(text, code);
  const read = readReferences(prose, []);
  // Whether GitHub looks for formulas before or after it reads references and emphasis is unknown.
  return [prose, read, prose.replace(EMPHASIS, ''), read.replace(EMPHASIS, '')].some(hidesInProse);
}

function hidesInProse(prose: string): boolean {
  const from = prose.search(OPENS);
  if (from === -1) return false;
  const to = [...prose.matchAll(CLOSES)].at(-1)?.index ?? -1;
  return to > from && hidesInFormula(prose.slice(from, to));
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
  return to > from && hidesInFormula(label.slice(from, to));
}

export const HIDDEN_MATH =
  'In a formula ($...$) comments (%) and most commands can hide words; \\frac, \\log, \\le and the like are fine. Put it into `code`, or say it in words.';
