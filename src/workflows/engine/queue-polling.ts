/** Milliseconds between two looks at a queue while something happens: the engine's own second would be felt at every step of a task. */
export const BUSY_MS = 100;
/** And while nothing does. Ten looks a second cost up to a tenth of a core on PGlite, measured, and most bots are idle most of the day. */
export const IDLE_MS = 1_000;
const IDLE_AFTER_MS = 60_000;

/** A queue of the engine, which cannot be woken: it looks for itself, every so often. */
export interface PolledQueue {
  setMinPollingIntervalMs(ms: number): Promise<void>;
}

export interface QueuePolling {
  /** Something is about to be put on a queue, or is being worked on. */
  markBusy(): void;
  /** To be called now and then: slows down when nothing has happened for a while. */
  slowDown(): void;
}

/**
 * How often the queues are looked at. They begin busy, because a start takes up what there is. The engine slows down at once but speeds up
 * by and by, so that after an idle time the first steps of a task come up to a second later each.
 */
export function adaptivePolling(queues: readonly PolledQueue[], isWorking: () => boolean, now: () => number): QueuePolling {
  let stirredAt = now();
  let idle = false;
  // One change after the other, so that the last word is the last that is written.
  let changed: Promise<unknown> = Promise.resolve();

  function become(next: boolean): void {
    idle = next;
    changed = changed.then(async () => {
      try {
        for (const queue of queues) await queue.setMinPollingIntervalMs(next ? IDLE_MS : BUSY_MS);
      } catch {
        // The database is away, and with it everything that would have to be quick; the next occasion tries again.
        idle = !next;
      }
    });
  }

  return {
    markBusy() {
      stirredAt = now();
      if (idle) become(false);
    },
    slowDown() {
      if (!idle && !isWorking() && now() - stirredAt >= IDLE_AFTER_MS) become(true);
    },
  };
}
