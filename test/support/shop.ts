import type { Component, Plan } from '../../src/domain/plan/plan.ts';
import type { ScriptedTurn } from './models/scripted-turn.ts';

/** A small repository that scenarios plan changes to. */
export const SHOP_FILES: Record<string, string> = {
  'README.md': '# Shop\n\nA small order service.\n',
  'package.json': '{\n  "name": "shop",\n  "type": "module"\n}\n',
  'src/server.js': "import { orders } from './orders.js';\n\nexport const routes = { '/orders': orders };\n",
  'src/orders.js': 'export function orders() {\n  return [];\n}\n',
};

/** A component that creates one file, unless told otherwise. */
export const aComponent = (id: string, more: Partial<Component> = {}): Component => ({
  id,
  title: `Add ${id}`,
  purpose: `Provide ${id} for the shop.`,
  depends_on: [],
  files: [{ path: `src/${id}.js`, action: 'create', change: `the ${id} module` }],
  contract: `\`export const ${id.replaceAll('-', '_')} = true\``,
  acceptance_criteria: [`src/${id}.js exports it.`],
  ...more,
});

export const aPlan = (components: readonly Component[], more: Partial<Plan> = {}): Plan => ({
  title: 'Limit the rate of orders',
  overview: 'Orders are limited per key. The limit lives in memory. Nothing else changes.',
  constraints: ['No new dependency.'],
  components: [...components],
  data_flow: [{ from: 'client', to: 'orders', what: 'request' }],
  edge_cases: [{ case: 'No key', handling: 'Use the address', component: components[0]?.id ?? '' }],
  implementation_order: components.map((c) => ({ component: c.id, rationale: 'It comes in this order.' })),
  trade_offs: [{ decision: 'In memory', alternatives: ['Redis'], reason: 'One process serves the shop.' }],
  risks: [{ risk: 'Several processes', mitigation: 'The README says so.' }],
  open_questions: [],
  ...more,
});

/** A planner that looks around once, submits, and submits again when it is asked what could go wrong. */
export const planning = (plan: Plan, draft: Plan = plan): ScriptedTurn[] => [
  {
    reasoning: 'First the lie of the land.',
    calls: [
      { name: 'list_files', input: { path: '', glob: null } },
      { name: 'read_file', input: { path: 'src/server.js', from_line: null, to_line: null } },
    ],
  },
  { reasoning: 'Two modules will do.', calls: [{ name: 'submit_plan', input: draft }] },
  { reasoning: 'The limit is lost with a restart; nobody minds.', calls: [{ name: 'submit_plan', input: plan }] },
];

/** An executor that creates the component's files, each with a line of its own, and finishes. */
export const executing = (component: Component): ScriptedTurn[] => [
  {
    calls: component.files
      .filter((f) => f.action === 'create')
      .map((f) => ({ name: 'create_file', input: { path: f.path, content: contentOf(component.id, f.path) } })),
  },
  { calls: [{ name: 'finish', input: { summary: `Made ${component.id} as the contract says.` } }] },
];

export const contentOf = (id: string, path: string): string => `// ${path}\nexport const ${id.replaceAll('-', '_')} = true;\n`;
