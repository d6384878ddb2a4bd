import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { prepareRepeatedStatements } from '../../../src/adapters/store/prepared-statements.ts';
import { createDatabase, dropDatabase, onServer } from './test-database.ts';

let url: string;
let pool: pg.Pool;

const READ = 'SELECT id, note FROM rows WHERE id >= $1 ORDER BY id';
const ALL = 'SELECT * FROM rows WHERE id >= $1 ORDER BY id';
const preparedOn = async (on: pg.Pool | pg.PoolClient): Promise<string[]> =>
  (await on.query('SELECT statement FROM pg_prepared_statements')).rows.map(({ statement }) => statement);

onServer('a statement with parameters', () => {
  beforeAll(async () => {
    url = await createDatabase();
  });
  afterAll(async () => {
    await pool.end();
    await dropDatabase(url);
  });
  beforeEach(async () => {
    await pool?.end();
    // One connection, so that everything that follows meets what it has prepared.
    pool = new pg.Pool({ connectionString: url, max: 1 });
    prepareRepeatedStatements(pool);
    await pool.query(
      "DROP TABLE IF EXISTS rows; CREATE TABLE rows (id int PRIMARY KEY, note text); INSERT INTO rows VALUES (1, 'a')",
    );
  });
  /** Often enough that it is prepared, and that the server keeps one plan for all parameters. */
  async function readOften(): Promise<void> {
    for (let n = 0; n < 8; n += 1) expect((await pool.query(READ, [0])).rows).toEqual([{ id: 1, note: 'a' }]);
  }

  it('is prepared when it comes again', async () => {
    await pool.query(READ, [0]);
    expect(await preparedOn(pool)).toEqual([]);
    await readOften();
    expect(await preparedOn(pool)).toEqual([READ]);
  });

  it('is prepared on each connection', async () => {
    await readOften();
    const wide = new pg.Pool({ connectionString: url, max: 2 });
    prepareRepeatedStatements(wide);
    const clients = [await wide.connect(), await wide.connect()];
    for (const client of clients)
      for (let n = 0; n < 2; n += 1) expect((await client.query(READ, [1])).rows).toEqual([{ id: 1, note: 'a' }]);
    for (const client of clients) {
      expect(await preparedOn(client)).toEqual([READ]);
      client.release();
    }
    await wide.end();
  });

  it('is sent as it is where it changes tables, has no parameters or reads whatever columns there are', async () => {
    for (let n = 0; n < 3; n += 1) {
      await pool.query('SELECT id FROM rows');
      await pool.query(ALL, [0]);
      await pool.query('SELECT r.* FROM rows r WHERE id = $1', [1]);
      await pool.query('UPDATE rows SET note = $1 RETURNING *', ['a']);
      await pool.query('CREATE TABLE IF NOT EXISTS rows (id int)', []);
    }
    expect(await preparedOn(pool)).toEqual([]);
    for (let n = 0; n < 3; n += 1) await pool.query('SELECT count(*), 2 * $1::int AS twice FROM rows', [1]);
    expect(await preparedOn(pool)).toHaveLength(1);
  });

  it('sees a column that was added, and one that has another type now', async () => {
    await readOften();
    for (let n = 0; n < 8; n += 1) await pool.query(ALL, [0]);
    await pool.query('ALTER TABLE rows ADD COLUMN more int DEFAULT 7');
    await readOften();
    expect((await pool.query(ALL, [0])).rows).toEqual([{ id: 1, note: 'a', more: 7 }]);
    await pool.query('ALTER TABLE rows ALTER COLUMN note TYPE int USING 5');
    for (let n = 0; n < 3; n += 1) expect((await pool.query(READ, [0])).rows).toEqual([{ id: 1, note: 5 }]);
  });

  it('whose columns changed is sent again for a borrowed connection, too', async () => {
    await readOften();
    await pool.query('ALTER TABLE rows ALTER COLUMN note TYPE int USING 5');
    const client = await pool.connect();
    expect((await client.query(READ, [0])).rows).toEqual([{ id: 1, note: 5 }]);
    client.release();
  });

  it('whose columns changed fails once in a transaction, which nothing can continue, and works in the next', async () => {
    await readOften();
    await pool.query('ALTER TABLE rows ALTER COLUMN note TYPE int USING 5');
    const client = await pool.connect();
    const inTransaction = async (): Promise<unknown[]> => {
      await client.query('BEGIN');
      try {
        return (await client.query(READ, [0])).rows;
      } finally {
        await client.query('ROLLBACK');
      }
    };
    await expect(inTransaction()).rejects.toMatchObject({ code: '0A000' });
    expect(await inTransaction()).toEqual([{ id: 1, note: 5 }]);
    client.release();
  });

  it('fails as itself: a wrong parameter, a broken rule, a failed transaction, and works afterwards', async () => {
    await readOften();
    await expect(pool.query(READ, ['no number'])).rejects.toThrow('invalid input syntax for type integer');
    for (let n = 0; n < 4; n += 1)
      await expect(pool.query('INSERT INTO rows (id, note) VALUES ($1, $2)', [1, 'b'])).rejects.toMatchObject({ code: '23505' });
    const client = await pool.connect();
    await client.query('BEGIN');
    for (let n = 0; n < 3; n += 1) await client.query('SELECT 1 / $1::int', [0]).catch(() => {});
    await expect(client.query(READ, [0])).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    client.release();
    await readOften();
    for (let n = 1; n < 4; n += 1) expect((await pool.query('SELECT 1 / $1::int AS n', [1])).rows).toEqual([{ n: 1 }]);
  });

  it('is prepared for no more than a hundred texts, and every other one works', async () => {
    for (let n = 0; n < 130; n += 1)
      for (let times = 0; times < 3; times += 1)
        expect((await pool.query(`SELECT $1::int + ${n} AS sum`, [times])).rows).toEqual([{ sum: n + times }]);
    expect(await preparedOn(pool)).toHaveLength(100);
  });
});
