import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { openDatabaseSession } from '../../../src/adapters/store/database-session.ts';
import { lockFolder } from '../../../src/adapters/store/embedded/lock-file.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { createDatabase, dropDatabase, nameOf, onServer, runOnServer, unusedDatabase } from './test-database.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'planwright-store-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function open(databaseUrl: string, folder = dataDir) {
  const store = await openStore({ databaseUrl, dataDir: folder, log });
  if (!store.ok) throw new Error(store.reason);
  return store.value;
}

// PGlite, kept and let go of and opened again, is in recovery.test.ts: creating one takes seconds.

test.each([
  ['nobody listens', 'postgresql://postgres@127.0.0.1:1/planwright', /cannot be opened: .*ECONNREFUSED/],
  ['the host does not exist', 'postgresql://postgres@planwright.invalid/planwright', /cannot be opened: .*planwright\.invalid/],
])('a database that cannot be reached is a sentence, and frees the folder: %s', async (_, url, sentence) => {
  await expect(open(url)).rejects.toThrow(sentence);
  const lock = lockFolder(dataDir);
  expect(lock.ok).toBe(true);
  if (lock.ok) lock.value.release();
});

const embedded = () => openStore({ databaseUrl: null, dataDir, log });

test('an embedded database whose making was interrupted is made again, and kept from then on', async () => {
  const half = join(dataDir, 'pglite.new');
  mkdirSync(join(half, 'base'), { recursive: true });
  writeFileSync(join(half, 'PG_VERSION'), '');
  const first = await embedded();
  if (!first.ok) throw new Error(first.reason);
  await first.value.pool.query('CREATE TABLE kept AS SELECT 1 AS one');
  await first.value.close();
  expect(existsSync(half)).toBe(false);
  const second = await embedded();
  if (!second.ok) throw new Error(second.reason);
  expect((await second.value.pool.query('SELECT * FROM kept')).rows).toEqual([{ one: 1 }]);
  await second.value.close();
}, 120_000);

test.each([
  ['cannot be made', 'pglite.new', /could not be made in .*pglite: .* folder is writable/],
  ['cannot be opened', 'pglite', /pglite cannot be opened: .* move the folder away/],
])('an embedded database that %s is a sentence, and frees the folder', async (_, name, sentence) => {
  writeFileSync(join(dataDir, name), 'a file in its place');
  const full = name === 'pglite' ? null : jest.spyOn(PGlite, 'create').mockRejectedValue(new Error('ENOSPC: no space left'));
  expect(await embedded()).toEqual({ ok: false, reason: expect.stringMatching(sentence) });
  full?.mockRestore();
  const lock = lockFolder(dataDir);
  expect(lock.ok).toBe(true);
  if (lock.ok) lock.value.release();
});

onServer('on PostgreSQL', () => {
  let url: string;
  beforeEach(async () => {
    url = await createDatabase();
  });
  afterEach(() => dropDatabase(url));

  test('several stores on one database, each with a folder of its own', async () => {
    const first = await open(url);
    expect(first.kind).toBe('postgresql');
    await expect(open(url)).rejects.toThrow('Another Planwright is running on the data folder');
    const second = await open(url, join(dataDir, 'own'));
    await first.close();
    await second.close();
  });

  /** What versions without replicas hold for as long as they run. */
  const SINGLE = "SELECT pg_try_advisory_lock('8100956956810963303') AS locked";

  test('not while a version runs that cannot share, and that one does not start while this one runs', async () => {
    const older = new pg.Client({ connectionString: url });
    await older.connect();
    expect((await older.query(SINGLE)).rows).toEqual([{ locked: true }]);
    await expect(open(url)).rejects.toThrow('A Planwright of an older version is running on the database of DATABASE_URL');
    await older.query('SELECT pg_advisory_unlock_all()');
    const store = await open(url);
    expect((await older.query(SINGLE)).rows).toEqual([{ locked: false }]);
    await Promise.all([store.close(), older.end()]);
  });

  test('five at once on a database that does not exist', async () => {
    const missing = unusedDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, (_, i) => open(missing, join(dataDir, String(i)))));
    for (const store of stores) await store.close();
    await dropDatabase(missing);
  });

  test('who asks for a connection once the store closes is neither served nor refused', async () => {
    const store = await open(url);
    const closing = store.close().then(() => 'closed');
    const query = store.pool.query('SELECT 1').then(
      () => 'served',
      () => 'refused',
    );
    expect(await Promise.race([query, closing])).toBe('closed');
  });

  test('a database that does not exist is created', async () => {
    const missing = unusedDatabase();
    const store = await open(missing);
    expect((await store.pool.query('SELECT current_database() AS name')).rows).toEqual([{ name: nameOf(missing) }]);
    await store.close();
    await dropDatabase(missing);
  });

  test('where that is not allowed, the sentence has the statement to run', async () => {
    const role = `${nameOf(url)}_poor`;
    await runOnServer(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    const missing = new URL(unusedDatabase());
    missing.username = role;
    missing.password = 'x';
    await expect(open(missing.href)).rejects.toThrow(
      /does not exist and cannot be created \(permission denied.*CREATE DATABASE "planwright_test_/,
    );
    await runOnServer(`DROP ROLE ${role}`);
  });

  const sessions =
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'planwright session' AND datname = current_database()";

  test('a broken session is opened again, and lost only when a version that cannot share was faster', async () => {
    const held = await openDatabaseSession(url);
    if (!held.ok) throw new Error(held.reason);
    const missed = jest.fn();
    held.value.listen(missed);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    const holder = async () => (await other.query(sessions)).rows[0]?.pid as number | undefined;
    const broken = await holder();

    await other.query('SELECT pg_terminate_backend($1)', [broken]);
    while (missed.mock.calls.length === 0) await holder();
    expect(missed).toHaveBeenCalledWith(null);
    expect(held.value.lost.aborted).toBe(false);

    const older = new pg.Client({ connectionString: url });
    await older.connect();
    const olderHasIt = older.query("SELECT pg_advisory_lock('8100956956810963303')");
    const lost = new Promise((resolve) => held.value.lost.addEventListener('abort', resolve));
    await other.query('SELECT pg_terminate_backend($1)', [await holder()]);
    await olderHasIt;
    await lost;
    expect(held.value.lost.reason).toMatch('A Planwright of an older version is running');
    await Promise.all([held.value.release(), older.end(), other.end()]);
  });
});
