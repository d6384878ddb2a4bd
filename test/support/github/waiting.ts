// Waiting on a condition, never on a duration: conditions are asked again whenever something happened on the local GitHub.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Changes {
  /** `about`: the full name of the repository it happened to; null: to none, or to several. */
  happened(about: string | null): void;
  /** Resolves when something happens to that repository (null: to any), or after the slow safety poll. */
  next(about: string | null): Promise<void>;
}

const SAFETY_POLL_MS = 400;
/**
 * Between two times that one condition is asked: each costs a few requests, and a busy bot writes more often than that. The longer it has
 * been waited for, the less a moment more matters.
 */
const PAUSE_MS = { first: 50, factor: 1.4, longest: 300 };

export function createChanges(): Changes {
  const waiting = new Set<{ readonly about: string | null; readonly wake: () => void }>();
  return {
    happened(about) {
      for (const one of waiting) if (about === null || one.about === null || one.about === about) one.wake();
    },
    async next(about) {
      const woken = Promise.withResolvers<void>();
      const one = { about, wake: woken.resolve };
      waiting.add(one);
      const poll = setTimeout(woken.resolve, SAFETY_POLL_MS);
      await woken.promise;
      clearTimeout(poll);
      waiting.delete(one);
    },
  };
}

export type Condition<T> = () => T | undefined | false | null | Promise<T | undefined | false | null>;

export interface Wait {
  readonly what: string;
  readonly timeoutMs: number;
  /** The full name of the only repository that the condition looks at; null: it looks at more. */
  readonly about: string | null;
  /** Tells what was seen instead. */
  readonly story: () => string;
}

/** Waits until the condition yields something; when it does not in time, the error names `what` and tells what was seen instead. */
export async function until<T>(changes: Changes, condition: Condition<T>, { what, timeoutMs, about, story }: Wait): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * PAUSE_MS.factor, PAUSE_MS.longest)) {
    const changed = changes.next(about); // taken before the condition is asked, so that nothing slips between
    const pause = sleep(pauseMs);
    const value = await condition();
    if (value !== undefined && value !== false && value !== null) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}.\n${story()}`);
    await Promise.all([changed, pause]);
  }
}
