// Jest runs this once before the first scenario, in its own process and as Node itself loads modules.
import { existsSync } from 'node:fs';
import pg from 'pg';
import { makeTemplate, makeTemplateDatabase } from './make-templates.ts';

/**
 * Scenarios run on a PostgreSQL server where one is to be had, because a bot that compiles and opens the embedded database first takes twice
 * the processor time. TEST_POSTGRES names the server, and set to nothing it keeps to the embedded database.
 */
export default async () => {
  process.env.TEST_POSTGRES ??= await serverThere();
  if (process.env.TEST_POSTGRES) await makeTemplateDatabase(process.env.TEST_POSTGRES);
  else await makeTemplate();
};

async function serverThere() {
  const url = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
  const rows = await ask(url, 'SHOW unix_socket_directories');
  if (rows === null) return '';
  // Statements cost a third less through a socket in a folder of this machine, where the server has one for whoever runs the tests.
  const local = new URL(url);
  const [folder = ''] = rows[0].unix_socket_directories.split(/, */);
  local.hostname = encodeURIComponent(folder);
  const isSame =
    folder.startsWith('/') && existsSync(`${folder}/.s.PGSQL.${local.port || 5432}`) && (await ask(local.href, 'SELECT 1'));
  return (isSame ? local.href : url).replace(/\/[^/]*$/, '');
}

/** The rows, or null where the server does not answer. */
async function ask(connectionString, statement) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
