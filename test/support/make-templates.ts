import { existsSync, renameSync, rmSync } from 'node:fs';
import pg from 'pg';
import { copyEmptyDatabase, makeEngineTables } from '../../src/adapters/store/embedded/empty-database.ts';
import { EMPTY_DATABASES } from './cache.ts';
import { TEMPLATE, TEMPLATE_DATABASE } from './database-template.ts';

/** Makes the embedded database that is copied, once for all runs of one set of packages. */
export async function makeTemplate(): Promise<void> {
  if (existsSync(TEMPLATE)) return;
  // Other test files may be making it at this moment, in processes of their own.
  const own = `${TEMPLATE}.${process.pid}`;
  await copyEmptyDatabase(EMPTY_DATABASES, own);
  try {
    renameSync(own, TEMPLATE);
  } catch {
    rmSync(own, { recursive: true, force: true });
  }
}

/**
 * The same on a server (`postgresql://user@host:port`): the engine's 93 migrations cost the bot and the server a second, a copy a tenth of
 * it.
 */
export async function makeTemplateDatabase(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const made = `${TEMPLATE_DATABASE}_${process.pid}`;
  try {
    // Runs that begin together make it one after the other.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [TEMPLATE_DATABASE]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE_DATABASE]);
    if (rowCount) return;
    await client.query(`CREATE DATABASE ${made}`);
    const pool = new pg.Pool({ connectionString: `${server}/${made}` });
    await makeEngineTables(pool);
    await pool.end();
    await client.query(`ALTER DATABASE ${made} RENAME TO ${TEMPLATE_DATABASE}`);
  } finally {
    await client.end();
  }
}
