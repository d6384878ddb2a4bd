import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { launchEngine } from '../../src/adapters/store/launch-engine.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { CACHE } from './cache.ts';
import { TEMPLATE, TEMPLATE_DATABASE } from './database-template.ts';

/** Makes the embedded database that is copied, once for all runs of one set of packages. */
export async function makeTemplate(): Promise<void> {
  if (existsSync(TEMPLATE)) return;
  mkdirSync(CACHE, { recursive: true });
  const dataDir = mkdtempSync(`${TEMPLATE}.`);
  try {
    await layOut(null, dataDir);
    if (!existsSync(TEMPLATE)) renameSync(join(dataDir, 'pglite'), TEMPLATE);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/**
 * The same on a server (`postgresql://user@host:port`): the engine's 93 migrations cost the bot and the server a second, a copy a tenth of
 * it.
 */
export async function makeTemplateDatabase(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const dataDir = mkdtempSync(join(tmpdir(), 'planwright-template-'));
  const made = `${TEMPLATE_DATABASE}_${process.pid}`;
  try {
    // Runs that begin together make it one after the other.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [TEMPLATE_DATABASE]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE_DATABASE]);
    if (rowCount) return;
    await layOut(`${server}/${made}`, dataDir);
    await client.query(`ALTER DATABASE ${made} RENAME TO ${TEMPLATE_DATABASE}`);
  } finally {
    await client.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function layOut(databaseUrl: string | null, dataDir: string): Promise<void> {
  const log = pino({ level: 'silent' });
  const store = await openStore({ databaseUrl, dataDir, log });
  if (!store.ok) throw new Error(store.reason);
  const engine = await launchEngine({ pool: store.value.pool, log, register: () => {} });
  await engine.close(0);
  await store.value.close();
}
