import type { Nodes } from 'mdast';
import { findInvisible } from '../../text/invisible-characters.ts';
import { codeIn, codeSpans } from '../../text/markdown-code.ts';
import { parseCost } from '../../text/parse-cost.ts';
import { descendants, parseMarkdown, span, tooDeep } from '../../text/parse-markdown.ts';
import { clip } from '../../text/truncate.ts';
import { readReferences } from '../../text/visibility/character-references.ts';
import { findHiddenMath, HIDDEN_MATH, hidesInMath } from '../../text/visibility/hidden-math.ts';
import {
  findOffScreenText,
  invisibleIn,
  isOffScreen,
  linesOfCode,
  OFF_SCREEN_TEXT,
} from '../../text/visibility/invisible-markdown.ts';
import { readAngles, showAngles, showAnglesInLine } from '../../text/visible-angles.ts';

/** Headings of PLAN.md itself go down to level 4; a field's own begin below. */
export const FIELD_HEADING_MIN = 5;

/** A paragraph after the field; it must still be one when the field is read in front of it. */
const SENTINEL = 'end';

/** Milliseconds that a field may cost the parser: two signs in five characters, or a thousand in one paragraph, cost less. */
const COST_MAX_MS = 50;

/** Why a Markdown text cannot be part of PLAN.md, in sentences a model can act on; empty when it can. */
export function markdownProblems(text: string): string[] {
  if (tooDeep(text) !== null) return ['nests lists or quotes too deeply: write it flat'];
  const shown = showAngles(text);
  const { linear, quadratic } = parseCost(shown);
  if (quadratic > COST_MAX_MS) return ['has too many emphasis signs or brackets in one paragraph: put them into a code fence'];
  if (linear + quadratic > COST_MAX_MS) return ['has too many signs for its length: say it in words'];
  if (readAngles(shown) !== text) return ['mixes `<` and backticks in a way that cannot be read back; put code into a fence'];
  const written = `${shown}\n\n${SENTINEL}`;
  const root = parseMarkdown(written);
  const problems: string[] = [];
  const nodes = [...descendants(root)];
  for (const node of nodes) {
    const unseen = invisibleIn(node);
    if (unseen !== null) problems.push(`has "${unseenLine(written, node, unseen.line)}": ${unseen.message}`);
    else if (node.type === 'heading' && node.depth < FIELD_HEADING_MIN) {
      problems.push(`has the heading "${firstLine(written, node)}": begin headings inside this text with ##### or ######`);
    }
  }
  const seen = written.includes('&') ? readReferences(written, codeIn(written)) : written;
  // In the file a word may come before the field.
  if (findOffScreenText(`x ${seen}`, linesOfCode(nodes)) !== null) problems.push(OFF_SCREEN_TEXT);
  problems.push(...invisibleReferences(seen));
  if (findHiddenMath(written) !== null) problems.push(HIDDEN_MATH);
  const last = root.children.at(-1);
  if (last?.type !== 'paragraph' || span(last).start !== written.length - SENTINEL.length) {
    problems.push('opens a code fence that is never closed');
  }
  return problems;
}

/** Invisible characters themselves are dropped from what the planner submits; their spellings would be shown as nothing. */
function invisibleReferences(seen: string): string[] {
  const [found] = findInvisible(seen);
  return found === undefined
    ? []
    : [`spells the invisible character ${found.character}: leave it out, or put the spelling into \`code\``];
}

function firstLine(text: string, node: Nodes): string {
  const { start, end } = span(node);
  return clip(text.slice(start, end).split('\n', 1)[0] as string, 100, '…');
}

/** Of a long piece the line that is meant. */
const unseenLine = (text: string, node: Nodes, line: number): string =>
  line === node.position?.start.line ? firstLine(text, node) : clip(text.split('\n')[line - 1]?.trim() ?? '', 100, '…');

/**
 * The same for a text of one line. It will be in a heading, a list or a table; what might be a link or an image in any of them
 * counts as one, outside of code.
 */
export function lineProblems(text: string): string[] {
  // In the file there are words before the field and behind it; white space that is spelt, or beside a mark, is not trimmed.
  const isFar = (line: string): boolean => isOffScreen(`x ${line} x`);
  // The white space comes first: of the others most lines have none.
  if (!/\]\(|!\[|&|\$/.test(text)) return isFar(text) ? [OFF_SCREEN_TEXT] : [];
  const written = showAnglesInLine(text);
  const seen = readReferences(written, codeSpans(written));
  const prose = withoutCode(written);
  const links = [...prose.matchAll(/(!?)\[([^\]]{0,2000})\]\(\s*([^)]{0,2000})\)/g)];
  const isShown =
    links.every(([, image, words, address]) => image === '' && words === address) &&
    links.length === prose.split('](').length - 1;
  return [
    ...(isShown ? [] : ['must not have images, or links whose address is not shown: write the address itself']),
    ...(isFar(seen) ? [OFF_SCREEN_TEXT] : []),
    ...invisibleReferences(seen),
    ...(hidesInMath(written) ? [HIDDEN_MATH] : []),
  ];
}

function withoutCode(text: string): string {
  let out = '';
  let from = 0;
  for (const [start, end] of codeSpans(text)) {
    out += `${text.slice(from, start)} `;
    from = end;
  }
  return out + text.slice(from);
}
