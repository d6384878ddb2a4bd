import type { Heading, Root, RootContent } from 'mdast';
import { readHeading } from './line.ts';
import { complain, lineOf, type Reading, sourceOf } from './reading.ts';

/** The sections of PLAN.md in the order in which they are written. People may put them in any other. */
export const SECTIONS = {
  overview: 'Architecture overview',
  constraints: 'Constraints',
  components: 'Components',
  data_flow: 'Data flow',
  edge_cases: 'Edge cases',
  implementation_order: 'Implementation order',
  trade_offs: 'Trade-offs',
  risks: 'Risks',
  open_questions: 'Open questions',
} as const;

export type SectionName = keyof typeof SECTIONS;

export interface Section {
  readonly line: number;
  readonly nodes: readonly RootContent[];
}

const NAMES = Object.keys(SECTIONS) as SectionName[];
const REQUIRED: readonly SectionName[] = ['overview', 'components', 'edge_cases'];

/** The part before the first section, and the sections by name. A missing one that may be empty is empty. */
export function readSections(reading: Reading, root: Root): { head: RootContent[]; sections: Record<SectionName, Section> } {
  const head: RootContent[] = [];
  const found = new Map<SectionName, { line: number; nodes: RootContent[] }>();
  let current = head;
  for (const node of root.children) {
    if (node.type !== 'heading' || node.depth !== 2) {
      current.push(node);
      continue;
    }
    const name = sectionOf(reading, node);
    current = [];
    if (!name)
      complain(
        reading,
        node,
        `There is no such section. The sections are: ${Object.values(SECTIONS).join(', ')}. Headings of your own have five #.`,
      );
    else if (found.has(name))
      complain(
        reading,
        node,
        `The section "${SECTIONS[name]}" is there twice, first in line ${found.get(name)?.line}. Make them one.`,
      );
    else found.set(name, { line: lineOf(node), nodes: current });
  }
  for (const name of REQUIRED) {
    if (!found.has(name)) complain(reading, 1, `The section "## ${SECTIONS[name]}" is missing.`);
  }
  const sections: unknown = Object.fromEntries(NAMES.map((name) => [name, found.get(name) ?? { line: 1, nodes: [] }]));
  return { head, sections: sections as Record<SectionName, Section> };
}

/** A heading without its marks, for `readHeading`; underlined headings count, too. */
export const headingSource = (reading: Reading, heading: Heading): string =>
  (sourceOf(reading, heading).split('\n', 1)[0] as string).replace(/^#{1,6}[ \t]*/, '');

/** The section a heading begins, in any case and punctuation; null when there is none of that name. */
export function sectionOf(reading: Reading, heading: Heading): SectionName | null {
  const name = letters(readHeading(headingSource(reading, heading)));
  return NAMES.find((section) => letters(SECTIONS[section]) === name || letters(section) === name) ?? null;
}

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
