import { parseArgs } from 'node:util';
import { WAITS } from '../src/workflows/engine/schedule.ts';
import type { Bot } from '../test/support/bot.ts';
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

/**
 * How long the work of a replica lies after it is gone, with the product's own waits: from the signal to the next request that another
 * replica makes for it.
 */
export async function benchTakeOver(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({ args: [...args], options: { times: { type: 'string', default: '5' } } });
  process.env.TEST_POSTGRES ??= 'postgresql://postgres@127.0.0.1:5432';
  await makeTemplateDatabase(process.env.TEST_POSTGRES);
  const figures: Figure[] = [];
  for (const [name, end] of Object.entries(ENDS)) {
    const seconds: number[] = [];
    for (let n = 0; n < Number(values.times); n++) seconds.push(await takeOver(end));
    const measured = figuresOf(`take-over, ${name}`, {
      median: [median(seconds), 's'],
      longest: [ascending(seconds).at(-1), 's'],
    });
    for (const figure of measured) console.log(`${figure.name}: ${figure.value} ${figure.unit}`);
    figures.push(...measured);
  }
  return figures;
}

async function takeOver(end: (bot: Bot) => unknown): Promise<number> {
  const stage = await openStage({ LOG_LEVEL: 'debug' }, { replicas: WAITS.replicas });
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
    const worker = bots.find((bot) => bot.output.some((line) => /step recorded: turn 1 of component:/.test(line)));
    if (!worker) throw new Error('No replica has recorded the first turn.');
    const other = bots.find((bot) => bot !== worker) as Bot;
    stage.github.deliverTo(`${other.url}/api/github/webhooks`);
    // The frozen one holds its request for good; whoever goes on asks again, or asks for the next turn.
    const next = Promise.race([askedBy(stage, byExecutor(1)), askedBy(stage, byExecutor(2))]);
    const began = performance.now();
    const ended = end(worker);
    asked.release();
    await next;
    const seconds = (performance.now() - began) / 1_000;
    worker.signal('SIGCONT');
    await ended;
    await task.componentsAre('1 open');
    return seconds;
  } finally {
    await stage.close();
  }
}

async function askedBy(stage: Stage, when: Parameters<Stage['models']['hold']>[0]['when']): Promise<void> {
  const held = stage.models.hold({ when });
  await held.reached;
  held.release();
}
