// What a run of the tests has made on a PostgreSQL server that outlives it.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { HOST, isRunning } from './temporary-files.mjs';

const PREFIX = 'planwright_test_';
const OF_A_RUN = new RegExp(`^${PREFIX}${HOST}_(\\d+)_`);

/** What the names of this run's databases begin with. */
export const nameOfThisRun = () => `${PREFIX}${HOST}_${process.pid}_${randomBytes(3).toString('hex')}`;

export const dropDatabasesOfRun = (server, run) => drop(server, (name) => name.startsWith(run));

/** Those of runs on this machine that were killed. */
export const dropLeftDatabases = (server) =>
  drop(server, (name) => {
    const pid = OF_A_RUN.exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });

async function drop(server, isMeant) {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [PREFIX]);
    const meant = rows.map(({ datname }) => datname).filter(isMeant);
    for (const name of meant) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
