import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { pglitePool, pglitePools } from '../../../../src/adapters/store/embedded/pglite-pool.ts';
import { openEmbeddedDatabase } from '../embedded-database.ts';

let embedded: Awaited<ReturnType<typeof openEmbeddedDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  embedded = await openEmbeddedDatabase();
});
afterAll(async () => {
  await embedded.close();
});
beforeEach(async () => {
  pool = pglitePool(embedded.db, { max: 4 });
  await pool.query('DROP TABLE IF EXISTS rows; CREATE TABLE rows (id int PRIMARY KEY, note text)');
});
afterEach(() => pool.end());

const count = async () => Number((await pool.query('SELECT count(*) AS n FROM rows')).rows[0].n);

/** The next event of that name on a connection. */
const next = <T>(client: pg.PoolClient, event: string): Promise<T> =>
  new Promise((resolve) => (client as NodeJS.EventEmitter).once(event, resolve));

test('two pools on one database take turns, however many statements wait in one of them', async () => {
  const pools = pglitePools(embedded.db, { onCrash: () => {}, intake: { max: 2 } });
  // All connections are set up first, because what has none yet does not wait in the same line.
  const several = (of: pg.Pool, count: number) => Array.from({ length: count }, () => of.query('SELECT 1'));
  await Promise.all([...several(pools.intake, 2), ...several(pools.pool, 10)]);
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const work = Array.from({ length: 40 }, () => pools.pool.query('SELECT pg_sleep(0.002)').then(note('work')));
  const accepted = Array.from({ length: 5 }, () => pools.intake.query('SELECT 1').then(note('intake')));
  await Promise.all([...work, ...accepted]);
  // Each waits for one statement of the work.
  expect(order.lastIndexOf('intake')).toBeLessThan(25);
  // And the work goes on between them.
  expect(order.slice(0, order.lastIndexOf('intake'))).toContain('work');
  await Promise.all([pools.pool.end(), pools.intake.end()]);
});

test('a backlog of statements does not keep those waiting who have just connected', async () => {
  const accepted = new Set<Socket>();
  const all = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    accepted.add(socket);
    if (accepted.size === 60) all.resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 60 }, () => connect(port, '127.0.0.1'));
  // Each takes longer than the database works without a break.
  let statements = 0;
  const isAccepted = all.promise.then(() => true);
  const run = () => pool.query('SELECT pg_sleep(0.02)').then(() => false);
  while (!(await Promise.race([isAccepted, run()])) && statements < 1_000) statements += 1;
  for (const socket of [...clients, ...accepted]) socket.destroy();
  server.close();
  // The event loop accepts one of them in each of its turns.
  expect(statements).toBeLessThan(30);
});

test('a backlog of statements does not keep timers and sockets from their turn', async () => {
  const began = performance.now();
  let firedAfter = Number.POSITIVE_INFINITY;
  const timer = setTimeout(() => {
    firedAfter = performance.now() - began;
  }, 5);
  await Promise.all(Array.from({ length: 300 }, () => pool.query('SELECT count(*) FROM generate_series(1, 20000)')));
  const took = performance.now() - began;
  clearTimeout(timer);
  expect(firedAfter).toBeLessThan(took / 2);
});

describe('queries', () => {
  test('with and without parameters, with types, several statements, many rows', async () => {
    expect((await pool.query('SELECT $1::int + 1 AS n, $2::jsonb AS j', [41, { a: 'ü' }])).rows).toEqual([
      { n: 42, j: { a: 'ü' } },
    ]);
    const results = (await pool.query('SELECT 1 AS a; SELECT 2 AS b')) as unknown as pg.QueryResult[];
    expect(results.map((result) => result.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    expect((await pool.query('SELECT * FROM generate_series(1, 20000)')).rowCount).toBe(20_000);
  });

  test('a value of several megabytes goes in and comes out', async () => {
    const note = 'ä'.repeat(2_000_000);
    await pool.query('INSERT INTO rows VALUES (1, $1)', [note]);
    expect((await pool.query('SELECT note FROM rows')).rows[0].note).toBe(note);
  });

  test('two hundred at once on four connections', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, id) => pool.query('INSERT INTO rows VALUES ($1, $2)', [id, `${id}`])));
    expect(await count()).toBe(200);
    expect(pool.totalCount).toBeLessThanOrEqual(4);
  });
});

