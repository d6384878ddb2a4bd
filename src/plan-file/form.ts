import type { Nodes, Root } from 'mdast';
import { FIELD_HEADING_MIN } from '../domain/plan/markdown-field.ts';
import { findInvisible } from '../text/invisible-characters.ts';
import { codeIn } from '../text/markdown-code.ts';
import { descendants } from '../text/parse-markdown.ts';
import { readReferences } from '../text/visibility/character-references.ts';
import { findHiddenMath, HIDDEN_MATH } from '../text/visibility/hidden-math.ts';
import { findOffScreenText, invisibleIn, linesOfCode, OFF_SCREEN_TEXT } from '../text/visibility/invisible-markdown.ts';
import { complain, type Reading, sourceOf } from './reading.ts';
import { type SectionName, sectionOf } from './sections.ts';

/** Complains about what no part of PLAN.md may hold, at its own line rather than where its field begins. */
export function complainAboutForm(reading: Reading, root: Root): void {
  const structure = structureOf(reading, root);
  const nodes = [...descendants(root)];
  const { source } = reading;
  // To find the code takes time, and without references nothing depends on it.
  const shown = source.includes('&') ? readReferences(source, codeIn(source)) : source;
  const far = findOffScreenText(shown, linesOfCode(nodes));
  if (far !== null) complain(reading, far, OFF_SCREEN_TEXT);
  complainAboutInvisible(reading, shown);
  const formula = findHiddenMath(source);
  if (formula !== null) complain(reading, formula, HIDDEN_MATH);
  for (const node of nodes) {
    const unseen = invisibleIn(node);
    if (unseen !== null && !structure.has(node)) complain(reading, unseen.line, unseen.message);
    if (node.type === 'heading' && node.depth < FIELD_HEADING_MIN && !structure.has(node)) {
      complain(reading, node, "Headings of level 1 to 4 are the plan file's own. Write this one with ##### or ######.");
    } else if (node.type === 'code' && node === root.children.at(-1) && isOpen(sourceOf(reading, node))) {
      complain(
        reading,
        node,
        'This code fence is never closed, so it swallows the rest of the file. End it with a line of its own.',
      );
    }
  }
}

/** In code as well: the executor is given the file as it is written, and people see none of them there either. */
function complainAboutInvisible(reading: Reading, shown: string): void {
  const raw = findInvisible(reading.source);
  for (const { line, character } of raw)
    complain(
      reading,
      line,
      `This line holds an invisible character (${character}). Remove it: a model would read what people do not see.`,
    );
  const reported = new Set(raw.map(({ line }) => line));
  for (const { line, character } of findInvisible(shown)) {
    if (!reported.has(line))
      complain(
        reading,
        line,
        `This line spells an invisible character (${character}), of which people see nothing. Remove it, or put the spelling into \`code\`.`,
      );
  }
}

/**
 * The title, the sections' headings, the components' below "Components", and the table of edge cases, whose rows are read one by
 * one.
 */
function structureOf(reading: Reading, root: Root): ReadonlySet<Nodes> {
  const structure = new Set<Nodes>();
  let titled = false;
  let section: SectionName | null = null;
  for (const node of root.children) {
    if (node.type === 'table' && section === 'edge_cases') structure.add(node);
    if (node.type !== 'heading') continue;
    if (node.depth === 2) section = sectionOf(reading, node);
    if (node.depth === 2 || (node.depth === 1 && !titled) || (node.depth === 3 && section === 'components')) structure.add(node);
    titled ||= node.depth === 1;
  }
  return structure;
}

function isOpen(source: string): boolean {
  const fence = /^(`{3,}|~{3,})/.exec(source)?.[1];
  if (!fence) return false;
  const last = source.slice(source.lastIndexOf('\n') + 1).trim();
  return !(source.includes('\n') && last.startsWith(fence) && last.split('').every((c) => c === fence[0]));
}
