import { BlockText } from './block-text.ts';
import { type Leaf, leavesOf } from './markdown-blocks.ts';
import { codeSpans } from './markdown-code.ts';

/**
 * A text normalised for comparison: equal for two texts if a formatter has made one from the other (bullets, emphasis signs,
 * padded tables, wrapped lines, fences), different wherever code or words differ. The result is no longer Markdown.
 */
export function canonicalMarkdown(text: string): string {
  const leaves = leavesOf(text);
  if (leaves === null) return text;
  return leaves.map((leaf) => `${leaf.within}:${leaf.kind}:${canonical(leaf, new BlockText(text, leaf.lines))}`).join('\n');
}

/** The same for a text of one line. */
export const canonicalLine = (line: string): string => prose(line);

function canonical({ kind, openFence }: Leaf, block: BlockText): string {
  if (kind === 'html') return block.text;
  if (kind === 'code') return code(block.text, openFence !== null);
  return block.inlineParts().length > 1 ? block.text.split('\n').map(row).join('\n') : prose(block.text);
}

function code(text: string, isOpen: boolean): string {
  const [first = '', ...rest] = text.split('\n');
  const fence = /^(?:`{3,}|~{3,})[ \t]*(.*)$/.exec(first);
  if (!fence) return text.replace(/\s+$/, '');
  return [fence[1]?.trim(), ...(isOpen ? rest : rest.slice(0, -1))].join('\n');
}

/** A row of a table: cells without their padding, and of the dashes below the header only the alignment. */
const row = (line: string): string =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => prose(cell.trim()).replace(/^(:?)-+(:?)$/, '$1-$2'))
    .join('|');

function prose(text: string): string {
  let out = '';
  let from = 0;
  for (const [start, end] of codeSpans(text)) {
    out += words(text.slice(from, start)) + text.slice(start, end).replace(/\s*\n\s*/g, ' ');
    from = end;
  }
  return (out + words(text.slice(from))).trim();
}

/** A hard break stays one, a soft one is a space; `_` for emphasis is `*`. */
const words = (text: string): string =>
  text
    .replace(/(?: {2,}|\\)\n[ \t]*/g, '\u2028')
    .replace(/[ \t]*\n[ \t]*/g, ' ')
    .replace(/(?<![\p{L}\p{N}_\\])_{1,3}(?=[^\s_])/gu, (run) => '*'.repeat(run.length))
    .replace(/(?<=[^\s_\\])_{1,3}(?![\p{L}\p{N}_])/gu, (run) => '*'.repeat(run.length));
