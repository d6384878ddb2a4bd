import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that never waits: it notes each requested wait and advances by as much. */
export function recordingClock(start = Date.parse('2026-11-01T12:00:00Z')): Clock & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  let now = start;
  return {
    waits,
    now: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  };
}
