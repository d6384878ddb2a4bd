// Waiting on a condition, never on a duration: conditions are asked again whenever something happened on the local GitHub.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Changes {
  happened(): void;
  /** Resolves when something happens, or after the slow safety poll. */
  next(): Promise<void>;
}

const SAFETY_POLL_MS = 400;
/** Between two times that one condition is asked: each costs a few requests, and a busy bot writes more often than that. */
const PAUSE_MS = 100;

export function createChanges(): Changes {
  let wake = Promise.withResolvers<void>();
  return {
    happened() {
      const woken = wake;
      wake = Promise.withResolvers<void>();
      woken.resolve();
    },
    async next() {
      const stop = new AbortController();
      await Promise.race([wake.promise, sleep(SAFETY_POLL_MS, undefined, { signal: stop.signal, ref: true }).catch(() => {})]);
      stop.abort();
    },
  };
}

export type Condition<T> = () => T | undefined | false | null | Promise<T | undefined | false | null>;

/** Waits until the condition yields something; when it does not in time, the error names `what` and tells what was seen instead. */
export async function until<T>(
  changes: Changes,
  what: string,
  condition: Condition<T>,
  timeoutMs: number,
  story: () => string,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const changed = changes.next(); // taken before the condition is asked, so that nothing slips between
    const pause = sleep(PAUSE_MS);
    const value = await condition();
    if (value !== undefined && value !== false && value !== null) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}.\n${story()}`);
    await Promise.all([changed, pause]);
  }
}
