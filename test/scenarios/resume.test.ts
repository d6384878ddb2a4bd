import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner } from '../support/task-page.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('a writer cancels in the middle of a turn and resumes at once: the work goes on where it was, and once', async () => {
  const plan = aPlan([aComponent('limiter')]);
  const repository = await stage.github.addRepository({
    owner: 'olga',
    name: 'shop',
    files: SHOP_FILES,
    collaborators: { wanda: 'write' },
  });
  const page = await openIssue({ github: stage.github, repository, title: plan.title, body: 'Too many orders.', by: 'olga' });
  scriptPlanner(stage.models, plan.title, planning(plan));
  const executor = scriptExecutor(stage.models, plan, 'limiter', executing(aComponent('limiter')));
  const lastTurn = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes('Your component is') });

  await page.label('wanda', 'plan');
  const { number } = await page.pull('plan');
  await page.statusIs('review');
  await page.approve('wanda', number);
  await lastTurn.reached;
  await page.comment('wanda', '/cancel');
  await page.statusIs('cancelled');
  // The stopped run is still in its turn: its answer comes after somebody else has taken the work up.
  await page.comment('wanda', '/execute');
  await stage.github.until('the last turn to be asked again', () => executor.requests.length === 3);
  lastTurn.release();

  await page.statusSays(/`limiter` \| open/);
  await stage.github.idle();
  expect((await page.pulls()).map((p) => p.branch)).toEqual([
    `planwright/issue-${page.issue}/limiter`,
    `planwright/issue-${page.issue}/plan`,
  ]);
  expect(executor.requests.map((r) => r.turn)).toEqual([0, 1, 1]);
  expect((await page.comments()).filter((c) => c.body.includes('stopped'))).toEqual([]);
  // The engine complains in the log where we use it against its rules.
  expect(stage.bot.output.filter((line) => /retried|A workflow failed/.test(line))).toEqual([]);
});
