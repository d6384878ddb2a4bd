// `npm run chaos -- --tasks N --kills M --replicas R --seed S`: whole tasks on the local GitHub while everything that can fail does, and at
// the end GitHub's state must be that of a run in which nothing failed.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkOut } from '../support/check-out.ts';
import { databaseServer } from '../support/database-server.ts';
import { makeTemplate, makeTemplateDatabase } from '../support/make-templates.ts';
import { differences, type FinalState } from './final-state.ts';
import { openRun, type Run, type Store } from './run.ts';

const USAGE =
  'usage: npm run chaos -- [--tasks N] [--kills M] [--faults F] [--replicas R [--beside COMMIT]] [--seed S] [--store postgresql|embedded|both] [--verbose]';
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '2' },
    kills: { type: 'string', default: '10' },
    faults: { type: 'string' },
    replicas: { type: 'string', default: '1' },
    // All replicas but the first run this commit, as while an update is rolled out.
    beside: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    store: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const number = (of: 'tasks' | 'kills' | 'replicas' | 'seed'): number => Number(values[of]);
const [tasks, kills, replicas, seed] = [number('tasks'), number('kills'), number('replicas'), number('seed')];
const faults = Number(values.faults ?? 20 * tasks);
const server = await databaseServer();
const wanted = values.store ?? (server ? 'postgresql' : 'embedded');
const STORES: Record<string, readonly Store[]> = {
  postgresql: ['PostgreSQL'],
  embedded: ['embedded'],
  both: ['PostgreSQL', 'embedded'],
};
const stores = STORES[wanted] ?? [];
if (
  ![tasks, kills, faults, replicas, seed].every(Number.isInteger) ||
  tasks < 1 ||
  kills < 0 ||
  replicas < 1 ||
  stores.length === 0
)
  refuse(USAGE);
if (stores.includes('PostgreSQL') && !server)
  refuse('No PostgreSQL answers; TEST_POSTGRES=postgresql://user@host:port names one.');
if (replicas > 1 && stores.includes('embedded')) refuse('Several replicas need PostgreSQL.');
if (values.beside && replicas < 2) refuse('--beside needs --replicas 2 or more: the first replica runs what is checked out.');

function refuse(reason: string): never {
  console.error(reason);
  process.exit(2);
}

/** The folder of that build. */
function buildOf(commit: string): string {
  try {
    return checkOut(commit);
  } catch (error) {
    refuse((error as Error).message);
  }
}

/** How long GitHub may take to come to the state it is to have, once the disturbances are over and everybody has what they wanted. */
const SETTLE_MS = 30_000;

const say = (what: string): void => {
  if (values.verbose) console.log(`  ${Math.round(process.uptime())} s ${what}`);
};

/** The tasks of a run are alike but for the name of their repository. */
const unnamed = (state: FinalState): string[] => state.map((line) => line.replace(/shop-\d+/g, 'shop')).sort();

/** What is wrong with a run that came to its end, once neither it nor the calm one changes any more. */
async function faultsOf(run: Run, calm: Run): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const expected = unnamed((await calm.states())[0] ?? []);
    const states = await run.states();
    const wrong = states.flatMap((state, i) => differences(expected, unnamed(state)).map((line) => `task ${i}: ${line}`));
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
    await sleep(500);
  }
}

/** @returns whether it ended as it should */
async function judge(run: Run, calm: Promise<Run>): Promise<boolean> {
  const problems: string[] = [];
  try {
    await run.live();
    problems.push(...(await faultsOf(run, await calm)), ...run.turnsAskedAgain().map((turn) => `asked again: ${turn}`));
  } catch (error) {
    const last = run.lastLines(40).map((line) => `    ${line.slice(0, 300)}`);
    problems.push(`${error instanceof Error ? error.message : error}`, 'The last lines of the bots were:', ...last);
  }
  const counts = [...run.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind}: ${count}`);
  console.log(`${run.name}: ${run.kills()} processes ended in ${Math.round(process.uptime())} s; ${counts.join(', ')}`);
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0 || values.verbose) console.log(`  Everything that happened is in ${run.keep()}`);
  return problems.length === 0;
}

for (const store of new Set<Store>(stores)) await (store === 'embedded' ? makeTemplate() : makeTemplateDatabase(server));
process.env.TEST_POSTGRES = server;
console.log(`seed ${seed}: ${tasks} tasks, ${kills} kills, ${faults} faults, ${replicas} replicas, ${stores.join(' and ')}`);
const replicaBuild = values.beside ? buildOf(values.beside) : undefined;
const disturbed = { kills, faults, replicas, seed, replicaBuild };
const [calm, ...runs] = (await Promise.all([
  openRun({ store: stores[0] as Store, tasks: 1, disturbed: null, say }),
  ...stores.map((store) => openRun({ store, tasks, disturbed, say })),
])) as [Run, ...Run[]];

async function closeAll(): Promise<string[]> {
  const closed = await Promise.allSettled([calm, ...runs].map((run) => run.close()));
  return closed.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    for (const run of runs) console.log(`Broken off; what happened so far is in ${run.keep()}`);
    await closeAll();
    process.exit(1);
  });

const undisturbed = calm.live().then(() => calm);
undisturbed.catch(() => {});
const good = await Promise.all(runs.map((run) => judge(run, undisturbed)));
const objections = await closeAll();
for (const objection of objections) console.log(`  ${objection}`);
const isGood = good.every(Boolean) && objections.length === 0;
console.log(`${isGood ? 'as without disturbances' : 'NOT as without disturbances'}, in ${Math.round(process.uptime())} s`);
if (!isGood)
  console.log(
    `To play it again: npm run chaos -- --tasks ${tasks} --kills ${kills} --faults ${faults} --replicas ${replicas}${values.beside ? ` --beside ${values.beside}` : ''} --seed ${seed} --store ${wanted} --verbose`,
  );
process.exit(isGood ? 0 : 1);
