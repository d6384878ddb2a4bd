import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that moves only when somebody sleeps on it, and then at once: no test waits. */
export interface StoppedClock extends Clock {
  /** Milliseconds of each sleep, in order. */
  readonly slept: readonly number[];
  advance(ms: number): void;
}

export function stoppedClock(start = Date.parse('2026-11-23T12:00:00Z')): StoppedClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}
