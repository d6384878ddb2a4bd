import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** One lasting connection to the database, which holds what belongs to a session: locks and what is listened to. */
export interface DatabaseSession {
  /** Aborted, with a sentence as its reason, when an older Planwright that shares with no other took the database while we were cut off. */
  readonly lost: AbortSignal;
  /** Waits until no other process makes or changes tables, or launches, on this database; keeps others out until `launched`. */
  launching(): Promise<void>;
  launched(): Promise<void>;
  /** Called with each notice that a process of this database sends, this one too; with null where some may have been missed. */
  listen(hear: (notice: string | null) => void): void;
  release(): Promise<void>;
}

// 'planwrig' in ASCII. Advisory locks are counted per database, so constants are enough.
const SHARED_KEY = '8100956956810963303';
const LAUNCH_KEY = '8100956956810963304';
const RETRY_MS = 250;

/** The channel of all notices. */
export const NOTICES = 'planwright';

// A server needs a moment to notice that the process before us was killed.
const ATTEMPTS = 10;
const ATTEMPT_MS = 100;

const HELD =
  'A Planwright of an older version is running on the database of DATABASE_URL, and it cannot share. Stop it first: only from this ' +
  'version on may several run at once. (If its machine died, the server lets go within half a minute.)';

/**
 * Joins the processes on this database. Versions that knew nothing of replicas hold the same lock exclusively, so neither of the two
 * kinds starts while the other one runs. A connection that breaks (a restarted server) is opened again.
 * @returns or a sentence for the operator when such a version is running.
 * @throws what `pg` throws when the server cannot be reached.
 */
export async function openDatabaseSession(databaseUrl: string): Promise<Outcome<DatabaseSession>> {
  const lost = new AbortController();
  const hearers = new Set<(notice: string | null) => void>();
  let released = false;
  let timer: NodeJS.Timeout | undefined;

  let client = await sharedClient(databaseUrl);
  if (client === null) return failure(HELD);

  const reopen = () => {
    timer = setTimeout(async () => {
      try {
        const next = await sharedClient(databaseUrl);
        if (next === null) return lost.abort(HELD);
        if (released) return void (await next.end());
        client = next;
        watch(next);
        for (const hear of hearers) hear(null);
      } catch {
        reopen();
      }
    }, RETRY_MS);
  };
  const watch = (watched: pg.Client) => {
    watched.on('notification', ({ payload }) => {
      for (const hear of hearers) hear(payload ?? '');
    });
    watched.once('end', () => {
      if (!released) reopen();
    });
  };
  watch(client);

  return success({
    lost: lost.signal,
    async launching() {
      // Not by a statement that waits: the engine makes indexes concurrently, and these wait in turn for every statement that runs.
      const locked = async () => (await client?.query(`SELECT pg_try_advisory_lock(${LAUNCH_KEY}) AS locked`))?.rows[0]?.locked;
      while (!(await locked())) await delay(RETRY_MS);
    },
    launched: async () => void (await client?.query(`SELECT pg_advisory_unlock(${LAUNCH_KEY})`)),
    listen: (hear) => void hearers.add(hear),
    async release() {
      released = true;
      clearTimeout(timer);
      await client?.end();
    },
  });
}

async function sharedClient(databaseUrl: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true, application_name: 'planwright session' });
  // What breaks a connection also ends it, and 'end' is what is acted on.
  client.on('error', () => {});
  await client.connect();
  // Otherwise a server keeps the session of a machine that died for two hours, and refuses its successor.
  await client.query('SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock_shared(${SHARED_KEY}) AS locked`);
    if (rows[0]?.locked) {
      await client.query(`LISTEN ${NOTICES}`);
      return client;
    }
    await delay(ATTEMPT_MS);
  }
  await client.end();
  return null;
}

/** Runs while no process launches on this database, unless one does: then it does nothing. */
export async function unlessLaunching(pool: pg.Pool, run: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LAUNCH_KEY}) AS locked`);
    if (!rows[0]?.locked) return;
    try {
      await run();
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${LAUNCH_KEY})`);
    }
  } finally {
    client.release();
  }
}
