import type { ListItem, RootContent } from 'mdast';
import { span } from '../text/parse-markdown.ts';
import { readLine, renderLine } from './line.ts';
import { complain, lineOf, type Reading, sourceOf } from './reading.ts';

/** `  - Because: no new dependency.` below an item. */
interface Detail {
  readonly label: string;
  readonly text: string;
  readonly line: number;
}

export interface Item {
  readonly line: number;
  /** The first paragraph as written (Markdown, perhaps wrapped), without bullet and indentation. */
  readonly source: string;
  readonly details: readonly Detail[];
}

/** `head` is Markdown already; details are labels and plain texts. */
export function renderItem(bullet: string, head: string, details: readonly (readonly [label: string, text: string])[]): string {
  const indent = ' '.repeat(bullet.length + 1);
  return [`${bullet} ${head}`, ...details.map(([label, text]) => `${indent}- ${label}: ${renderLine(text)}`)].join('\n');
}

/** The items of all lists among `nodes`. `labels` are the details an item may have; `example` is what people are told to write. */
export function readItems(reading: Reading, nodes: readonly RootContent[], labels: readonly string[], example: string): Item[] {
  const items: Item[] = [];
  for (const node of nodes) {
    if (node.type === 'list') items.push(...node.children.flatMap((item) => readItem(reading, item, labels, example) ?? []));
    else if (!isNone(sourceOf(reading, node))) complain(reading, node, `Only a list can be read here. Write ${example}.`);
  }
  return items;
}

function readItem(reading: Reading, item: ListItem, labels: readonly string[], example: string): Item | null {
  const [first, ...rest] = item.children;
  if (first?.type !== 'paragraph') {
    complain(
      reading,
      item,
      first ? `This item must begin with a line of text. Write ${example}.` : 'This item is empty: write it out or remove it.',
    );
    return null;
  }
  // From the bullet on, because the parser would keep a leading `[ ]` to itself.
  const source = reading.source.slice(span(item).start, span(first).end).replace(/^(?:[-+*]|\d+[.)])\s+/, '');
  const details = rest.flatMap((node) => {
    if (node.type === 'list' && labels.length > 0)
      return node.children.flatMap((d) => readDetail(reading, d, labels, example) ?? []);
    complain(
      reading,
      node,
      `This would be lost: an item is one paragraph${labels.length > 0 ? ' and its details' : ''}. Write ${example}.`,
    );
    return [];
  });
  return { line: lineOf(item), source, details };
}

function readDetail(reading: Reading, detail: ListItem, labels: readonly string[], example: string): Detail | null {
  const item = readItem(reading, detail, [], example);
  if (!item) return null;
  const [, label, text] = /^\*{0,2}([a-z ]+?)\*{0,2}:\*{0,2}(?:\s+([\s\S]*))?$/i.exec(item.source) ?? [];
  const known = labels.find((l) => l.toLowerCase() === label?.toLowerCase());
  if (known && text) return { label: known, text: readLine(text), line: item.line };
  complain(
    reading,
    item.line,
    `A line here begins with ${labels.map((l) => `"${l}:"`).join(' or ')}, then its text. Write ${example}.`,
  );
  return null;
}

/** The one detail of that label; complains about none or several. */
export function singleDetail(reading: Reading, item: Item, label: string, example: string): string | undefined {
  const [first, second] = item.details.filter((d) => d.label === label);
  if (second) complain(reading, second.line, `"${label}:" stands here twice for one item; make it one line.`);
  else if (!first) complain(reading, item.line, `"${label}:" is missing below this item. Write ${example}.`);
  return first?.text;
}

/** People write "None." into an empty section. */
export const isNone = (source: string): boolean => /^[_*]*(?:none|n\/a|nothing)[_*.]*$/i.test(source.trim());
