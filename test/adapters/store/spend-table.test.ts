import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pglitePool } from '../../../src/adapters/store/embedded/pglite-pool.ts';
import { openSpendTable } from '../../../src/adapters/store/spend-table.ts';
import type { Call, Cap, SpendStore } from '../../../src/ports/spend.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: Pool;
let spend: SpendStore;

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
  spend = await openSpendTable(pool);
});

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY = Date.UTC(2026, 10, 23);
const call = (id: string, usd: number, more: Partial<Call> = {}): Call => ({
  id,
  task: 'olga/shop#1',
  repository: 'olga/shop',
  cost: { usd, tokens: 10 },
  at: NOW,
  ...more,
});
const day = (usd: number): Cap => ({ kind: 'day', repository: null, since: DAY, usd });

test('a call is charged while it fits, by its maximum until it is settled, and then by what it has cost', async () => {
  expect(await spend.reserve(call('a', 6), [day(10)])).toBeNull();
  expect(await spend.reserve(call('b', 6), [day(10)])).toMatchObject({ spent: 0, held: 6 });
  await spend.settle('a', { usd: 1, tokens: 5 });
  expect(await spend.reserve(call('b', 6), [day(10)])).toBeNull();
  expect(await spend.spentBy('olga/shop#1')).toEqual({ usd: 7, tokens: 15 });
  expect(await spend.spentBy('olga/shop#2')).toBeNull();
});

test('a reservation whose answer was lost is made again, and not refused for itself', async () => {
  const limits = { usd: 5, tokens: null };
  for (let i = 0; i < 2; i++) expect(await spend.reserve(call('a', 5), [day(5)], limits)).toBeNull();
  expect(await spend.reserve(call('b', 1), [day(5)], limits)).not.toBeNull();
});

test('0 is the stop switch, also for what costs nothing', async () => {
  expect(await spend.reserve(call('a', 0), [day(0)])).toMatchObject({ cap: { usd: 0 } });
});

test('other days and other repositories do not count', async () => {
  await spend.reserve(call('a', 6, { at: DAY - 1 }), []);
  await spend.reserve(call('b', 6, { repository: 'olga/till', task: 'olga/till#1' }), []);
  const shop: Cap = { kind: 'repository_month', repository: 'olga/shop', since: Date.UTC(2026, 10), usd: 10 };
  expect(await spend.states([day(10), shop])).toMatchObject([{ held: 6 }, { held: 6 }]);
});

test('what another process left open counts as spent', async () => {
  await spend.reserve(call('a', 6), []);
  expect(await (await openSpendTable(pool)).states([day(10)])).toMatchObject([{ spent: 6, held: 0 }]);
});

test('two at the same moment never exceed a limit together', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) => spend.reserve(call(String(i), 3), [day(10)])));
  expect(all.filter((full) => full === null)).toHaveLength(3);
});

test('a task’s limits count what it has spent and what its calls hold, tokens as well', async () => {
  const limits = { usd: 10, tokens: 25 };
  expect(await spend.reserve(call('a', 6), [], limits)).toBeNull();
  expect(await spend.reserve(call('b', 6), [], limits)).toEqual({
    kind: 'task',
    limit: 'usd',
    spent: { usd: 0, tokens: 0 },
    held: { usd: 6, tokens: 10 },
  });
  expect(await spend.reserve(call('b', 1), [], limits)).toBeNull();
  expect(await spend.reserve(call('c', 1), [], limits)).toMatchObject({ limit: 'tokens', held: { tokens: 20 } });
  expect(await spend.reserve(call('c', 6, { task: 'olga/shop#2' }), [], limits)).toBeNull();
  await spend.settle('a', { usd: 9, tokens: 5 });
  expect(await spend.reserve(call('d', 1), [], limits)).toMatchObject({
    limit: 'usd',
    spent: { usd: 9, tokens: 5 },
    held: { usd: 1 },
  });
});

test('two processes never spend more than a task may together; what one that died had reserved counts as spent', async () => {
  await pool.query(
    "CREATE TABLE planwright.replica (id text, gone_at timestamptz); INSERT INTO planwright.replica VALUES ('x', NULL), ('y', NULL)",
  );
  const [x, y] = [await openSpendTable(pool, 'x'), await openSpendTable(pool, 'y')];
  const limits = { usd: 10, tokens: null };
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? x : y).reserve(call(String(i), 3), [], limits)));
  expect(all.filter((full) => full === null)).toHaveLength(3);
  expect(await y.reserve(call('more', 3), [], limits)).toMatchObject({ spent: { usd: 0 }, held: { usd: 9 } });
  await pool.query("UPDATE planwright.replica SET gone_at = now() WHERE id = 'x'");
  const ofX = Number((await pool.query("SELECT count(*) AS n FROM planwright.spend WHERE executor = 'x'")).rows[0].n);
  expect(await y.reserve(call('more', 3), [], limits)).toMatchObject({ spent: { usd: 3 * ofX }, held: { usd: 9 - 3 * ofX } });
});

test('what was spent before the rows began is carried once, with the days until then', async () => {
  const before = { '2020-01-01': 2, '2999-01-01': 1_000 };
  const total = { usd: 5, tokens: 70 };
  for (let i = 0; i < 2; i++) await spend.carry({ task: 'olga/shop#1', repository: 'olga/shop' }, total, before);
  expect(await spend.spentBy('olga/shop#1')).toEqual(total);
  expect(await spend.states([{ ...day(10), since: Date.UTC(2020, 0) }])).toMatchObject([{ spent: 2 }]);
});
