import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { anIssue, aPlannedIssue } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({}, { sweep: 1_500 });
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];
const webhooks = (): string => `${stage.bot.url}/api/github/webhooks`;

it('a delivery that nobody took is asked for again by the next sweep, and what it announced is done', async () => {
  const task = await anIssue(stage, { components: ONE });
  await stage.github.idle();
  stage.github.deliverTo(null);
  await task.label('wanda', 'plan');
  await stage.github.idle();
  stage.github.deliverTo(webhooks());
  await task.statusIs('review');
  const labelled = stage.github.deliveries.filter((d) => d.event === 'issues' && d.action === 'labeled');
  expect(labelled.length).toBeGreaterThan(1);
  expect(new Set(labelled.map((d) => d.guid)).size).toBe(1);
});

it('what happened while no bot was running is asked for when it starts', async () => {
  const task = await anIssue(stage, { components: ONE });
  await stage.github.idle();
  await stage.bot.kill();
  await task.comment('wanda', '/plan');
  await stage.github.idle();
  await stage.restart();
  await task.statusIs('review');
});

it('what GitHub never announced is found by a sweep', async () => {
  const task = await aPlannedIssue(stage, { components: ONE });
  await stage.github.idle();
  stage.github.fault({
    method: 'POST',
    path: /\/app\/hook\/deliveries\/\d+\/attempts$/,
    times: Number.POSITIVE_INFINITY,
    respond: { status: 404 },
  });
  stage.github.deliverTo(null);
  await task.merge('wanda', task.pullOfPlan.number);
  await stage.github.idle();
  await task.componentsAre('1 open');
});
