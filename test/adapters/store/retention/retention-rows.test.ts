import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pglitePool } from '../../../../src/adapters/store/embedded/pglite-pool.ts';
import { openFileClaims } from '../../../../src/adapters/store/file-claim-table.ts';
import { openGoodSettings } from '../../../../src/adapters/store/good-settings-table.ts';
import { taskRows } from '../../../../src/adapters/store/retention/task-rows.ts';
import { workflowRows } from '../../../../src/adapters/store/retention/workflow-rows.ts';
import { openSpendTable } from '../../../../src/adapters/store/spend-table.ts';
import { openTaskStates } from '../../../../src/adapters/store/task-state-table.ts';
import type { TaskStates } from '../../../../src/ports/task-states.ts';
import { openEmbeddedDatabase } from '../embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: Pool;
let states: TaskStates;

beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
  pool = pglitePool(embedded.db);
});
afterAll(async () => {
  await pool.end();
  await embedded.close();
});
beforeEach(async () => {
  await pool.query('DROP SCHEMA IF EXISTS planwright CASCADE');
  await pool.query('DELETE FROM dbos.workflow_status');
  states = await openTaskStates(pool);
  await openSpendTable(pool);
  await openFileClaims(pool);
  await openGoodSettings(pool);
});

const DAY = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY);
const CUTOFFS = { ended: ago(30), handled: ago(3) };

const taskOf = (issue: number, name = 'shop') => ({ repository: { owner: 'olga', name, installation: 1 }, issue });
/** A task that has been in this state for so many days. */
async function aTask(issue: number, state: Parameters<TaskStates['note']>[1], days: number, name = 'shop'): Promise<void> {
  await states.note(taskOf(issue, name), state);
  await pool.query(
    'UPDATE planwright.task_state SET since = $2, ended_at = CASE WHEN ended_at IS NOT NULL THEN $2::timestamptz END WHERE task = $1',
    [`olga/${name}#${issue}`, ago(days)],
  );
}

describe('rows of the engine', () => {
  const aWorkflow = (id: string, name: string, status: string, days: number) =>
    pool.query(
      `INSERT INTO dbos.workflow_status (workflow_uuid, status, name, created_at, updated_at, completed_at, priority)
       VALUES ($1, $2, $3, $4, $4, $5, 0)`,
      [id, status, name, ago(days).getTime(), ['SUCCESS', 'ERROR'].includes(status) ? ago(days).getTime() : null],
    );
  const left = async (): Promise<string[]> =>
    (await pool.query('SELECT workflow_uuid FROM dbos.workflow_status ORDER BY 1')).rows.map((row) => row.workflow_uuid);
  const prune = async (): Promise<void> => {
    const remove = async (ids: readonly string[]) =>
      void (await pool.query('DELETE FROM dbos.workflow_status WHERE workflow_uuid = ANY ($1)', [ids]));
    for (const pruner of workflowRows(pool, remove)) await pruner.prune(CUTOFFS, 500);
  };

  test.each<[string, string, number, boolean]>([
    ['handled long ago', 'SUCCESS', 4, false],
    ['failed long ago', 'ERROR', 4, false],
    ['stopped long ago', 'CANCELLED', 4, false],
    ['handled within three days, in which it may be delivered again', 'SUCCESS', 2, true],
    ['that waits, however old it is', 'ENQUEUED', 400, true],
    ['that is due later', 'DELAYED', 400, true],
    ['that runs', 'PENDING', 400, true],
  ])('a signal %s (%s)', async (_, status, days, stays) => {
    await aWorkflow('delivery:d-1', 'advance', status, days);
    await prune();
    expect(await left()).toEqual(stays ? ['delivery:d-1'] : []);
  });

  test.each<[string, string, Parameters<TaskStates['note']>[1], number, boolean]>([
    ['a task that is done for longer than that', 'component:olga/shop#1/limiter:1', 'done', 31, false],
    ['a plan of a cancelled task', 'plan:olga/shop#1:1.1.1', 'cancelled', 31, false],
    ['a question about one that is gone', 'ask:olga/shop#1:77', 'gone', 31, false],
    ['the review of one that ended lately', 'review:olga/shop#1:1.1', 'done', 29, true],
    ['a task that has been in review for a year', 'plan:olga/shop#1:1.1.1', 'review', 400, true],
    ['a task that waits for a person to resolve a blocker', 'component:olga/shop#1/limiter:1', 'blocked', 400, true],
  ])('of %s: %s', async (_, id, state, days, stays) => {
    await aTask(1, state, days);
    await aWorkflow(id, id.split(':')[0] as string, 'SUCCESS', 500);
    await prune();
    expect(await left()).toEqual(stays ? [id] : []);
  });

  test('of a task that never had a state: kept until the states have been noted for as long as that', async () => {
    await aWorkflow('component:olga/old#1/limiter:1', 'component', 'SUCCESS', 500);
    await prune();
    expect(await left()).toHaveLength(1);
    await pool.query('UPDATE planwright.task_states_known SET since = $1', [ago(31)]);
    await prune();
    expect(await left()).toEqual([]);
  });

  test('of one task among others whose name begins alike', async () => {
    await aTask(1, 'done', 31);
    await aTask(11, 'review', 31);
    for (const issue of [1, 11]) await aWorkflow(`component:olga/shop#${issue}/limiter:1`, 'component', 'SUCCESS', 500);
    await prune();
    expect(await left()).toEqual(['component:olga/shop#11/limiter:1']);
  });

  test('are removed in batches', async () => {
    for (let n = 0; n < 7; n++) await aWorkflow(`delivery:${n}`, 'advance', 'SUCCESS', 4);
    const [signals] = workflowRows(pool, async () => {});
    expect(await signals?.prune(CUTOFFS, 5)).toBe(5);
  });
});

