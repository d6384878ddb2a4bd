import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  IDLE_MS,
  pollingOnDemand,
  pollOnlyWhenDue,
  type QueuePolling,
  TICK_MS,
} from '../../../src/workflows/engine/queue-polling.ts';

let now: number;
let polling: QueuePolling;

beforeEach(() => {
  now = 0;
  polling = pollingOnDemand(() => now);
});

/** The moments until then at which the queue is polled, when the engine asks at every tick. */
function pollsUntil(end: number, queue = 'tasks'): number[] {
  const polls: number[] = [];
  for (; now < end; now += TICK_MS) if (polling.isDue(queue)) polls.push(now);
  return polls;
}

test('a queue is polled at once, then after growing pauses, then once a second', () => {
  expect(pollsUntil(5_000)).toEqual([0, 25, 125, 525, 1_525, 2_525, 3_525, 4_525]);
});

test('what wakes a queue is noticed at the next tick, and again shortly after, because it may not be committed yet', () => {
  pollsUntil(4_000);
  polling.wake('tasks');
  expect(pollsUntil(4_200)).toEqual([4_000, 4_025, 4_125]);
});

test('each queue is woken for itself', () => {
  pollsUntil(4_000, 'tasks');
  now = 0;
  pollsUntil(4_000, 'plans');
  polling.wake('plans');
  expect([polling.isDue('tasks'), polling.isDue('plans')]).toEqual([false, true]);
});

test('however often it is woken, no tick polls twice and no queue waits longer than the idle time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (wakes) => {
      now = 0;
      polling = pollingOnDemand(() => now);
      const polls: number[] = [];
      for (let tick = 0; tick < 400; tick += 1, now += TICK_MS) {
        if (wakes.includes(tick)) polling.wake('tasks');
        if (polling.isDue('tasks')) polls.push(now);
        if (wakes.includes(tick)) expect(polls.at(-1)).toBe(now);
      }
      for (const [i, at] of polls.entries()) {
        if (i > 0) expect(at - (polls[i - 1] as number)).toBeGreaterThan(0);
        if (i > 0) expect(at - (polls[i - 1] as number)).toBeLessThanOrEqual(IDLE_MS);
      }
    }),
  );
});

test("the engine's own runner polls only what is due", async () => {
  const polled: string[] = [];
  const runner = {
    async pollQueue(_: unknown, { name }: { readonly name: string }) {
      polled.push(name);
      return name === 'contended';
    },
  };
  pollOnlyWhenDue({ isDue: (queue) => queue !== 'quiet', wake: () => {} }, runner);
  const results = [];
  for (const name of ['tasks', 'quiet', 'contended']) results.push(await runner.pollQueue(null, { name }));
  expect([polled, results]).toEqual([['tasks', 'contended'], [false, true, false].map((_, i) => i === 2)]);
});
