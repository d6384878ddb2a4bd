import { setTimeout as delay } from 'node:timers/promises';
import { PLAN as DEMO_PLAN } from '../demo/script/plan.ts';
import { createModels } from '../src/adapters/models/models.ts';
import { priceOfWith } from '../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../src/adapters/prices/shipped-prices.ts';
import { withCacheWarmUp } from '../src/agent/cache-warm-up.ts';
import { addUsage, NO_USAGE, type Usage } from '../src/domain/model/usage.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import { implementComponent } from '../src/executor/implement.ts';
import { renderPlanFile } from '../src/plan-file/render.ts';
import type { Models } from '../src/ports/model.ts';
import { aJob } from '../test/executor/a-job.ts';
import { memorySnapshot } from '../test/executor/memory-snapshot.ts';
import { type LocalModels, startLocalModels } from '../test/support/models/local-models.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import { DAGS, planOf, SHOP } from './dags.ts';
import { type Figure, figuresOf } from './figure.ts';

const MODEL = 'anthropic/claude-haiku-5-5';
/** How long the model takes to begin an answer, and how many components run side by side where the settings say nothing. */
const BEGINS_MS = 1_000;
const SIDE_BY_SIDE = 4;

const side = (n: number): Record<string, readonly string[]> =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`part${i + 1}`, []]));
const PLANS: readonly (readonly [string, Plan])[] = [
  ["the demo's, 3 components", DEMO_PLAN],
  ...[...DAGS.slice(1), side(4), side(8)].map((dag): readonly [string, Plan] => {
    const width = Object.values(dag).filter((needs) => needs.length === 0).length;
    return [`${Object.keys(dag).length} components, ${width} at the start`, planOf(dag, 'Limit the orders')];
  }),
];

const read = (path: string) => ({ name: 'read_file', input: { path, from_line: null, to_line: null } });
/** Eight turns that grow as an executor's do. */
const TURNS: readonly ScriptedTurn[] = Array.from({ length: 8 }, (_, nth) => ({
  reasoning: 'What does the contract say to this? '.repeat(6),
  calls:
    nth < 7
      ? [read(nth % 2 === 0 ? 'src/orders.js' : 'AGENTS.md')]
      : [{ name: 'flag_blocker', input: { kind: 'impossible', plan_clause: 'All.', evidence: 'None.', proposal: 'Stop.' } }],
  latencyMs: nth === 0 ? BEGINS_MS : 0,
}));

/**
 * Whether it pays to let the first answer begin before the other components of a plan start: each plan is implemented both ways by the real
 * adapters, as the provider counts it.
 */
export async function benchPrefix(): Promise<Figure[]> {
  const priceOf = priceOfWith([SHIPPED_PRICES]);
  const rows = [];
  const figures: Figure[] = [];
  for (const [name, plan] of PLANS) {
    const atOnce = await carriedOut(plan, (models) => ({ ...models, turn: (request) => models.turn(request, () => {}) }));
    const oneAhead = await carriedOut(plan, (models) => withCacheWarmUp(models, { clock: CLOCK, priceOf }));
    const [off, on] = [atOnce, oneAhead].map(({ usage }) => priceOf(MODEL, usage) ?? 0) as [number, number];
    figures.push(
      ...figuresOf(`prefix, ${name}`, {
        saved: [(100 * (off - on)) / off, '%'],
        longer: [Math.max(0, oneAhead.ms - atOnce.ms), 'ms'],
      }),
    );
    rows.push({
      plan: name,
      'tokens shared': oneAhead.shared,
      'at once, $': Number(off.toFixed(4)),
      'one ahead, $': Number(on.toFixed(4)),
      saved: `${((100 * (off - on)) / off).toFixed(1)}%`,
      'longer, ms': Math.max(0, Math.round((oneAhead.ms - atOnce.ms) / 100) * 100),
    });
  }
  console.log(`input and output of all components with ${MODEL}; the first answer begins after ${BEGINS_MS} ms`);
  console.table(rows);
  return figures;
}

const CLOCK = { now: Date.now, sleep: (ms: number) => delay(ms) };

interface Carried {
  readonly usage: Usage;
  readonly ms: number;
  /** Tokens of what all components begin with. */
  readonly shared: number;
}

async function carriedOut(plan: Plan, over: (models: ReturnType<typeof createModels>) => Models): Promise<Carried> {
  const local = await startLocalModels();
  local.script(() => true, TURNS);
  const endpoints = { anthropic: { apiKey: 'a-local-key', baseUrl: local.anthropicUrl } };
  const models = over(createModels({ endpoints, clock: CLOCK }));
  const started = Date.now();
  try {
    const left = plan.components.map((c) => c.id);
    const done = new Set<string>();
    const lane = async (): Promise<void> => {
      for (;;) {
        const id = left.find((one) => plan.components.find((c) => c.id === one)?.depends_on.every((d) => done.has(d)));
        if (id === undefined) return;
        left.splice(left.indexOf(id), 1);
        await carryOutOne(plan, id, models);
        done.add(id);
      }
    };
    // A lane that finds nothing ready ends; whatever it would have done later, a lane whose component made it ready does.
    while (left.length > 0) await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
    return { usage: spendOf(local), ms: Date.now() - started, shared: sharedIn(local) };
  } finally {
    await local.close();
  }
}

async function carryOutOne(plan: Plan, id: string, models: Models): Promise<void> {
  const component = plan.components.find((c) => c.id === id);
  if (!component) throw new Error(`the plan has no ${id}`);
  const snapshot = memorySnapshot(SHOP);
  const { end } = await implementComponent(
    aJob({
      models: [MODEL],
      planFile: renderPlanFile(plan, { issue: 1, revision: 1, model: 'anthropic/claude-opus-5-5', commit: snapshot.commit }),
      component,
      snapshot,
    }),
    { models, clock: CLOCK, priceOf: () => null, record: (_, run) => run() },
  );
  if (end.kind === 'failed') throw new Error(`the bench's executor failed: ${end.reason}`);
}

/** With some 150 tokens of output a turn, as counted in the executor's bench. */
const spendOf = ({ requests }: LocalModels): Usage =>
  requests.reduce((sum, { counted }) => addUsage(sum, { ...NO_USAGE, ...counted, output: 150 }), NO_USAGE);

/** As the program reckons it. */
function sharedIn({ requests }: LocalModels): number {
  const [first] = requests;
  const [plan] = first?.messages ?? [];
  const text = [first?.system, JSON.stringify(first?.tools), plan?.role === 'user' ? plan.text : ''].join('');
  return Math.round(Buffer.byteLength(text) / 4);
}
