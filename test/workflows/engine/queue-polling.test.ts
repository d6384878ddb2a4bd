import { beforeEach, expect, test } from '@jest/globals';
import { adaptivePolling, BUSY_MS, IDLE_MS, type QueuePolling } from '../../../src/workflows/engine/queue-polling.ts';

let now: number;
let working: boolean;
let away: boolean;
/** What the queues were told, in order. */
let told: number[];
let polling: QueuePolling;

beforeEach(() => {
  [now, working, away, told] = [0, false, false, []];
  const queue = {
    async setMinPollingIntervalMs(ms: number): Promise<void> {
      if (away) throw new Error('The database is away.');
      told.push(ms);
    },
  };
  polling = adaptivePolling(
    [queue],
    () => working,
    () => now,
  );
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Nothing happens for so many seconds, then somebody looks. */
async function quietFor(seconds: number): Promise<void> {
  now += seconds * 1_000;
  polling.slowDown();
  await settled();
}

async function stirred(): Promise<void> {
  polling.markBusy();
  await settled();
}

test('after a minute without anything the queues are looked at once a second, and often again when something happens', async () => {
  await quietFor(59);
  expect(told).toEqual([]);
  await quietFor(1);
  await quietFor(60);
  expect(told).toEqual([IDLE_MS]);
  await stirred();
  await stirred();
  expect(told).toEqual([IDLE_MS, BUSY_MS]);
  await quietFor(59);
  expect(told).toEqual([IDLE_MS, BUSY_MS]);
  await quietFor(1);
  expect(told).toEqual([IDLE_MS, BUSY_MS, IDLE_MS]);
});

test('a step that takes long, as a model turn does, is no idle time', async () => {
  working = true;
  await quietFor(600);
  expect(told).toEqual([]);
});

test('what happens while it slows down has the last word', async () => {
  now += 60_000;
  polling.slowDown();
  await stirred();
  expect(told).toEqual([IDLE_MS, BUSY_MS]);
});

test('a database that is away is told again on the next occasion', async () => {
  await quietFor(60);
  away = true;
  await stirred();
  away = false;
  await stirred();
  expect(told).toEqual([IDLE_MS, BUSY_MS]);
});
