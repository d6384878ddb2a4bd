import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import pg from 'pg';
import { TEMPLATE_DATABASE } from '../../support/database-template.ts';
import { makeTemplateDatabase } from '../../support/make-templates.ts';

/** A PostgreSQL server where databases may be created and dropped. */
const SERVER = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

const reachable = await runOnServer('SELECT 1').then(
  () => true,
  () => false,
);

/** `describe` for what needs the server; skipped where there is none. */
export const onServer = reachable ? describe : describe.skip;

/** The URL of a database that does not exist yet. */
export function unusedDatabase(): string {
  const url = new URL(SERVER);
  url.pathname = `/${process.env.TEST_RUN ?? 'planwright_test'}_${randomUUID().slice(0, 8)}`;
  return url.href;
}

export async function createDatabase(): Promise<string> {
  const url = unusedDatabase();
  await runOnServer(`CREATE DATABASE ${pg.escapeIdentifier(nameOf(url))}`);
  return url;
}

/** A database that has the engine's tables already, whose 93 migrations cost a process and the server a second. */
export async function createEngineDatabase(): Promise<string> {
  const url = unusedDatabase();
  await makeTemplateDatabase(SERVER.replace(/\/[^/]*$/, ''));
  await runOnServer(`CREATE DATABASE ${pg.escapeIdentifier(nameOf(url))} TEMPLATE ${TEMPLATE_DATABASE}`);
  return url;
}

/**
 * A pool has ended before the server has heard of it. Without FORCE the server waits for such connections, for five seconds; with it it would
 * tell them, and an error that nobody listens to any more fails whatever test is running.
 */
export async function dropDatabase(url: string): Promise<void> {
  const statement = `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(nameOf(url))}`;
  await runOnServer(statement).catch(() => runOnServer(`${statement} WITH (FORCE)`));
}

export const nameOf = (url: string): string => new URL(url).pathname.slice(1);

export function runOnServer(statement: string): Promise<void> {
  return runOn(SERVER, statement);
}

export async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
