import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { pglitePool } from '../../../../src/adapters/store/embedded/pglite-pool.ts';
import { openEmbeddedDatabase } from '../embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
  pool = pglitePool(embedded.db, { max: 4 });
});
afterAll(async () => {
  await pool.end();
  await embedded.close();
});
beforeEach(() =>
  pool.query("DROP TABLE IF EXISTS rows; CREATE TABLE rows (id int PRIMARY KEY, note text); INSERT INTO rows VALUES (1, 'a')"),
);

const ALL = 'SELECT * FROM rows WHERE id >= $1 ORDER BY id';
const read = async (from = 0) => (await pool.query(ALL, [from])).rows;
/** Often enough that the statement is prepared, and that the server keeps one plan for it. */
async function readOften(): Promise<void> {
  for (let n = 0; n < 8; n += 1) expect(await read()).toEqual([{ id: 1, note: 'a' }]);
}
const prepared = async (text: string): Promise<number> =>
  (await embedded.db.query('SELECT name FROM pg_prepared_statements WHERE statement = $1', [text])).rows.length;

test('is prepared once, for all connections, when it comes again', async () => {
  const text = 'SELECT $1::int + 1 AS n';
  await pool.query(text, [1]);
  expect(await prepared(text)).toBe(0);
  const all = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.query(text, [n])));
  expect(all.map(({ rows }) => rows[0].n)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect(await prepared(text)).toBe(1);
});

test('is planned again after its plan was used for a while', async () => {
  const text = 'SELECT $1::int + 2 AS n';
  const since = async () =>
    (await embedded.db.query<{ at: Date }>('SELECT prepare_time AS at FROM pg_prepared_statements WHERE statement = $1', [text]))
      .rows[0]?.at;
  for (let n = 0; n < 10; n += 1) await pool.query(text, [n]);
  const first = await since();
  for (let n = 0; n < 600; n += 1) expect((await pool.query(text, [n])).rows).toEqual([{ n: n + 2 }]);
  expect(await since()).not.toEqual(first);
  expect(await prepared(text)).toBe(1);
});

test('sees a table that was changed, dropped or made again', async () => {
  await readOften();
  await pool.query('ALTER TABLE rows ADD COLUMN more int DEFAULT 7');
  expect(await read()).toEqual([{ id: 1, note: 'a', more: 7 }]);
  await pool.query('DROP TABLE rows');
  await expect(read()).rejects.toThrow('relation "rows" does not exist');
  await expect(read()).rejects.toThrow('relation "rows" does not exist');
  await pool.query('CREATE TABLE rows (id text)');
  await pool.query("INSERT INTO rows VALUES ('5')");
  expect(await read()).toEqual([{ id: '5' }]);
});

test('fails as itself: a wrong parameter, a broken rule, a failed transaction, and works afterwards', async () => {
  await readOften();
  await expect(pool.query(ALL, ['no number'])).rejects.toThrow('invalid input syntax for type integer');
  const insert = () => pool.query('INSERT INTO rows VALUES ($1, $2)', [1, 'b']);
  for (let n = 0; n < 4; n += 1) await expect(insert()).rejects.toMatchObject({ code: '23505' });

  const client = await pool.connect();
  await client.query('BEGIN');
  await expect(client.query('SELECT 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
  await expect(client.query(ALL, [0])).rejects.toMatchObject({ code: '25P02' });
  await client.query('ROLLBACK');
  client.release();
  await readOften();
});

test('a statement first repeated in a failed transaction is prepared later', async () => {
  const text = 'SELECT $1::int + 3 AS n';
  await pool.query(text, [1]);
  const client = await pool.connect();
  await client.query('BEGIN');
  await expect(client.query('SELECT 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
  await expect(client.query(text, [1])).rejects.toMatchObject({ code: '25P02' });
  await client.query('ROLLBACK');
  client.release();
  for (let n = 0; n < 3; n += 1) expect((await pool.query(text, [n])).rows).toEqual([{ n: n + 3 }]);
  expect(await prepared(text)).toBe(1);
});
