import { parseArgs } from 'node:util';
import { priceOfWith } from '../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../src/adapters/prices/shipped-prices.ts';
import { addUsage, NO_USAGE, totalTokens } from '../src/domain/model/usage.ts';
import { type ApiUse, apiUse } from '../test/support/github/api-use.ts';
import { openStage } from '../test/support/stage.ts';
import { onServer } from './bot-variables.ts';
import { criticalPathMs, DAGS, turnsOf } from './dags.ts';
import { type Figure, figuresOf } from './figure.ts';
import { type Run, runPlan } from './run-plan.ts';

/** How the scripted models answer: quickly for real ones, so that our own time weighs more. */
const TIMING = { latencyMs: 500, streamMs: 1_000 };
const TURN_MS = TIMING.latencyMs + TIMING.streamMs;
const TURNS = turnsOf('any', TIMING).length;
const MODEL = 'anthropic/claude-haiku-5-5';
const priceOf = priceOfWith([SHIPPED_PRICES]);

/** Plans of 1, 5 and 12 components, implemented by the real bot on a local GitHub, from the approval to the last pull request. */
export async function benchExecutor(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({ args: [...args], options: { plans: { type: 'string', default: '1,5,12' } } });
  const sizes = values.plans.split(',').map(Number);
  await onServer();
  const stage = await openStage();
  const figures: Figure[] = [];
  try {
    for (const dag of DAGS)
      if (sizes.includes(Object.keys(dag).length)) figures.push(...print(await runPlan(stage, dag, TIMING)));
  } finally {
    await stage.close();
  }
  return figures;
}

function print(run: Run): Figure[] {
  const size = run.plan.components.length;
  const critical = criticalPathMs(run.plan, TURNS * TURN_MS);
  const wall = Math.max(...run.openedAt.values()) - run.approvedAt;
  console.log(`\n${size === 1 ? '1 component' : `${size} components`}, ${TURNS} turns of ${TURN_MS} ms each`);
  console.log(`wall time ${seconds(wall)}, critical path ${seconds(critical)}: ${(wall / critical).toFixed(3)} of it`);
  printPhases(run);
  const usd = printTokens(run);
  const { counted, unmodified, git } = printRequests(run.forge, size);
  return figuresOf(`executor, ${size} ${size === 1 ? 'component' : 'components'}`, {
    'wall time over critical path': [wall / critical, ''],
    'requests a pull request': [counted / size, ''],
    'not modified a pull request': [unmodified / size, ''],
    'git requests a pull request': [git / size, ''],
    'input dollars a component': [usd, '$'],
  });
}

/** Where the time goes that is not the models'. */
function printPhases({ plan, approvedAt, openedAt, executors }: Run): void {
  const own = new Map<string, number[]>();
  const add = (phase: string, ms: number) => own.set(phase, [...(own.get(phase) ?? []), ms]);
  for (const { id, depends_on } of plan.components) {
    const asked = (executors.get(id) ?? []).map((r) => r.at);
    const needed = depends_on.map((d) => openedAt.get(d) ?? 0);
    if (needed.length === 0) add('approval to the first turn', (asked[0] ?? 0) - approvedAt);
    else add('pull request of what it needs to the first turn', (asked[0] ?? 0) - Math.max(...needed));
    for (const [nth, at] of asked.entries()) if (nth > 0) add('between two turns', at - (asked[nth - 1] ?? 0) - TURN_MS);
    add('last answer to the pull request', (openedAt.get(id) ?? 0) - (asked.at(-1) ?? 0) - TURN_MS);
  }
  console.table(
    [...own].map(([phase, ms]) => {
      const sorted = ms.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
      return { 'our own time, ms': phase, times: ms.length, median: at(0.5), p95: at(0.95), most: sorted.at(-1) };
    }),
  );
}

/** @returns the input's dollars a component. */
function printTokens({ executors }: Run): number {
  const usage = [...executors.values()].flat().reduce((sum, { counted }) => addUsage(sum, { ...NO_USAGE, ...counted }), NO_USAGE);
  const sent = totalTokens(usage);
  const off = priceOf(MODEL, { ...NO_USAGE, input: sent }) ?? 0;
  const on = priceOf(MODEL, usage) ?? 0;
  const each = (tokens: number) => Math.round(tokens / executors.size).toLocaleString('en');
  console.log(
    `input tokens a component: ${each(sent)} sent, of these ${each(usage.cache_read)} read from the cache, ${each(usage.cache_write)} written to it, ${each(usage.input)} neither`,
  );
  console.log(
    `input dollars a component with ${MODEL}: ${(on / executors.size).toFixed(4)}; without caching ${(off / executors.size).toFixed(4)} (${Math.round((100 * on) / off)}%)`,
  );
  return on / executors.size;
}

function printRequests(forge: Run['forge'], components: number): ApiUse {
  const use = apiUse(forge);
  const { counted, unmodified, git, routes } = use;
  const each = (requests: number): string => (requests / components).toFixed(1);
  console.log(
    `GitHub received for each component pull request: ${each(counted)} requests that count against its limits, ${each(unmodified)} not modified, ${each(git)} of git's`,
  );
  console.table([...routes].map(([route, times]) => ({ route, times, 'a pull request': Number(each(times)) })));
  return use;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
