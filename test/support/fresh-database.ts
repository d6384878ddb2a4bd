import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { TEMPLATE_DATABASE } from './database-template.ts';

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A database of its own, with the engine's tables and nothing in them, on the PostgreSQL server TEST_POSTGRES names (`postgresql://user@host:port`); null where that is empty, and the
 * bot then uses its embedded one.
 */
export async function freshDatabase(): Promise<FreshDatabase | null> {
  const server = process.env.TEST_POSTGRES;
  if (!server) return null;
  const name = `${process.env.TEST_RUN ?? 'planwright_test'}_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  // The server outlives every bot that is killed, so nothing is lost by not waiting for the disk.
  await onServer(server, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  return { url: `${server}/${name}`, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
