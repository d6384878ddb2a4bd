import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';
import { anIssue, aPlannedIssue } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

let database: FreshDatabase | null;
/** Only a PostgreSQL can be held up from outside. */
const onPostgres = process.env.TEST_POSTGRES ? it : it.skip;

beforeAll(async () => {
  database = await freshDatabase();
  const variables = database ? { DATABASE_URL: database.url } : {};
  stage = await openStage(variables, { sweep: 1_500, intake: { connect: 1_500, statement: 1_000, answer: 2_000 } });
});
afterAll(async () => {
  await stage?.close();
  await database?.drop();
});

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
  const other = new pg.Client({ connectionString: database?.url ?? '' });
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
