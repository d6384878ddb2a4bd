// `npm run chaos -- --tasks N --kills M --replicas R --seed S`: whole tasks on the local GitHub while everything that can fail does, and at
// the end GitHub's state must be that of a run in which nothing failed.
import { parseArgs } from 'node:util';
import { random } from '../fuzz/fuzz.ts';
import { openStage } from '../support/stage.ts';
import { disturb } from './disturbances.ts';
import { differences, type FinalState, finalState, recordedTurnsAskedAgain } from './final-state.ts';
import { aWholeTask } from './whole-task.ts';

const USAGE = 'usage: npm run chaos -- [--tasks N] [--kills M] [--replicas R] [--seed S] [--verbose]';
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '2' },
    kills: { type: 'string', default: '10' },
    replicas: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const [tasks, kills, replicas] = [values.tasks, values.kills, values.replicas].map(Number) as [number, number, number];
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (![tasks, kills, replicas, seed].every(Number.isInteger) || tasks < 1 || kills < 0 || replicas < 1) {
  console.error(USAGE);
  process.exit(2);
}
if (replicas > 1 && !process.env.TEST_POSTGRES) {
  console.error('Several replicas need TEST_POSTGRES=postgresql://user@host:port.');
  process.exit(2);
}

const say = (what: string): void => {
  if (values.verbose) console.log(`  ${Math.round(process.uptime())} s ${what}`);
};

/** The product's own in a fraction of the time. */
const REPLICAS = { beat: 300, fence: 4_000, lease: 6_000, turn: 100, unready: 500, money: 100 };
const WAITS = { replicas: REPLICAS, sweep: 3_000, limits: { secondary: 1_000, inline: 500 } };

interface Ran {
  readonly states: readonly FinalState[];
  readonly again: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

async function runTasks(disturbed: boolean): Promise<Ran> {
  const stage = await openStage({ LOG_LEVEL: 'info' }, WAITS);
  try {
    const all = await Promise.all(Array.from({ length: disturbed ? tasks : 1 }, (_, i) => aWholeTask(stage, `shop-${i}`, say)));
    const disturbing = disturbed
      ? disturb({ stage, next: random(seed), kills, replicas, lease: REPLICAS.lease })
      : { counts: new Map<string, number>(), end: async () => {} };
    const lived = await Promise.allSettled(all.map((task) => task.live()));
    await disturbing.end();
    const failure = lived.find((one) => one.status === 'rejected');
    if (failure?.status === 'rejected') {
      for (const line of stage.bot.output.slice(-60)) console.error(line.slice(0, 300));
      throw failure.reason;
    }
    const states: FinalState[] = [];
    for (const task of all) states.push(await finalState(task, stage.github));
    const again = all.flatMap((task) => recordedTurnsAskedAgain(stage.models.requests, task));
    return { states, again, counts: disturbing.counts };
  } finally {
    await stage.close();
  }
}

/** The tasks of a run are alike but for the name of their repository. */
const unnamed = (state: FinalState): string[] => state.map((line) => line.replace(/shop-\d+/g, 'shop')).sort();

console.log(`seed ${seed}: ${tasks} tasks, ${kills} kills, ${replicas} replicas`);
const started = Date.now();
const calm = await runTasks(false);
const stormy = await runTasks(true);
const expected = unnamed(calm.states[0] as FinalState);
const wrong = stormy.states.flatMap((state, i) => differences(expected, unnamed(state)).map((line) => `task ${i}: ${line}`));
for (const [kind, count] of [...stormy.counts].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${kind}: ${count}`);
for (const line of [...wrong, ...stormy.again.map((turn) => `asked again: ${turn}`)]) console.log(`  ${line}`);
const bad = wrong.length + stormy.again.length;
console.log(
  `${bad === 0 ? 'as without disturbances' : `${bad} differences`}, in ${Math.round((Date.now() - started) / 1_000)} s, seed ${seed}`,
);
process.exit(bad === 0 ? 0 : 1);
