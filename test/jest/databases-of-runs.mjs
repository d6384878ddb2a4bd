// The databases that a run of the tests makes on a PostgreSQL server, which outlives the run.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { HOST_ID, isRunning } from './temporary-files.mjs';

const PREFIX = 'planwright_test_';
const OF_A_RUN = new RegExp(`^${PREFIX}${HOST_ID}_(\\d+)_`);

/** What the names of this run's databases begin with. */
export const nameOfThisRun = () => `${PREFIX}${HOST_ID}_${process.pid}_${randomBytes(3).toString('hex')}`;

export const dropDatabasesOfRun = (server, run) =>
  onDatabases(
    server,
    (name) => name.startsWith(run),
    (client, name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  );

/**
 * Drops those of runs on this machine that were killed. A container with this machine's name counts its processes otherwise, so what somebody is
 * connected to stays, and so does what belongs to another role.
 */
export const dropLeftDatabases = (server) =>
  onDatabases(
    server,
    (name) => {
      const pid = OF_A_RUN.exec(name)?.[1];
      return pid !== undefined && !isRunning(Number(pid));
    },
    (client, name) => client.query(`DROP DATABASE IF EXISTS ${name}`).catch(() => {}),
  );

async function onDatabases(server, isMeant, act) {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [PREFIX]);
    const meant = rows.map(({ datname }) => datname).filter(isMeant);
    for (const name of meant) await act(client, name);
  } finally {
    await client.end();
  }
}
