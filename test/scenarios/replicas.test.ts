import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Bot } from '../support/bot.ts';
import { asked, type KillPoint } from '../support/kill-points.ts';
import { saidTo } from '../support/models/seen-request.ts';
import { lookingAndSubmitting, PLAINLY } from '../support/scenes.ts';
import { needlessTurns, type ScriptedTask, traceOf } from '../support/scripted-task.ts';
import { aComponent, aPlan, SHOP_FILES } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from '../support/task-page.ts';
import { ONE, tasksUnderKills, whole } from '../support/tasks-under-kills.ts';

/** Only a PostgreSQL is shared by several processes. */
const onPostgres = process.env.TEST_POSTGRES ? describe : describe.skip;

/** The product's own in less time, and long enough for processes that share two cores with other suites. */
const REPLICAS = {
  beat: 300,
  fence: 4_000,
  lease: 6_000,
  turn: [20, 40],
  nextTurn: 100,
  database: 100,
  unready: 3_000,
  money: 100,
};

let stage: Stage;
let bots: Bot[];
const { aTask, inReview, allOpen, isDone, mergeAll } = tasksUnderKills(() => stage);

jest.setTimeout(300_000);

onPostgres('two replicas on one database', () => {
  beforeAll(async () => {
    stage = await openStage({ LOG_LEVEL: 'debug' }, { replicas: REPLICAS });
    bots = [stage.bot, await stage.startReplica()];
  });
  afterAll(() => stage?.close());

  const deliverTo = (bot: Bot): void => stage.github.deliverTo(`${bot.url}/api/github/webhooks`);

  /** The one of the two that works on this, told by the steps it has recorded. */
  const workerOf = (workflow: string): Bot => {
    const found = bots.filter((bot) =>
      bot.output.some((line) => line.includes('step recorded') && line.includes(` of ${workflow}`)),
    );
    expect(found).toHaveLength(1);
    return found[0] as Bot;
  };
  const other = (bot: Bot): Bot => bots.find((one) => one !== bot) as Bot;
  const idOf = (kind: string, { page }: ScriptedTask, component = ''): string =>
    `${kind}:${page.repository.fullName}#${page.issue}${component}`;

  /** Holds a request of the task, ends the bot that made it, and has GitHub deliver to the other one. */
  async function endAt(
    point: KillPoint,
    task: ScriptedTask,
    workflow: string,
    end: (bot: Bot) => Promise<unknown>,
  ): Promise<void> {
    const armed = point.arm(stage, task);
    return armed.reached.then(async () => {
      const bot = workerOf(workflow);
      deliverTo(other(bot));
      task.kills.push(Date.now());
      const ended = end(bot);
      armed.settle();
      await ended;
      bots = [other(bot), await stage.startReplica()];
    });
  }

  it('one is killed while it plans, and one while it builds: the other continues, and nothing is doubled', async () => {
    const task = await aTask(ONE);
    const killed = endAt(asked('planner', 1), task, idOf('plan', task), (bot) => bot.kill());
    await task.page.label('wanda', 'plan');
    await killed;
    await inReview(task);

    const killedAgain = endAt(asked('executor', 1), task, idOf('component', task, '/limiter'), (bot) => bot.kill());
    await task.page.approve('wanda', (await task.page.pull('plan')).number);
    await killedAgain;
    await allOpen(task);
    await mergeAll(task);
    await isDone(task);
    expect(await traceOf(task, stage.github)).toEqual(whole(task, 'closed'));
    expect(needlessTurns(task, stage.github)).toEqual([]);
  });

  it('one that is to stop says so first, takes nothing new, and hands what waits to the other at once', async () => {
    const [long, short] = [await aTask(ONE), await aTask(ONE)];
    const turn = asked('planner', 1).arm(stage, long);
    await long.page.label('wanda', 'plan');
    await turn.reached;
    const leaving = workerOf(idOf('plan', long));
    const exit = leaving.stop();
    await stage.github.until('it to be unready', async () => (await fetch(`${leaving.url}/readyz`)).status === 503);
    // The balancer has not noticed yet: the delivery is taken, and the other one handles it.
    const before = leaving.output.length;
    await short.page.label('wanda', 'plan');
    deliverTo(other(leaving));
    await inReview(short);
    const task = `#${short.page.issue}`;
    const steps = leaving.output.slice(before).filter((line) => line.includes('step recorded'));
    expect(steps.filter((line) => line.includes(`${short.page.repository.fullName}${task}`))).toEqual([]);
    // What runs is finished: its answer is recorded, and not asked for again.
    turn.settle();
    expect(await exit).toBe(0);
    await inReview(long);
    expect(needlessTurns(long, stage.github)).toEqual([]);
    bots = [other(leaving), await stage.startReplica()];
  });

  it('of two tasks that change the same file and are approved at the same moment, one starts', async () => {
    const file = { path: 'src/orders.js', action: 'modify' as const, change: 'Return something.' };
    const edit = (text: string) => [
      { calls: [{ name: 'edit_file', input: { path: file.path, old_text: 'return [];', new_text: text } }] },
      { calls: [{ name: 'finish', input: { summary: 'Returned something.' } }] },
    ];
    const planned = async (shop: Awaited<ReturnType<typeof aShop>>, id: string): Promise<TaskPage> => {
      const title = `The ${id} of ${shop.name}`;
      const plan = aPlan([aComponent(id, { files: [file] })], { title });
      scriptPlanner(stage.models, title, lookingAndSubmitting(plan));
      scriptExecutor(stage.models, plan, id, edit(`return ['${id}'];`));
      const page = await openIssue({ github: stage.github, repository: shop, title, body: 'Please.', by: 'olga' });
      await page.label('wanda', 'plan');
      await page.statusIs('review');
      return page;
    };
    const aShop = (i: number) => {
      const files = { ...SHOP_FILES, '.github/planwright.yml': PLAINLY };
      return stage.github.addRepository({ owner: 'olga', name: `pair-${i}`, files, collaborators: { wanda: 'write' } });
    };
    const pairs = await Promise.all(
      [1, 2, 3, 4].map(async (i) => {
        const shop = await aShop(i);
        return [await planned(shop, 'sorter'), await planned(shop, 'pager')] as const;
      }),
    );
    // Each delivery to another replica.
    let turn = 0;
    for (const pair of pairs)
      for (const page of pair) {
        deliverTo(bots[turn++ % bots.length] as Bot);
        await page.comment('wanda', '/execute');
      }
    await Promise.all(
      pairs.map((pair) =>
        stage.github.until(
          'one to be open and one to wait',
          async () => {
            const records = await Promise.all(pair.map((page) => page.status()));
            const states = records.map((text) => /^\| `[^|]*` \| (\w+) \|/m.exec(text)?.[1]);
            return states.sort().join() === 'open,waiting';
          },
          { about: pair[0].repository.fullName },
        ),
      ),
    );
    const work = stage.models.requests.filter((r) => saidTo(r).includes('Your component is') && /pair-\d/.test(saidTo(r)));
    expect(new Set(work.map((r) => /The (?:sorter|pager) of (pair-\d)/.exec(saidTo(r))?.[0])).size).toBe(pairs.length);
  });
});
