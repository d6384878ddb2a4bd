import pg from 'pg';

/** What scenarios share they leave behind when their worker ends: the databases of this run. */
export default async () => {
  const { TEST_POSTGRES: server, TEST_RUN: run } = process.env;
  if (!server) return;
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [run]);
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  await client.end();
};
