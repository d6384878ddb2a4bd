/** Milliseconds between two polls of a queue while there is work: the engine's default of a second would delay every step of a task. */
export const BUSY_MS = 100;
/** The same while there is none. Ten polls a second cost up to a tenth of a core on PGlite, measured, and most bots are idle most of the day. */
export const IDLE_MS = 1_000;
const IDLE_AFTER_MS = 60_000;

/** A queue of the engine, which cannot be notified and polls the database. */
export interface PolledQueue {
  setMinPollingIntervalMs(ms: number): Promise<void>;
}

export interface QueuePolling {
  /** Something is about to be enqueued, or is running. */
  markBusy(): void;
  /** To be called regularly: slows polling down when nothing has happened for a while. */
  slowDown(): void;
}

/**
 * How often the queues are polled. They begin busy, because a start recovers what was left. The engine slows down at once but speeds up
 * step by step, so that after an idle time the first steps of a task come up to a second later each.
 */
export function adaptivePolling(queues: readonly PolledQueue[], isWorking: () => boolean, now: () => number): QueuePolling {
  let busyAt = now();
  let idle = false;
  // Changes are written one after the other, so that the latest one wins.
  let changed: Promise<unknown> = Promise.resolve();

  function become(next: boolean): void {
    idle = next;
    changed = changed.then(async () => {
      try {
        for (const queue of queues) await queue.setMinPollingIntervalMs(next ? IDLE_MS : BUSY_MS);
      } catch {
        // The database is unavailable, and nothing can run without it; the next call tries again.
        idle = !next;
      }
    });
  }

  return {
    markBusy() {
      busyAt = now();
      if (idle) become(false);
    },
    slowDown() {
      if (!idle && !isWorking() && now() - busyAt >= IDLE_AFTER_MS) become(true);
    },
  };
}
