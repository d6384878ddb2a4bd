import type { RootContent } from 'mdast';
import type { Component } from '../domain/plan/plan.ts';
import type { PlanPath } from '../domain/plan/plan-finding.ts';
import { leavesOf, type Span } from '../text/markdown-blocks.ts';
import { span } from '../text/parse-markdown.ts';
import { readAngles, showAngles } from '../text/visible-angles.ts';
import { readComponentBlock, renderComponentBlock } from './component-block.ts';
import { readHeading, readLine, renderHeading, renderLine } from './line.ts';
import { readItems, renderItem } from './list.ts';
import { complain, lineOf, note, type Reading, sourceOf } from './reading.ts';
import { headingSource } from './sections.ts';

const MARKERS = { purpose: 'Purpose.', contract: 'Contract', acceptance_criteria: 'Acceptance criteria' } as const;
type Marker = keyof typeof MARKERS;
const NAMES = Object.keys(MARKERS) as Marker[];

const MARK = '(?:\\*\\*|__)(purpose|contract|acceptance\\s+criteria)[.:]?(?:\\*\\*|__)[.:]?';
const MARKER = new RegExp(`^${MARK}[ \\t]*`, 'i');
const LIKE_A_MARKER = new RegExp(`^\\\\*${MARK}`, 'i');
const ESCAPED_MARKER = new RegExp(`^\\\\+${MARK}`, 'i');

/** A heading or a table, which must begin on a line of its own. */
const STARTS_NO_PARAGRAPH = /^(?:#|[^\n]*\n[ \t|:-]*-[ \t|:-]*(?:\n|$)|[^\n]*\n[ \t]*=+[ \t]*(?:\n|$))/;

export function renderComponent(component: Component, index: number): string {
  const purpose = renderMarkdown(component.purpose);
  const inline = topParagraphs(purpose)[0]?.[0] === 0 && !STARTS_NO_PARAGRAPH.test(purpose);
  return [
    `### ${index + 1}. ${renderHeading(component.title)}`,
    renderComponentBlock(component),
    `**${MARKERS.purpose}**${inline ? ' ' : '\n\n'}${purpose}`,
    `**${MARKERS.contract}**`,
    renderMarkdown(component.contract),
    `**${MARKERS.acceptance_criteria}**`,
    component.acceptance_criteria.map((criterion) => renderItem('-', `[ ] ${renderLine(criterion)}`, [])).join('\n'),
  ].join('\n\n');
}

/** A Markdown field. A paragraph of it that begins like one of the markers gets a backslash, so that it does not become one. */
export const renderMarkdown = (text: string): string =>
  atParagraphs(showAngles(text), (paragraph) => (LIKE_A_MARKER.test(paragraph) ? `\\${paragraph}` : paragraph));

export const readMarkdown = (source: string): string =>
  readAngles(atParagraphs(source.trim(), (paragraph) => (ESCAPED_MARKER.test(paragraph) ? paragraph.slice(1) : paragraph)));

function atParagraphs(text: string, change: (paragraph: string) => string): string {
  let out = '';
  let from = 0;
  for (const [start, end] of topParagraphs(text)) {
    out += text.slice(from, start) + change(text.slice(start, end));
    from = end;
  }
  return out + text.slice(from);
}

/** The paragraphs outside lists and quotes; tables and headings included, because a marker could equally begin there. */
const topParagraphs = (text: string): Span[] =>
  (leavesOf(text) ?? []).flatMap(({ kind, depth, lines }) => {
    const [first, last] = [lines[0], lines.at(-1)];
    return kind === 'text' && depth === 0 && first && last ? [[first[0], last[1]] as const] : [];
  });

/** The components of the section, each beginning with a heading of level 3. Complains about those that cannot be read. */
export function readComponents(reading: Reading, nodes: readonly RootContent[]): Partial<Component>[] {
  const groups: RootContent[][] = [];
  for (const node of nodes) {
    if (node.type === 'heading' && node.depth === 3) groups.push([node]);
    else if (groups.length > 0) groups.at(-1)?.push(node);
    else complain(reading, node, 'This would be lost: a component begins with a heading such as "### 1. Its title".');
  }
  return groups.map((group, index) => readComponent(reading, group, ['components', index]));
}

function readComponent(reading: Reading, [heading, ...nodes]: RootContent[], place: PlanPath): Partial<Component> {
  if (heading?.type !== 'heading') throw new Error('a component begins with its heading');
  note(reading, place, lineOf(heading));
  note(reading, [...place, 'title'], lineOf(heading));
  const title = readHeading(headingSource(reading, heading).replace(/^\d+[.)]\s+/, ''));

  const code = nodes[0]?.type === 'code' ? nodes[0] : null;
  if (!code) complain(reading, heading, "Below a component's heading stands a ```yaml block with its id, depends_on and files.");
  const block = code && readComponentBlock(reading, code, place);

  const parts = readParts(reading, code ? nodes.slice(1) : nodes, place);
  for (const name of NAMES) {
    if (!parts.has(name))
      complain(reading, heading, `The component has no "**${MARKERS[name]}**", or a code fence before it is never closed.`);
  }
  const criteria = parts.get('acceptance_criteria');
  return {
    ...block,
    title,
    purpose: readMarkdown(visibleFileText(reading, parts.get('purpose'))),
    contract: readMarkdown(visibleFileText(reading, parts.get('contract'))),
    acceptance_criteria: readItems(reading, criteria?.nodes ?? [], [], '"- [ ] a fact that can be checked"').map(
      (item, index) => {
        note(reading, [...place, 'acceptance_criteria', index], item.line);
        return readLine(item.source.replace(/^\[[ xX]\]\s+/, ''));
      },
    ),
  };
}

interface Part {
  /** Offset at which its text begins, behind the marker. */
  readonly start: number;
  readonly nodes: RootContent[];
}

/** Purpose, contract and criteria in any order, each beginning with its marker. */
function readParts(reading: Reading, nodes: readonly RootContent[], place: PlanPath): Map<Marker, Part> {
  const parts = new Map<Marker, Part>();
  let current: Part | undefined;
  for (const node of nodes) {
    const source = sourceOf(reading, node);
    const match = node.type === 'paragraph' ? MARKER.exec(source) : null;
    if (!match) {
      if (current) current.nodes.push(node);
      else complain(reading, node, 'This would be lost. Put it below "**Purpose.**" or "**Contract**".');
      continue;
    }
    const name = (match[1] as string).toLowerCase().replace(/\s+/, '_') as Marker;
    if (parts.has(name)) {
      complain(reading, node, `"**${MARKERS[name]}**" stands here twice in one component; make it one, or write \\** for text.`);
      continue;
    }
    const start = span(node).start + match[0].length;
    // Text on the marker's own line is part of the field.
    current = { start, nodes: source.length > match[0].length ? [node] : [] };
    parts.set(name, current);
    note(reading, [...place, name], lineOf(node));
  }
  return parts;
}

const visibleFileText = (reading: Reading, part: Part | undefined): string => {
  const last = part?.nodes.at(-1);
  return part && last ? reading.source.slice(part.start, span(last).end) : '';
};
