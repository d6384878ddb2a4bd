import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pglitePool } from '../../../src/adapters/store/embedded/pglite-pool.ts';
import { openFileClaims } from '../../../src/adapters/store/file-claim-table.ts';
import type { FileClaim } from '../../../src/domain/task/file-conflict.ts';
import type { TaskRef } from '../../../src/domain/task/task.ts';
import type { FileClaims } from '../../../src/ports/file-claims.ts';
import { openEmbeddedDatabase } from './embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: Pool;
let claims: FileClaims;

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
  claims = await openFileClaims(pool);
});

const task = (issue: number, owner = 'olga'): TaskRef => ({ repository: { owner, name: 'shop', installation: 1 }, issue });
const claimOf = (issue: number): FileClaim => ({ issue, component: 'limiter', pull: null, files: ['src/orders.js'] });

/** What is given of others; the task then starts, unless there is something. */
async function tryToStart(issue: number, since?: string, owner?: string): Promise<readonly number[]> {
  const of = task(issue, owner);
  let seen: readonly FileClaim[] = [];
  await claims.claim(of, since ?? (await claims.mayWait(of)), (others) => {
    seen = others;
    return others.length === 0 ? [claimOf(issue)] : [];
  });
  return seen.map((claim) => claim.issue);
}

test('of tasks that start at the same moment, one sees none and all others see it', async () => {
  const seen = await Promise.all([1, 2, 3, 4, 5].map((issue) => tryToStart(issue)));
  const first = seen.findIndex((others) => others.length === 0) + 1;
  expect(seen.filter((others) => others.length === 0)).toHaveLength(1);
  expect(seen.filter((_, i) => i + 1 !== first)).toEqual([[first], [first], [first], [first]]);
});

test('a claim that was settled is still seen by a task that had begun to read before, because it may have read too early', async () => {
  const early = await claims.mayWait(task(2));
  expect(await tryToStart(1)).toEqual([]);
  await claims.settled(task(1), false);
  expect(await tryToStart(2, early)).toEqual([1]);
  expect(await tryToStart(2)).toEqual([]);
});

test('a task that may wait is notified until it has started; names compare without case, and other repositories do not count', async () => {
  await claims.mayWait(task(1));
  await claims.mayWait(task(2, 'Olga'));
  expect(await claims.waiting(task(1))).toEqual([task(2, 'Olga')]);
  await claims.settled(task(2), true);
  expect(await claims.waiting(task(1))).toHaveLength(1);
  await claims.settled(task(2), false);
  expect(await claims.waiting(task(1))).toEqual([]);
  expect(await tryToStart(1)).toEqual([]);
  expect(await tryToStart(2, undefined, 'rita')).toEqual([]);
  expect(await tryToStart(2, undefined, 'OLGA')).toEqual([1]);
});
