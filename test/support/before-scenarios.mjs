// Jest runs this once before the first scenario, in its own process and as Node itself loads modules.
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
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return url.replace(/\/[^/]*$/, '');
  } catch {
    return '';
  }
}
