import pg from 'pg';
import { removeTemporaryFiles } from '../jest/temporary-files.mjs';
import { endThemNow } from './end-with-us.ts';

/** What scenarios share they leave behind when their worker ends: the files and databases of this run. */
export default async () => {
  // In a run of one file there is no worker with which they would have ended.
  await endThemNow();
  removeTemporaryFiles();
  const { TEST_POSTGRES: server, TEST_RUN: run } = process.env;
  if (!server) return;
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [run]);
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  await client.end();
};
