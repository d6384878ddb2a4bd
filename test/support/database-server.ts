import { existsSync } from 'node:fs';
import pg from 'pg';

/** The PostgreSQL server on which databases may be made (`postgresql://user@host:port`); empty where none answers. */
export async function databaseServer(): Promise<string> {
  const named = process.env.TEST_POSTGRES;
  if (named !== undefined) return named;
  const url = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
  const folders = await ask(url, 'SHOW unix_socket_directories');
  if (folders === null) return '';
  // Statements cost a third less through a socket in a folder of this machine, where the server has one for whoever runs the tests.
  const local = new URL(url);
  const [folder = ''] = folders.split(/, */);
  local.hostname = encodeURIComponent(folder);
  const isSame =
    folder.startsWith('/') &&
    existsSync(`${folder}/.s.PGSQL.${local.port || 5432}`) &&
    (await ask(local.href, 'SELECT 1')) !== null;
  return (isSame ? local.href : url).replace(/\/[^/]*$/, '');
}

/** The first value, or null where the server does not answer. */
async function ask(connectionString: string, statement: string): Promise<string | null> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query({ text: statement, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