describe('rows of our own', () => {
  const prune = async (): Promise<void> => {
    for (const pruner of taskRows(pool)) await pruner.prune(CUTOFFS, 500);
  };
  const count = async (table: string): Promise<number> =>
    Number((await pool.query(`SELECT count(*) AS n FROM planwright.${table}`)).rows[0].n);
  const spent = (issue: number, at: Date) =>
    pool.query(
      `INSERT INTO planwright.spend (id, task, repository, executor, at, reserved_usd, reserved_tokens, usd, tokens)
       VALUES (gen_random_uuid(), $1, 'olga/shop', 'x', $2, 1, 1, 1, 1)`,
      [`olga/shop#${issue}`, at],
    );

  test('what an ended task has spent goes with its state, and what an open one has spent stays', async () => {
    await aTask(1, 'done', 70);
    await aTask(2, 'review', 70);
    for (const issue of [1, 2]) await spent(issue, ago(70));
    await prune();
    const rows = await pool.query('SELECT task FROM planwright.spend');
    expect(rows.rows).toEqual([{ task: 'olga/shop#2' }]);
    expect(await states.counts()).toEqual({ review: 1 });
  });

  test('all of it counts until the month is over that the last of it was spent in', async () => {
    await aTask(1, 'done', 70);
    await spent(1, ago(70));
    await spent(1, new Date());
    await prune();
    expect([await count('spend'), await count('task_state')]).toEqual([2, 1]);
  });

  test('a task that goes on again keeps everything', async () => {
    await aTask(1, 'cancelled', 70);
    await states.note(taskOf(1), 'executing');
    await spent(1, ago(70));
    await prune();
    expect([await count('spend'), await count('task_state')]).toEqual([1, 1]);
  });

  test('claims that were settled, or never were, and waiting tasks that have ended', async () => {
    await aTask(1, 'done', 70);
    await pool.query(
      `INSERT INTO planwright.waiting (repository, issue, task) VALUES ('olga/shop', 1, '{}'), ('olga/shop', 2, '{}')`,
    );
    await pool.query(
      `INSERT INTO planwright.claim (repository, issue, claims, claimed_at, settled_at)
       VALUES ('olga/shop', 1, '[]', $1, $1), ('olga/shop', 2, '[]', $1, NULL), ('olga/shop', 3, '[]', now(), NULL)`,
      [ago(2)],
    );
    await prune();
    expect((await pool.query('SELECT issue FROM planwright.waiting')).rows).toEqual([{ issue: 2 }]);
    expect((await pool.query('SELECT issue FROM planwright.claim')).rows).toEqual([{ issue: 3 }]);
  });

  test('settings of repositories without tasks', async () => {
    await aTask(1, 'review', 70, 'shop');
    await pool.query(
      `INSERT INTO planwright.good_settings (repository, content, read_at) VALUES ('olga/shop', '', $1), ('olga/old', '', $1), ('olga/new', '', now())`,
      [ago(70)],
    );
    await prune();
    expect((await pool.query('SELECT repository FROM planwright.good_settings ORDER BY 1')).rows).toEqual([
      { repository: 'olga/new' },
      { repository: 'olga/shop' },
    ]);
  });
});

describe('task states', () => {
  test('the same state again does not begin anew', async () => {
    await aTask(1, 'done', 20);
    await states.note(taskOf(1), 'done');
    const { rows } = await pool.query<{ ended_at: Date }>('SELECT ended_at FROM planwright.task_state');
    expect(rows[0]?.ended_at.getTime()).toBeLessThan(ago(19).getTime());
  });

  test.each<[string, string, readonly string[] | null, string[]]>([
    ['one repository, by whatever case', 'Olga', ['SHOP'], ['shop']],
    ['all of an account', 'olga', null, ['shop', 'shop-2']],
    ['none of another account', 'olg', null, []],
  ])('the App leaves %s', async (_, owner, names, gone) => {
    await aTask(1, 'review', 1, 'shop');
    await aTask(1, 'review', 1, 'shop-2');
    await states.left(owner, names);
    const { rows } = await pool.query(
      "SELECT repository FROM planwright.task_state WHERE state = 'gone' AND ended_at IS NOT NULL ORDER BY 1",
    );
    expect(rows.map(({ repository }) => repository)).toEqual(gone.map((name) => `olga/${name}`));
  });
});
