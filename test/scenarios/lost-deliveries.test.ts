import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { push } from '../support/check-page.ts';
import { anIssue, aPlannedIssue, PLAINLY } from '../support/scenes.ts';
import { aComponent, contentOf } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

/** Only a PostgreSQL can be held up from outside. */
const onPostgres = process.env.TEST_POSTGRES ? it : it.skip;

beforeAll(async () => {
  stage = await openStage({}, { sweep: 1_500, intake: { connect: 1_500, statement: 1_000, answer: 2_000 } });
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

onPostgres('a delivery that the database cannot take in time is refused with 503, and done once the database can', async () => {
  const task = await anIssue(stage, { components: ONE });
  await stage.github.idle();
  const other = new pg.Client({ connectionString: stage.databaseUrl ?? '' });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE dbos.workflow_status IN EXCLUSIVE MODE');
  await task.label('wanda', 'plan');
  const labelled = () =>
    stage.github.deliveries.filter(
      (d) => d.event === 'issues' && d.action === 'labeled' && d.repository === task.repository.fullName,
    );
  await stage.github.until('the refusal', () => labelled()[0]?.status === 503);
  await other.query('ROLLBACK');
  await other.end();
  await task.statusIs('review');
  expect(new Set(labelled().map((d) => d.guid)).size).toBe(1);
  expect(labelled().at(-1)).toMatchObject({ redelivery: true, status: 200 });
  const metrics = await (await fetch(`${stage.bot.url}/metrics`)).text();
  expect(metrics).toMatch(/planwright_webhook_deliveries_total\{outcome="late"\} [1-9]/);
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

it('a component that another bot has closed and that lands by hand later is found by a sweep to be merged', async () => {
  const task = await aPlannedIssue(stage, { components: [...ONE, aComponent('metrics')] });
  const at = { owner: 'olga', repo: task.repository.name };
  await task.comment('wanda', '/execute');
  await task.componentsAre('2 open');
  const [limiter, metrics] = [await task.pull('limiter'), await task.pull('metrics')];
  await task.merge('wanda', metrics.number);
  await task.componentsAre('1 open, 1 merged');
  await stage.github.as('reviewbot[bot]').rest.pulls.update({ ...at, pull_number: limiter.number, state: 'closed' });
  await task.componentsAre('1 held, 1 merged');
  // On top of other changes, so that GitHub calls no pull request merged for it.
  const files = { 'src/limiter.js': contentOf('limiter', 'src/limiter.js') };
  await push(stage.github, task, { by: 'olga', branch: 'main', files });
  await task.statusIs('done');
  await stage.github.until('the issue to be closed', () => task.isClosed());
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

it('a task keeps its prefix and base when the database is lost and the settings have changed', async () => {
  stage.github.forgetInterference();
  stage.github.deliverTo(webhooks());
  const prefix = 'bot/';
  const settings = `${PLAINLY}branches: { prefix: bot/, base: develop }\n`;
  const task = await anIssue(stage, { components: ONE, settings, prefix });
  const at = { owner: 'olga', repo: task.repository.name };
  await stage.github.as('wanda').rest.git.createRef({ ...at, ref: 'refs/heads/develop', sha: task.repository.head });
  await task.label('wanda', 'plan');
  await task.statusIs('review');
  await stage.bot.kill();
  await push(stage.github, task, { by: 'olga', branch: 'main', files: { '.github/planwright.yml': PLAINLY } });
  await stage.loseData();
  await stage.restart();
  const plan = await task.pull('plan');
  await task.merge('wanda', plan.number);
  await task.componentsAre('1 open');
  const limiter = await task.pull('limiter');
  expect([limiter.branch, limiter.base]).toEqual([`bot/issue-${task.issue}/limiter`, 'develop']);
  await task.merge('wanda', limiter.number);
  await task.statusIs('done');
  await stage.github.until('the issue to be closed', () => task.isClosed());
});
