import type { Nodes } from 'mdast';
import { parseCost } from '../../text/parse-cost.ts';
import { descendants, parseMarkdown, span, tooDeep } from '../../text/parse-markdown.ts';
import { readAngles, showAngles } from '../../text/visible-angles.ts';

/** Headings of PLAN.md itself go down to level 4; a field's own begin below. */
export const FIELD_HEADING_MIN = 5;

/** A paragraph after the field; it must still be one when the field is read in front of it. */
const SENTINEL = 'end';

/** Milliseconds that a field may cost the parser beyond what its length says; a thousand signs in one paragraph cost less. */
const QUADRATIC_MAX_MS = 50;

/** Why a Markdown text cannot stand inside PLAN.md, in sentences a model can act on; empty when it can. */
export function markdownProblems(text: string): string[] {
  if (tooDeep(text) !== null) return ['nests lists or quotes too deeply: write it flat'];
  if (parseCost(text).quadratic > QUADRATIC_MAX_MS)
    return ['has too many emphasis signs or brackets in one paragraph: put them into a code fence'];
  const shown = showAngles(text);
  if (readAngles(shown) !== text) return ['mixes `<` and backticks in a way that cannot be read back; put code into a fence'];
  const written = `${shown}\n\n${SENTINEL}`;
  const root = parseMarkdown(written);
  const problems: string[] = [];
  for (const node of descendants(root)) {
    if (node.type === 'heading' && node.depth < FIELD_HEADING_MIN) {
      problems.push(`has the heading "${firstLine(written, node)}": begin headings inside this text with ##### or ######`);
    } else if (node.type === 'definition' || node.type === 'footnoteDefinition') {
      problems.push(
        `has "${firstLine(written, node)}", which GitHub hides from readers: write links in place, [text](address), and no footnotes`,
      );
    }
  }
  const last = root.children.at(-1);
  if (last?.type !== 'paragraph' || span(last).start !== written.length - SENTINEL.length) {
    problems.push('opens a code fence that is never closed');
  }
  return problems;
}

function firstLine(text: string, node: Nodes): string {
  const { start, end } = span(node);
  return text.slice(start, end).split('\n', 1)[0] as string;
}
