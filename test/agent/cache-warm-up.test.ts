import { beforeEach, describe, expect, test } from '@jest/globals';
import { withCacheWarmUp } from '../../src/agent/cache-warm-up.ts';
import type { Turn } from '../../src/domain/model/conversation.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { failure, type Outcome, success } from '../../src/domain/outcome.ts';
import type { ModelFailure, Models, TurnRequest } from '../../src/ports/model.ts';
import type { PriceOf } from '../../src/ports/prices.ts';

const turn: Turn = { model: 'm', text: '', calls: [], stop: 'end', usage: NO_USAGE, reasoning: null, replay: null };
const PLAN = 'The plan. '.repeat(2_000);

const beginning = (own: string, more: Partial<TurnRequest> = {}): TurnRequest => ({
  model: 'anthropic/known',
  effort: 'low',
  system: 'You carry out one component.',
  tools: [],
  messages: [
    { role: 'user', text: PLAN },
    { role: 'user', text: own },
  ],
  cacheKey: 'plan-7',
  maxOutputTokens: 100,
  ...more,
});
const later = (own: string): TurnRequest => {
  const request = beginning(own);
  return { ...request, messages: [...request.messages, { role: 'assistant', turn }] };
};

interface Call {
  readonly own: string;
  readonly begin: () => void;
  readonly end: (outcome: Outcome<Turn, ModelFailure>) => void;
}

const CHEAPER_READ: PriceOf = (_, usage) => usage.input + 1.25 * usage.cache_write + 0.1 * usage.cache_read;

let calls: Call[];
let now: number;
let sleepers: (() => void)[];
let models: Models;

/** Until everything that can go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const asked = (): string[] => calls.map(({ own }) => own);

function over(priceOf: PriceOf): Models {
  return withCacheWarmUp(
    {
      turn: ({ messages }, begun) =>
        new Promise((end) => calls.push({ own: messages[1]?.role === 'user' ? messages[1].text : '', begin: begun, end })),
      knows: async () => 'exists',
    },
    {
      clock: {
        now: () => now,
        sleep: () => new Promise((resolve) => sleepers.push(resolve)),
      },
      priceOf,
    },
  );
}

beforeEach(() => {
  calls = [];
  now = 0;
  sleepers = [];
  models = over(CHEAPER_READ);
});

async function ask(...requests: readonly TurnRequest[]): Promise<void> {
  for (const request of requests) void models.turn(request);
  await settled();
}

describe('of conversations that begin alike at the same moment', () => {
  beforeEach(() => ask(beginning('a'), beginning('b'), beginning('c')));

  test('one goes ahead, and the others when its answer begins', async () => {
    expect(asked()).toEqual(['a']);
    calls[0]?.begin();
    await settled();
    expect(asked()).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, () => void]>([
    ['it fails', () => calls[0]?.end(failure({ kind: 'unavailable', message: 'Out.' }))],
    ['it ends without a beginning', () => calls[0]?.end(success(turn))],
    ['it keeps them waiting for too long', () => sleepers[0]?.()],
  ])('the others go, too, when %s', async (_, happens) => {
    happens();
    await settled();
    expect(asked()).toContain('b');
  });

  test('those of another plan, another model or further on do not wait', async () => {
    await ask(
      beginning('other plan', { cacheKey: 'plan-8' }),
      beginning('other model', { model: 'anthropic/other' }),
      later('d'),
    );
    expect(asked()).toEqual(['a', 'other plan', 'other model', 'd']);
  });
});

test('whether a call goes first or later, an attempt that broke off is paid for as the caller says', async () => {
  const payForRetry = async () => success(null);
  const seen: unknown[] = [];
  const warm = withCacheWarmUp(
    {
      turn: async (_, begun, pay) => {
        begun();
        seen.push(pay);
        return success(turn);
      },
      knows: async () => 'exists',
    },
    { clock: { now: () => now, sleep: async () => {} }, priceOf: CHEAPER_READ },
  );
  for (const own of ['a', 'b']) await warm.turn(beginning(own), payForRetry);
  expect(seen).toEqual([payForRetry, payForRetry]);
});

test('nobody waits for what is in the cache already, and it is forgotten after five minutes', async () => {
  await ask(beginning('a'));
  calls[0]?.begin();
  now = 4 * 60_000;
  await ask(beginning('b'), beginning('c'));
  expect(asked()).toEqual(['a', 'b', 'c']);
  calls[1]?.begin();
  now = 8 * 60_000;
  await ask(beginning('d'), beginning('e'));
  expect(asked()).toEqual(['a', 'b', 'c', 'd', 'e']);
  now = 10 * 60_000;
  await ask(beginning('f'), beginning('g'));
  expect(asked()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test.each<[string, PriceOf, Partial<TurnRequest>]>([
  [
    'what is shared is too short to be cached',
    CHEAPER_READ,
    {
      messages: [
        { role: 'user', text: 'Short.' },
        { role: 'user', text: 'Own.' },
      ],
    },
  ],
  ['nothing is shared', CHEAPER_READ, { messages: [{ role: 'user', text: PLAN }] }],
  ['the price is not known', () => null, {}],
  ['reading costs what writing costs', (_, usage) => usage.cache_write + usage.cache_read, {}],
])('nobody waits where %s', async (_, priceOf, more) => {
  models = over(priceOf);
  await ask(beginning('a', more), beginning('b', more));
  expect(calls).toHaveLength(2);
});
