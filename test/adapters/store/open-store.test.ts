import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { takeAdvisoryLock } from '../../../src/adapters/store/advisory-lock.ts';
import { lockFolder } from '../../../src/adapters/store/lock-file.ts';
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

onServer('on PostgreSQL', () => {
  let url: string;
  beforeEach(async () => {
    url = await createDatabase();
  });
  afterEach(() => dropDatabase(url));

  test('one store at a time, whatever the folder; closing lets the next one in', async () => {
    const first = await open(url);
    expect(first.kind).toBe('postgresql');
    await expect(open(url, join(dataDir, 'own'))).rejects.toThrow('Another Planwright is running on the database');
    await first.close();
    await (await open(url)).close();
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

  const lockHolder =
    "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted AND datname = current_database()";

  test('a broken connection costs the lock only when somebody else was faster', async () => {
    const held = await takeAdvisoryLock(url);
    if (!held.ok) throw new Error(held.reason);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    const holder = async () => (await other.query(lockHolder)).rows[0]?.pid as number | undefined;
    const broken = await holder();

    await other.query('SELECT pg_terminate_backend($1)', [broken]);
    let retaken = await holder();
    while (retaken === undefined || retaken === broken) retaken = await holder();
    expect(held.value.lost.aborted).toBe(false);

    const rival = new pg.Client({ connectionString: url });
    await rival.connect();
    const key = (
      await other.query("SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks WHERE locktype = 'advisory'")
    ).rows[0].key;
    const rivalHasIt = rival.query('SELECT pg_advisory_lock($1)', [key]);
    const lost = new Promise((resolve) => held.value.lost.addEventListener('abort', resolve));
    await other.query('SELECT pg_terminate_backend($1)', [retaken]);
    await rivalHasIt;
    await lost;
    expect(held.value.lost.reason).toMatch('Another Planwright is running on the database');
    await Promise.all([held.value.release(), rival.end(), other.end()]);
  });
});
