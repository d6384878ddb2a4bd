import type { RootContent } from 'mdast';
import type { Plan } from '../domain/plan/plan.ts';
import { isOffScreen, OFF_SCREEN_TEXT } from '../text/visibility/invisible-markdown.ts';
import { isNone } from './list.ts';
import { complain, lineOf, note, type Reading, sourceOf } from './reading.ts';

type Flow = Plan['data_flow'][number];

const EXAMPLE = 'a["orders"] -->|"one record"| b["invoices"]';
const ENTITIES: Record<string, string> = { quot: '"', amp: '&', lt: '<', gt: '>', nbsp: ' ' };

/**
 * Mermaid's own escapes: a label is quoted, and what would end it, or be taken for HTML or Markdown, becomes `#34;` or `#quot;`. The
 * `#` of a keycap stays, because the selector behind it would mean nothing behind a `;`.
 */
export const renderLabel = (text: string): string =>
  `"${text.replace(/#(?![\ufe0e\ufe0f])|["&<>`|\\]|[%@](?=[%{])|:(?=::)/g, (c) => (c === '"' ? '#quot;' : `#${c.codePointAt(0)};`))}"`;

export const readLabel = (source: string): string =>
  source
    .trim()
    .replace(/^"([\s\S]*)"$/, (_, inner: string) => inner)
    .replace(/#(?:(\d{1,6})|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
      code ? decoded(Number(code)) : (ENTITIES[name as string] ?? whole),
    )
    .trim();

const decoded = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');

/** One node for each name, in the order in which the flows mention them. */
export function renderDataFlow(flows: readonly Flow[]): string {
  const nodes = new Map<string, string>();
  const mention = (name: string): string => {
    const known = nodes.get(name);
    if (known) return known;
    const node = `n${nodes.size}`;
    nodes.set(name, node);
    return `${node}[${renderLabel(name)}]`;
  };
  const edges = flows.map(({ from, to, what }) => `  ${mention(from)} -->|${renderLabel(what)}| ${mention(to)}`);
  return ['```mermaid', 'flowchart LR', ...edges, '```'].join('\n');
}

interface Edge {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly what: string | undefined;
  readonly line: number;
}

/** Reads nodes and edges of the one flowchart; complains about everything else that Mermaid allows. */
export function readDataFlow(reading: Reading, nodes: readonly RootContent[]): Flow[] {
  const labels = new Map<string, string>();
  const edges: Edge[] = [];
  for (const node of nodes) {
    if (node.type !== 'code' || node.lang?.toLowerCase() !== 'mermaid') {
      if (!isNone(sourceOf(reading, node))) complain(reading, node, 'Only a ```mermaid block with a flowchart can be read here.');
      continue;
    }
    node.value.split('\n').forEach((text, index) => {
      edges.push(...readStatement(reading, text, lineOf(node) + 1 + index, labels));
    });
  }
  const flows: Flow[] = [];
  for (const { from, to, what, line } of edges) {
    for (const a of from) {
      for (const b of to) {
        note(reading, ['data_flow', flows.length], line);
        if (!what) complain(reading, line, `Say what flows: ${EXAMPLE}.`);
        else flows.push({ from: labels.get(a) ?? a, to: labels.get(b) ?? b, what });
      }
    }
  }
  const used = new Set(edges.flatMap((edge) => [...edge.from, ...edge.to]));
  for (const [id, label] of labels) {
    if (!used.has(id))
      complain(reading, nodes[0] ? lineOf(nodes[0]) : 1, `"${label}" has no arrow and would be lost. Write ${EXAMPLE}.`);
  }
  return flows;
}

const NODE =
  /\s*(\w+(?:-\w+)*)\s*(?:(?:\[\(|\(\[|\(\(|\[\[|\{\{|\[|\(|\{)\s*("[^"]*"|[^"[\](){}|]*)\s*(?:\)\]|\]\)|\)\)|\]\]|\}\}|\]|\)|\}))?\s*(&?)/y;
const ARROW =
  /\s*(?:(?:<?--+>?|<?-\.+->?|<?==+>?)\s*\|\s*("[^"]*"|[^|"]*)\s*\||(?:--|-\.|==)\s+("[^"]*"|[^"|]*?)\s+(?:--+>|\.+->|==+>)|(?:--+>|-\.+->|==+>))/y;

function readStatement(reading: Reading, text: string, line: number, labels: Map<string, string>): Edge[] {
  const statement = text.trim().replace(/;$/, '');
  if (statement === '' || statement.startsWith('%%') || /^(?:flowchart|graph)(?:\s+(?:LR|RL|TD|TB|BT))?$/i.test(statement))
    return [];
  if (isOffScreen(statement)) {
    complain(reading, line, OFF_SCREEN_TEXT);
    return [];
  }
  const edges: Edge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(statement);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const takeNodes = (): string[] | null => {
    const ids: string[] = [];
    for (;;) {
      const match = take(NODE);
      const id = match?.[1];
      if (!id) return null;
      ids.push(id);
      if (match[2] !== undefined) name(id, readLabel(match[2]));
      if (!match[3]) return ids;
    }
  };
  const name = (id: string, label: string): void => {
    const known = labels.get(id);
    if (known !== undefined && known !== label)
      complain(reading, line, `"${id}" is both "${known}" and "${label}". Give one of them another name.`);
    labels.set(id, label);
  };
  let from = takeNodes();
  while (from && at < statement.length) {
    const arrow = take(ARROW);
    const to: string[] | null = arrow ? takeNodes() : null;
    if (!arrow || !to) {
      from = null;
      break;
    }
    const what = arrow[1] ?? arrow[2];
    edges.push({ from, to, what: what === undefined ? undefined : readLabel(what) || undefined, line });
    from = to;
  }
  if (from) return edges;
  complain(reading, line, `Only nodes and arrows can be read here. Write ${EXAMPLE}.`);
  return [];
}
