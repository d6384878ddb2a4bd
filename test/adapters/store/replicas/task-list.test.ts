import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pglitePool } from '../../../../src/adapters/store/embedded/pglite-pool.ts';
import { openTaskList, taskListInMemory } from '../../../../src/adapters/store/replicas/shared-memory.ts';
import { makeReplicaTables, removeOutdated } from '../../../../src/adapters/store/replicas/tables.ts';
import type { TaskList } from '../../../../src/ports/shared-memory.ts';
import { openEmbeddedDatabase } from '../embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: Pool;
beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
  pool = pglitePool(embedded.db);
  await makeReplicaTables(pool);
});
afterAll(async () => {
  await pool.end();
  await embedded.close();
});

const taskOf = (owner: string, name: string, issue: number) => ({ repository: { owner, name, installation: 7 }, issue });
const SHOP = taskOf('Olga', 'Shop', 1);
const STALL = taskOf('Olga', 'stall', 2);
const ENGINE = taskOf('ada', 'engine', 3);

describe.each<[string, () => Promise<TaskList>]>([
  ['in memory', async () => taskListInMemory()],
  [
    'in rows',
    async () => {
      await pool.query('DELETE FROM planwright.open_task');
      return openTaskList(pool);
    },
  ],
])('open tasks %s', (_, open) => {
  const filled = async (): Promise<TaskList> => {
    const list = await open();
    for (const task of [SHOP, STALL, ENGINE]) await list.add(task);
    return list;
  };

  test.each<[string, string, readonly string[] | null, readonly object[]]>([
    ['an owner, in any spelling', 'olga', null, [ENGINE]],
    ['one repository, in any spelling', 'OLGA', ['shop'], [STALL, ENGINE]],
    ['a repository of another owner', 'ada', ['shop'], [SHOP, STALL, ENGINE]],
    ['no repository', 'olga', [], [SHOP, STALL, ENGINE]],
  ])('of %s that the App has left are out of reach', async (_name, owner, names, reached) => {
    const list = await filled();
    await list.left(owner, names);
    expect(await list.all()).toEqual(reached);
  });

  test('stay known while they are out of reach, and are within reach once they are added again', async () => {
    const list = await filled();
    await list.left('olga', null);
    expect(await list.of({ owner: 'olga', name: 'SHOP' })).toEqual([SHOP]);
    await list.add(SHOP);
    expect(await list.all()).toEqual([SHOP, ENGINE]);
    await list.remove(STALL);
    expect(await list.of({ owner: 'olga', name: 'stall' })).toEqual([]);
  });
});

test('rows of an App that has been away for a quarter of a year go; those of tasks that have waited for longer stay', async () => {
  await pool.query('DELETE FROM planwright.open_task');
  const list = openTaskList(pool);
  for (const task of [SHOP, STALL, ENGINE]) await list.add(task);
  await list.left('olga', null);
  const since = (key: string, days: number) =>
    pool.query(
      "UPDATE planwright.open_task SET task = task || jsonb_build_object('away', now() - $2 * interval '1 day') WHERE key = $1",
      [key, days],
    );
  await since('Olga/Shop#1', 91);
  await since('Olga/stall#2', 89);
  await removeOutdated(pool);
  expect((await pool.query('SELECT key FROM planwright.open_task ORDER BY key')).rows.map(({ key }) => key)).toEqual([
    'Olga/stall#2',
    'ada/engine#3',
  ]);
});
