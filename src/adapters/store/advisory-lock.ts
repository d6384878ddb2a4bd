import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** A session lock on the whole database, on a connection of its own. */
export interface AdvisoryLock {
  /** Aborted, with a sentence as its reason, when another process got the lock after our connection was lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

// 'planwrig' in ASCII. Advisory locks are counted per database, so a constant is enough.
const KEY = '8100956956810963303';
const RETRY_MS = 250;

// A server needs a moment to notice that the process before this one was killed.
const ATTEMPTS = 10;
const ATTEMPT_MS = 100;

const HELD =
  'Another Planwright is running on the database of DATABASE_URL. Stop it first, or give this one a database of its own. ' +
  '(If its machine died, the server lets go within half a minute.)';

/**
 * Keeps a second bot off the same database. When the connection breaks (a restarted server), it is opened again and the lock is
 * taken again; it is lost only when another process was faster.
 * @returns or a sentence for the operator when another process holds it.
 * @throws what `pg` throws when the server cannot be reached.
 */
export async function takeAdvisoryLock(databaseUrl: string): Promise<Outcome<AdvisoryLock>> {
  const lost = new AbortController();
  let released = false;
  let timer: NodeJS.Timeout | undefined;

  let client = await lockedClient(databaseUrl);
  if (client === null) return failure(HELD);

  const retake = () => {
    timer = setTimeout(async () => {
      try {
        const next = await lockedClient(databaseUrl);
        if (next === null) return lost.abort(HELD);
        if (released) return void (await next.end());
        client = next;
        watch(next);
      } catch {
        retake();
      }
    }, RETRY_MS);
  };
  const watch = (watched: pg.Client) => {
    watched.once('end', () => {
      if (!released) retake();
    });
  };
  watch(client);

  return success({
    lost: lost.signal,
    async release() {
      released = true;
      clearTimeout(timer);
      await client?.end();
    },
  });
}

async function lockedClient(databaseUrl: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true, application_name: 'planwright lock' });
  // An error also ends the connection, and the 'end' event is handled.
  client.on('error', () => {});
  await client.connect();
  // Otherwise a server keeps the session of a machine that died for two hours, and refuses its successor.
  await client.query('SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${KEY}) AS locked`);
    if (rows[0]?.locked) return client;
    await delay(ATTEMPT_MS);
  }
  await client.end();
  return null;
}
