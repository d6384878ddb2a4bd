import type { Component, Plan } from '../src/domain/plan/plan.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';

/** What depends on what: a single part, a plan of the usual size, and a large one with a chain, a fan and an independent part. */
export const DAGS: readonly Readonly<Record<string, readonly string[]>>[] = [
  { orders: [] },
  { orders: [], limits: ['orders'], metrics: ['orders'], routes: ['limits'], docs: [] },
  {
    orders: [],
    limits: ['orders'],
    metrics: ['orders'],
    prices: ['orders'],
    stock: ['orders'],
    routes: ['limits'],
    errors: ['metrics'],
    refunds: ['prices'],
    server: ['routes'],
    alarms: ['errors'],
    client: ['server'],
    docs: [],
  },
];

const PROSE =
  'Takes the key of a client and a point in time in milliseconds, and says whether one more order fits; throws `RangeError` naming the argument when it is not positive. ';

/** A component as planners write them: two files, a contract of some 1,200 characters, four criteria. */
const component = (id: string, depends_on: readonly string[]): Component => ({
  id,
  title: `Rework ${id} for limits`,
  purpose: `Let ${id} know what the others promise, so that the shop refuses what does not fit. ${PROSE}`,
  depends_on: [...depends_on],
  files: [
    { path: `src/${id}.js`, action: 'modify', change: `${id} takes a limit and tells what it refused` },
    { path: `test/${id}.test.js`, action: 'create', change: 'what fits, what does not, wrong numbers' },
  ],
  contract: `\`export function ${id}(key, nowMs)\` returns \`{ ok: true }\` or \`{ ok: false, retryAfterSeconds }\`.\n\n${`- ${PROSE}\n`.repeat(6)}`,
  acceptance_criteria: [1, 2, 3, 4].map((n) => `After ${n} orders in one millisecond the next one of ${id} is refused.`),
});

export function planOf(dag: Readonly<Record<string, readonly string[]>>, title: string): Plan {
  const components = Object.entries(dag).map(([id, depends_on]) => component(id, depends_on));
  const all = components.map((c) => c.id);
  return {
    title,
    overview: `The shop limits orders. ${PROSE}Nothing else changes.`,
    constraints: ['No new dependency.', 'Every exported name stays.', 'Tests run with node --test.'],
    components,
    data_flow: components.flatMap((c) => c.depends_on.map((d) => ({ from: d, to: c.id, what: 'limits' }))),
    edge_cases: all.slice(0, 5).map((id) => ({ case: `No key in ${id}`, handling: 'Use the address', component: id })),
    implementation_order: all.map((id) => ({ component: id, rationale: 'What it needs is there by then.' })),
    trade_offs: [{ decision: 'In memory', alternatives: ['Redis', 'a table'], reason: 'One process serves the shop.' }],
    risks: [{ risk: 'Several processes each count for themselves', mitigation: 'The README says so.' }],
    open_questions: [],
  };
}

/** Milliseconds of model time on the longest chain of dependencies. */
export function criticalPathMs({ components }: Plan, componentMs: number): number {
  const ends = new Map<string, number>();
  const endOf = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const needs = components.find((c) => c.id === id)?.depends_on ?? [];
    const end = componentMs + Math.max(0, ...needs.map(endOf));
    ends.set(id, end);
    return end;
  };
  return Math.max(...components.map((c) => endOf(c.id)));
}

const line = (id: string, n: number): string =>
  `export const ${id}Rule${n} = (order, nowMs) => order.lines.length <= ${n} && nowMs - order.at < ${n}_000;\n`;
const moduleOf = (id: string): string => `// ${id}\n${Array.from({ length: 80 }, (_, n) => line(id, n)).join('')}`;

/** A shop in which every part of the largest plan has a module. */
export const SHOP: Readonly<Record<string, string>> = {
  'README.md': '# Shop\n\nA small order service.\n',
  'AGENTS.md': `# Rules\n\n${'- Small functions with names from the shop; no defaults exported.\n'.repeat(12)}`,
  'package.json': '{\n  "name": "shop",\n  "type": "module",\n  "scripts": { "test": "node --test" }\n}\n',
  ...Object.fromEntries(Object.keys(Object.assign({}, ...DAGS)).map((id) => [`src/${id}.js`, moduleOf(id)])),
};

const read = (path: string) => ({ name: 'read_file', input: { path, from_line: null, to_line: null } });
const edit = (id: string, n: number) => ({
  name: 'edit_file',
  input: { path: `src/${id}.js`, old_text: line(id, n), new_text: line(id, n).replace('<=', '<') },
});

/** Eight turns: three to explore, three to write, one to read the result again, and the end. */
export function turnsOf(id: string, polling: Pick<ScriptedTurn, 'latencyMs' | 'streamMs'>): ScriptedTurn[] {
  const test = `import { test } from 'node:test';\n\n${`test('${id} refuses what does not fit', () => {});\n`.repeat(30)}`;
  const turns: ScriptedTurn[] = [
    { calls: [{ name: 'list_files', input: { path: '.', glob: null } }, read(`src/${id}.js`)] },
    { calls: [{ name: 'search', input: { pattern: `${id}Rule1 `, regex: false, path: null } }, read('package.json')] },
    { calls: [read('src/orders.js')] },
    { calls: [edit(id, 7), edit(id, 8)] },
    { calls: [{ name: 'create_file', input: { path: `test/${id}.test.js`, content: test } }] },
    { calls: [edit(id, 40)] },
    { calls: [read(`src/${id}.js`)] },
    { calls: [{ name: 'finish', input: { summary: `${id} tells what it refused.` } }] },
  ];
  return turns.map((turn) => ({ reasoning: 'What does the contract say to this? '.repeat(6), ...turn, ...polling }));
}
