import type { Plan } from '../domain/plan/plan.ts';
import { parseMarkdown, span, tooDeep } from '../text/parse-markdown.ts';
import { readComponents, readMarkdown } from './component-section.ts';
import { readDataFlow } from './data-flow.ts';
import { complainAboutForm } from './form.ts';
import { type PlanMeta, readHeader } from './header.ts';
import { readLine, readReference, readStrong } from './line.ts';
import { type Item, readItems, singleDetail } from './list.ts';
import { complain, note, type Reading, startReading } from './reading.ts';
import { EDGE_CASE_COLUMNS } from './render.ts';
import { readSections, type Section } from './sections.ts';
import { readCell, readTable } from './table.ts';

export interface Draft {
  readonly reading: Reading;
  /** A plan by its form; null when the text was not even parsed. The schema is checked elsewhere. */
  readonly plan: Readonly<Record<keyof Plan, unknown>> | null;
  readonly meta: PlanMeta | undefined;
}

/** Reads as much of PLAN.md as can be read, and notes the line of everything. */
export function readDraft(text: string): Draft {
  const reading = startReading(text);
  const deep = tooDeep(reading.source);
  if (deep !== null) {
    complain(reading, deep, 'This line nests lists or quotes too deeply. Write it flat.');
    return { reading, plan: null, meta: undefined };
  }
  const root = parseMarkdown(reading.source);
  complainAboutForm(reading, root);
  const { head, sections } = readSections(reading, root);
  const { title, meta } = readHeader(reading, head);
  for (const [name, section] of Object.entries(sections)) note(reading, [name], section.line);
  const plan = {
    title,
    overview: readMarkdown(sourceOfSection(reading, sections.overview)),
    constraints: readConstraints(reading, sections.constraints),
    components: readComponents(reading, sections.components.nodes),
    data_flow: readDataFlow(reading, sections.data_flow.nodes),
    edge_cases: readEdgeCases(reading, sections.edge_cases),
    implementation_order: readOrder(reading, sections.implementation_order),
    trade_offs: readTradeOffs(reading, sections.trade_offs),
    risks: readRisks(reading, sections.risks),
    open_questions: readQuestions(reading, sections.open_questions),
  };
  return { reading, plan, meta };
}

function sourceOfSection(reading: Reading, { nodes }: Section): string {
  const [first, last] = [nodes[0], nodes.at(-1)];
  return first && last ? reading.source.slice(span(first).start, span(last).end) : '';
}

const noted = <T>(reading: Reading, name: keyof Plan, items: readonly Item[], read: (item: Item) => T): T[] =>
  items.map((item, index) => {
    note(reading, [name, index], item.line);
    return read(item);
  });

const readConstraints = (reading: Reading, { nodes }: Section): string[] =>
  noted(reading, 'constraints', readItems(reading, nodes, [], '"- one constraint in one line"'), (item) => readLine(item.source));

const readEdgeCases = (reading: Reading, { nodes }: Section) =>
  readTable(reading, nodes, EDGE_CASE_COLUMNS).map(({ line, cells: [situation = '', handling = '', component = ''] }, index) => {
    note(reading, ['edge_cases', index], line);
    return { case: readCell(situation), handling: readCell(handling), component: readReference(component) };
  });

function readOrder(reading: Reading, { nodes }: Section) {
  const example = '"1. `component-id`" and below it "   - Because: why it comes here"';
  return noted(reading, 'implementation_order', readItems(reading, nodes, ['Because'], example), (item) => ({
    component: readReference(item.source),
    rationale: singleDetail(reading, item, 'Because', example),
  }));
}

function readTradeOffs(reading: Reading, { nodes }: Section) {
  const example = '"- **the decision**" and below it "  - Instead of: an alternative" and "  - Because: the reason"';
  return noted(reading, 'trade_offs', readItems(reading, nodes, ['Instead of', 'Because'], example), (item) => ({
    decision: readStrong(item.source),
    alternatives: item.details.filter((detail) => detail.label === 'Instead of').map((detail) => detail.text),
    reason: singleDetail(reading, item, 'Because', example),
  }));
}

function readRisks(reading: Reading, { nodes }: Section) {
  const example = '"- **the risk**" and below it "  - Mitigation: what is done about it"';
  return noted(reading, 'risks', readItems(reading, nodes, ['Mitigation'], example), (item) => ({
    risk: readStrong(item.source),
    mitigation: singleDetail(reading, item, 'Mitigation', example),
  }));
}

function readQuestions(reading: Reading, { nodes }: Section) {
  const example = '"- the question" and below it "  - Assumed: what the plan assumes"';
  return noted(reading, 'open_questions', readItems(reading, nodes, ['Assumed'], example), (item) => ({
    question: readLine(item.source),
    assumption: singleDetail(reading, item, 'Assumed', example),
  }));
}
