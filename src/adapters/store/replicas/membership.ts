import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Fence, ReplicaWaits, SharedTime } from '../../../ports/replicas.ts';

/** This process among those that share the database. */
export interface Membership {
  /** Its id, which is also the engine's for it. Never used by another process. */
  readonly id: string;
  /** False where another live replica was there before. */
  readonly first: boolean;
  readonly fence: Fence;
  readonly time: SharedTime;
  /** Aborted, with a sentence as its reason, when others took this process for dead: they have its work. */
  readonly lost: AbortSignal;
  /** For how long this process has been in touch with the database without a break, in milliseconds. */
  steadyFor(): number;
  /** It takes no more part: others take over what it has not finished. */
  leave(): Promise<void>;
  /** No more beats. */
  close(): void;
}

export interface MembershipOptions {
  readonly pool: Pool;
  readonly version: string;
  readonly waits: ReplicaWaits;
  /** The id of the process that had the data folder before, whose lock shows that it is dead; null where there was none. */
  readonly predecessor: string | null;
  readonly log: Logger;
}

const DECLARED_DEAD =
  'Other replicas took this process for dead, because the database had no sign of life from it for too long, and have taken over its work.';

const BEAT = `
UPDATE planwright.replica SET seen_at = clock_timestamp() WHERE id = $1 AND gone_at IS NULL
RETURNING extract(epoch FROM clock_timestamp()) * 1000 AS now`;

/** On the database and locally, so that the two clocks are known to lie in one interval. Local moments are of the monotonic clock. */
interface Sample {
  readonly sent: number;
  readonly answered: number;
  readonly database: number;
}

/** Joins the replicas, and beats from then on. To be called by one process at a time. */
export async function join({ pool, version, waits, predecessor, log }: MembershipOptions): Promise<Membership> {
  const id = randomUUID();
  const lost = new AbortController();
  const monotonic = (): number => performance.now();
  if (predecessor !== null)
    await pool.query('UPDATE planwright.replica SET gone_at = now() WHERE id = $1 AND gone_at IS NULL', [predecessor]);
  const { rows } = await pool.query(
    `SELECT count(*) AS n FROM planwright.replica WHERE gone_at IS NULL AND seen_at > clock_timestamp() - $1 * interval '1 millisecond'`,
    [waits.lease],
  );
  await pool.query('INSERT INTO planwright.replica (id, version) VALUES ($1, $2)', [id, version]);

  const began = await sample();
  if (began === null) throw new Error(DECLARED_DEAD);
  let latest: Sample = began;
  let steadySince = latest.sent;
  let waiting: (() => void)[] = [];

  async function sample(): Promise<Sample | null> {
    const sent = monotonic();
    const { rows: beaten } = await pool.query(BEAT, [id]);
    return beaten[0] ? { sent, answered: monotonic(), database: Number(beaten[0].now) } : null;
  }

  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  async function beat(): Promise<void> {
    try {
      const next = await sample();
      if (stopped) return;
      if (next === null) return lost.abort(DECLARED_DEAD);
      // Others may have been cut off from the database with this process, and come back later.
      if (next.sent - latest.sent > waits.lease / 2) steadySince = next.sent;
      latest = next;
      for (const open of waiting.splice(0)) open();
    } catch (error) {
      log.warn({ err: error }, 'The database does not confirm that this process is alive');
    }
    if (!stopped) timer = setTimeout(() => void beat(), waits.beat);
  }
  timer = setTimeout(() => void beat(), waits.beat);

  const fence: Fence = {
    isOpen: () => !lost.signal.aborted && monotonic() - latest.sent < waits.fence,
    opened: () => (fence.isOpen() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
  const quit = (): void => {
    stopped = true;
    clearTimeout(timer);
    waiting = [];
  };

  return {
    id,
    first: Number(rows[0].n) === 0,
    fence,
    lost: lost.signal,
    time: {
      earliest: () => latest.database + (monotonic() - latest.answered),
      latest: () => latest.database + (monotonic() - latest.sent),
    },
    steadyFor: () => monotonic() - steadySince,
    async leave() {
      quit();
      await pool.query('UPDATE planwright.replica SET gone_at = now() WHERE id = $1 AND gone_at IS NULL', [id]);
    },
    close: quit,
  };
}
