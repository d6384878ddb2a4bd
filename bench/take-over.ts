import { parseArgs } from 'node:util';
import { WAITS } from '../src/workflows/engine/schedule.ts';
import type { Bot } from '../test/support/bot.ts';
import { checkOut } from '../test/support/check-out.ts';
import { makeTemplateDatabase } from '../test/support/make-templates.ts';
import { saidTo } from '../test/support/models/seen-request.ts';
import { aPlannedIssue } from '../test/support/scenes.ts';
import { aComponent, executing } from '../test/support/shop.ts';
import { openStage, type Stage } from '../test/support/stage.ts';
import { ascending, type Figure, figuresOf, median } from './figure.ts';

/** How a replica stops working, and what GitHub's deliveries and the models' answers find from then on. */
const ENDS: Readonly<Record<string, (bot: Bot) => unknown>> = {
  killed: (bot) => bot.kill(),
  frozen: (bot) => bot.signal('SIGSTOP'),
  'told to stop': (bot) => bot.stop(),
};

const LOOK = { calls: [{ name: 'read_file', input: { path: 'src/orders.js', from_line: null, to_line: null } }] };

/** Who takes over: a replica of this build, as the one that goes, or one of the builds takes over from the other. */
const SAME = 'the same build';
const BY = [SAME, 'this build from the other', 'the other build from this'] as const;
type By = (typeof BY)[number];

/**
 * How long the work of a replica lies after it is gone, with the product's own waits: from the signal to the next request that another
 * replica makes for it. With `--beside COMMIT` the second replica runs that build, and either takes over from the other.
 */
export async function benchTakeOver(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { times: { type: 'string', default: '5' }, beside: { type: 'string' } },
  });
  process.env.TEST_POSTGRES ??= 'postgresql://postgres@127.0.0.1:5432';
  await makeTemplateDatabase(process.env.TEST_POSTGRES);
  const times = Number(values.times);
  const build = values.beside ? checkOut(values.beside) : undefined;
  const figures: Figure[] = [];
  for (const [name, end] of Object.entries(ENDS)) {
    const seconds = new Map<By, number[]>(BY.filter((by) => (by === SAME) === (build === undefined)).map((by) => [by, []]));
    const isEnough = () => [...seconds.values()].every((of) => of.length >= times);
    // The first replica mostly takes the work, so each build is the first by turns.
    for (let n = 0; !isEnough() && n < times * 10; n++) {
      const { by, took } = await takeOver(end, build, n % 2 === 0 ? 'last' : 'first');
      seconds.get(by)?.push(took);
    }
    if (!isEnough()) throw new Error('One of the builds has hardly ever had the work.');
    for (const [by, of] of seconds) figures.push(...told(by === SAME ? name : `${name}, ${by}`, of));
  }
  return figures;
}

function told(name: string, seconds: readonly number[]): Figure[] {
  const figures = figuresOf(`take-over, ${name}`, {
    ...(seconds.length > 1 ? { median: [median(seconds), 's'] } : {}),
    longest: [ascending(seconds).at(-1), 's'],
  });
  for (const figure of figures) console.log(`${figure.name}: ${figure.value} ${figure.unit}`);
  return figures;
}

/** @param started whether the replica of the other build, where there is one, is the first or the last. */
async function takeOver(
  end: (bot: Bot) => unknown,
  otherBuild: string | undefined,
  started: 'first' | 'last',
): Promise<{ readonly by: By; readonly took: number }> {
  const builds = started === 'first' ? { build: otherBuild } : { replicaBuild: otherBuild };
  const stage = await openStage({ LOG_LEVEL: 'debug' }, { replicas: WAITS.replicas }, builds);
  try {
    const bots = [stage.bot, await stage.startReplica()];
    const component = aComponent('limiter');
    // Turns that cost nothing, so that there is a next one to be asked for.
    const turns = [LOOK, LOOK, LOOK, ...executing(component)];
    const task = await aPlannedIssue(stage, { components: [component], executors: { limiter: turns } });
    const byExecutor = (turn: number) => (r: Parameters<typeof saidTo>[0] & { readonly turn: number }) =>
      r.turn === turn && saidTo(r).includes('Your component is') && saidTo(r).includes(task.plan.title);
    const asked = stage.models.hold({ when: byExecutor(1) });
    await task.approve('wanda', task.pullOfPlan.number);
    await asked.reached;
    const worker = await Promise.race(bots.map((bot) => bot.prints(/step recorded: turn 1 of component:/).then(() => bot)));
    const other = bots.find((bot) => bot !== worker) as Bot;
    stage.github.deliverTo(`${other.url}/api/github/webhooks`);
    // The frozen one holds its request for good; whoever goes on asks again, or asks for the next turn.
    const next = Promise.race([askedBy(stage, byExecutor(1)), askedBy(stage, byExecutor(2))]);
    const began = performance.now();
    const ended = end(worker);
    asked.release();
    await next;
    const took = (performance.now() - began) / 1_000;
    worker.signal('SIGCONT');
    await ended;
    await task.componentsAre('1 open');
    const isByOther = (other === stage.bot) === (started === 'first');
    return { by: otherBuild === undefined ? SAME : isByOther ? BY[2] : BY[1], took };
  } finally {
    await stage.close();
  }
}

async function askedBy(stage: Stage, when: Parameters<Stage['models']['hold']>[0]['when']): Promise<void> {
  const held = stage.models.hold({ when });
  await held.reached;
  held.release();
}
