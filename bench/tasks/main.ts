import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WEBHOOK_PATH } from '../../src/settings/app-facts.ts';
import { botVariables, type ServedGitHub, startProduct, type UnusedDatabase, unusedDatabase } from '../bot-variables.ts';
import { ascending, atShare, type Figure, figuresOf } from '../figure.ts';
import { forgetPeak, type ProcessUse, useOf } from '../process-use.ts';
import { type Started, startListening } from '../processes.ts';
import type { Progress, Sizes } from './protocol.ts';
import { APP } from './world.ts';

const file = (name: string): string => join(import.meta.dirname, name);
const REPORT_MS = 10_000;
const LOOK_MS = 250;
/** No plan for as long: the rest will not come. */
const STANDSTILL_MS = 120_000;

type Store = 'postgresql' | 'pglite';

interface Run extends Omit<Sizes, 'webhookSecret'> {
  readonly store: Store;
  readonly replicas: number;
  /** Whether to print what GitHub was asked for. */
  readonly shows: boolean;
}

/** Many issues labelled at once, with models that answer at once and a GitHub that starts no git: what planning costs the bot itself. */
export async function benchTasks(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      issues: { type: 'string', default: '500' },
      repositories: { type: 'string', default: '20' },
      replicas: { type: 'string', default: '1,2,4' },
      store: { type: 'string', default: 'postgresql,pglite' },
      requests: { type: 'boolean', default: false },
    },
  });
  const sizes = { issues: Number(values.issues), repositories: Number(values.repositories), shows: values.requests };
  const figures: Figure[] = [];
  for (const store of values.store.split(',') as Store[])
    for (const replicas of store === 'pglite' ? [1] : values.replicas.split(',').map(Number)) {
      const measured = await measure({ ...sizes, store, replicas });
      for (const { name, value, unit } of measured) console.log(`${name}: ${value} ${unit}`);
      figures.push(...measured);
    }
  return figures;
}

/** Everything is new for each run: both servers, the folders and the database. */
async function measure(run: Run): Promise<Figure[]> {
  const webhookSecret = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const database = run.store === 'postgresql' ? unusedDatabase() : null;
  const started: Started[] = [];
  const keep = async (starting: Promise<Started>): Promise<Started> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const github = await keep(
      startListening(file('github.ts'), { args: [JSON.stringify({ ...run, webhookSecret } satisfies Sizes)] }),
    );
    const models = await keep(startListening(file('models.ts')));
    const app = { id: APP.id, privateKey, webhookSecret };
    const bots: Started[] = [];
    for (let n = 0; n < run.replicas; n++) {
      const env = variables({ url: github.url, app }, { models, database, folder: join(folder, String(n)) });
      bots.push(await keep(startProduct(env)));
    }
    return await play(run, { github, models, bots });
  } finally {
    await Promise.all(started.map((one) => one.end()));
    await rm(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

interface Surroundings {
  readonly models: Started;
  readonly database: UnusedDatabase | null;
  readonly folder: string;
}

const variables = (github: ServedGitHub, { models, database, folder }: Surroundings): Record<string, string> => ({
  ...botVariables(github),
  ANTHROPIC_BASE_URL: models.url,
  DATA_DIR: folder,
  // A line for each of some 20,000 events would be measured as well.
  LOG_LEVEL: 'info',
  ...(database ? { DATABASE_URL: database.url } : {}),
});

interface Cast {
  readonly github: Started;
  readonly models: Started;
  readonly bots: readonly Started[];
}

async function play(run: Run, { github, models, bots }: Cast): Promise<Figure[]> {
  const before = {
    bots: bots.map(({ pid }) => useOf(pid)),
    github: useOf(github.pid),
    models: useOf(models.pid),
    idle: idleMs(),
  };
  for (const { pid } of bots) forgetPeak(pid);
  const began = performance.now();
  await fetch(`${github.url}/bench/begin`, {
    method: 'POST',
    body: JSON.stringify(bots.map(({ url }) => `${url}${WEBHOOK_PATH}`)),
  });
  const progress = await untilPlanned(github, `${run.store}, ${run.replicas}`);
  const ms = performance.now() - began;
  const after = bots.map(({ pid }) => useOf(pid));
  if (run.shows) console.table(progress.asked.toSorted(([, a], [, b]) => b - a));

  const { planned } = progress;
  const plannedMs =
    Math.max(...planned.map(({ plannedAt }) => plannedAt)) - Math.min(...planned.map(({ labelledAt }) => labelledAt));
  const spent = (now: ProcessUse, then: ProcessUse | undefined): number => now.processorSeconds - (then?.processorSeconds ?? 0);
  const ofBots = after.reduce((sum, use, n) => sum + spent(use, before.bots[n]), 0);
  const waits = ascending(planned.map(({ labelledAt, plannedAt }) => plannedAt - labelledAt));
  return figuresOf(`tasks, ${run.store}, ${run.replicas} ${run.replicas === 1 ? 'process' : 'processes'}`, {
    'plans missing': [progress.tasks - planned.length, ''],
    'plans a minute per replica': [(60_000 * planned.length) / plannedMs / run.replicas, ''],
    'processor time a plan, bots': [ofBots / planned.length, 's'],
    'processor time a plan, GitHub and models': [
      (spent(useOf(github.pid), before.github) + spent(useOf(models.pid), before.models)) / planned.length,
      's',
    ],
    'most memory of a replica': [Math.max(...after.map(({ peakMemoryMb }) => peakMemoryMb)), 'MB'],
    'memory of a replica before': [Math.max(...before.bots.map(({ memoryMb }) => memoryMb)), 'MB'],
    'most memory of a replica while it started': [Math.max(...before.bots.map(({ peakMemoryMb }) => peakMemoryMb)), 'MB'],
    'median from label to plan': [atShare(waits, 0.5) / 1_000, 's'],
    'requests to GitHub a plan': [progress.requests / planned.length, ''],
    'deliveries refused': [progress.deliveries.refused, ''],
    'processors idle': [(100 * (idleMs() - before.idle)) / (ms * cpus().length), '%'],
  });
}

/** Of all processors together. */
const idleMs = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);

async function untilPlanned(github: Started, name: string): Promise<Progress> {
  let last = { planned: 0, at: performance.now(), reportedAt: performance.now() };
  for (;;) {
    const progress = (await (await fetch(`${github.url}/bench/progress`)).json()) as Progress;
    const now = performance.now();
    const { length } = progress.planned;
    if (length === progress.tasks) return progress;
    if (length > last.planned) last = { ...last, planned: length, at: now };
    if (now - last.at > STANDSTILL_MS) {
      console.log(`${name}: no plan for ${STANDSTILL_MS / 1_000} s, ${length} of ${progress.tasks} are there`);
      return progress;
    }
    if (now - last.reportedAt > REPORT_MS) {
      console.log(`${name}: ${length} of ${progress.tasks} planned`);
      last = { ...last, reportedAt: now };
    }
    await delay(LOOK_MS);
  }
}