describe('transactions', () => {
  test('others see nothing until the commit, and their statements do not get into it', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO rows VALUES (1, 'mine')");
    const others = pool.query("INSERT INTO rows VALUES (2, 'other')");
    await client.query('ROLLBACK');
    client.release();
    await others;
    expect((await pool.query('SELECT id FROM rows')).rows).toEqual([{ id: 2 }]);
  });

  test('many that read and then write one row lose no update', async () => {
    await pool.query("INSERT INTO rows VALUES (1, '0')");
    const increment = async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      const { rows } = await client.query('SELECT note FROM rows WHERE id = 1');
      await client.query('UPDATE rows SET note = $1 WHERE id = 1', [String(Number(rows[0].note) + 1)]);
      await client.query('COMMIT');
      client.release();
    };
    await Promise.all(Array.from({ length: 50 }, increment));
    expect((await pool.query('SELECT note FROM rows')).rows).toEqual([{ note: '50' }]);
  });

  test('a failed statement outside a transaction keeps nobody out', async () => {
    await expect(pool.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' });
    await expect(pool.query('SELECT $1::int', ['no number'])).rejects.toMatchObject({ code: '22P02' });
    expect(await count()).toBe(0);
  });

  test('a failed statement inside one leaves it failed until it is rolled back', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO rows VALUES (1)');
    await expect(client.query('INSERT INTO rows VALUES (1)')).rejects.toMatchObject({ code: '23505' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    const waiting = count();
    await client.query('ROLLBACK');
    client.release();
    expect(await waiting).toBe(0);
  });

  test.each([
    ['open', false],
    ['failed', true],
  ])('one that was %s when its connection went back to the pool is rolled back', async (_, fails) => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO rows VALUES (1)');
    if (fails) await client.query('nonsense').catch(() => {});
    client.release();
    expect(await count()).toBe(0);
    await Promise.all(Array.from({ length: 8 }, (_, id) => pool.query('INSERT INTO rows VALUES ($1)', [id])));
    expect(await count()).toBe(8);
  });

  test('one whose connection is thrown away is rolled back', async () => {
    const client = await pool.connect();
    await client.query('BEGIN; INSERT INTO rows VALUES (1)');
    client.release(true);
    expect(await count()).toBe(0);
  });

  test('one whose connection breaks is rolled back', async () => {
    const client = await pool.connect();
    client.on('error', () => {});
    await client.query('BEGIN; INSERT INTO rows VALUES (1)');
    (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream.destroy(
      new Error('broken'),
    );
    expect(await count()).toBe(0);
    client.release(true);
  });

  test('one that just sits there is ended, as a server does', async () => {
    const impatient = pglitePool(embedded.db, { max: 2, idleTransactionMs: 10 });
    const client = await impatient.connect();
    const ended = next<Error & { code: string }>(client, 'error');
    // As after a server's FATAL: a second one says that the connection is gone.
    client.on('error', () => {});
    await client.query('BEGIN; INSERT INTO rows VALUES (1)');
    // Waits for the transaction, as it would on one backend.
    const other = impatient.query('SELECT count(*)::int AS n FROM rows');
    expect((await ended).code).toBe('25P03');
    expect((await other).rows).toEqual([{ n: 0 }]);
    client.release(true);
    await impatient.end();
  });
});

describe('LISTEN and NOTIFY', () => {
  test('reach every listener on that channel, and nobody else', async () => {
    const [a, b, c] = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    const heard: string[] = [];
    for (const [name, client] of Object.entries({ a, b, c })) {
      client.on('notification', ({ channel, payload }) => heard.push(`${name} ${channel} ${payload}`));
    }
    await a.query('LISTEN tasks');
    await b.query('LISTEN TASKS;');
    await b.query('LISTEN "Other"');
    const last = next(b, 'notification').then(() => next(b, 'notification'));
    await c.query("NOTIFY tasks, 'one'");
    await c.query(`NOTIFY "Other", 'two'`);
    await last;
    expect(heard.sort()).toEqual(['a tasks one', 'b Other two', 'b tasks one']);
    for (const client of [a, b, c]) client.release(true);
  });

  test('come from a commit, not from a rollback, and to the notifier as well', async () => {
    const client = await pool.connect();
    await client.query('LISTEN tasks');
    const first = next<pg.Notification>(client, 'notification');
    await client.query("BEGIN; SELECT pg_notify('tasks', 'undone'); ROLLBACK");
    await client.query("BEGIN; SELECT pg_notify('tasks', 'done'); COMMIT");
    expect((await first).payload).toBe('done');
    client.release(true);
  });
});

describe('the pool', () => {
  test('drops idle connections and makes new ones', async () => {
    const short = pglitePool(embedded.db, { idleTimeoutMillis: 1 });
    const dropped = new Promise((resolve) => short.once('remove', resolve));
    await short.query('SELECT 1');
    await dropped;
    expect(short.totalCount).toBe(0);
    expect((await short.query('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
    await short.end();
  });

  test('ends without ending the database, and another goes on', async () => {
    const other = pglitePool(embedded.db);
    await other.query('INSERT INTO rows VALUES (7)');
    await other.end();
    expect(await count()).toBe(1);
  });

  test.each(['COPY rows FROM STDIN', 'copy rows to stdout'])('%s is an error, not a hang', async (statement) => {
    const client = await pool.connect();
    client.on('error', () => {});
    await expect(client.query(statement)).rejects.toThrow('no COPY');
    client.release(true);
    expect(await count()).toBe(0);
  });

  test('says so when PGlite itself fails, and lets nobody wait', async () => {
    const broken = { execProtocolRaw: () => Promise.reject(new Error('Program terminated with exit(1)')) } as unknown as PGlite;
    const crashes: string[] = [];
    const other = pglitePool(broken, { max: 1, onCrash: ({ message }) => crashes.push(message) });
    await expect(other.query('SELECT 1')).rejects.toThrow();
    await expect(other.query('SELECT 1')).rejects.toThrow();
    expect(crashes).toContain('Program terminated with exit(1)');
    await other.end();
  });

  test('is not led astray by PG* variables', async () => {
    process.env.PGSSLMODE = 'require';
    const other = pglitePool(embedded.db);
    expect((await other.query('SELECT current_user AS u')).rows).toEqual([{ u: 'postgres' }]);
    await other.end();
    delete process.env.PGSSLMODE;
  });
});
