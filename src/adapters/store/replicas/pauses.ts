import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { SharedTime } from '../../../ports/replicas.ts';
import type { Pauses } from '../../../ports/shared-memory.ts';
import type { DatabaseSession } from '../database-session.ts';
import { readNotice, sendNotice } from './notices.ts';

/** A pause that one process learns of holds for all: the others hear of it at once, and read all pauses where they may have missed one. */
export function openPauses(pool: Pool, session: DatabaseSession, time: SharedTime, log: Logger): Pauses {
  const known = new Map<string, number>();
  const quietly = (run: Promise<unknown>): void => {
    run.catch((error: unknown) => log.warn({ err: error }, 'Pauses could not be shared with other processes'));
  };
  /** Rows and notices are in the database's time. */
  const offset = (): number => time.latest() - Date.now();
  const note = (key: string, until: number): void => void known.set(key, Math.max(Math.ceil(until), known.get(key) ?? 0));
  async function readAll(): Promise<void> {
    const { rows } = await pool.query<{ key: string; until: string }>('SELECT key, until FROM planwright.pause');
    for (const { key, until } of rows) note(key, Number(until) - offset());
  }
  session.listen((text) => {
    if (text === null) return quietly(readAll());
    const notice = readNotice(text);
    if (notice?.kind === 'pause') note(notice.key, notice.until - offset());
  });
  quietly(readAll());

  return {
    until(key) {
      const until = known.get(key);
      if (until === undefined || until > Date.now()) return until ?? null;
      known.delete(key);
      return null;
    },
    pause(key, until) {
      if (until <= (known.get(key) ?? 0)) return;
      note(key, until);
      const shared = Math.round(until + offset());
      const put = pool.query(
        `INSERT INTO planwright.pause AS known (key, until) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET until = greatest(known.until, excluded.until)`,
        [key, shared],
      );
      quietly(put.then(() => sendNotice(pool, { kind: 'pause', key, until: shared })));
    },
  };
}
