import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBudgetLedger } from '../../../src/agent/budget/budget-ledger.ts';
import { inputTokensAtMost, maximumPrice } from '../../../src/agent/budget/maximum-cost.ts';
import { fromLedger, withinBudget } from '../../../src/agent/budget/within-budget.ts';
import { type Limits, NOTHING } from '../../../src/domain/model/budget.ts';
import type { Turn } from '../../../src/domain/model/conversation.ts';
import { type Charge, NO_USAGE, type Usage } from '../../../src/domain/model/usage.ts';
import { failure, success } from '../../../src/domain/outcome.ts';
import type { Models, TurnRequest } from '../../../src/ports/model.ts';
import type { PriceOf } from '../../../src/ports/prices.ts';

const request = (more: Partial<TurnRequest> = {}): TurnRequest => ({
  model: 'openai/known',
  effort: 'low',
  system: 'You plan.',
  tools: [{ name: 'look', description: 'Looks.', schema: { type: 'object' } }],
  messages: [{ role: 'user', text: 'Hello' }],
  cacheKey: 'k',
  maxOutputTokens: 1_000,
  ...more,
});
const turn = (usage: Partial<Usage>, model = 'openai/known'): Turn => ({
  model,
  text: '',
  calls: [],
  stop: 'end',
  usage: { ...NO_USAGE, ...usage },
  reasoning: null,
  replay: [],
});

/** $1 for a thousand tokens in, $2 written to the cache, $0.1 read from it, $5 out. */
const priceOf: PriceOf = (model, u) =>
  model === 'openai/known' ? (u.input + 2 * u.cache_write + 0.1 * u.cache_read + 5 * u.output) / 1_000 : null;

const asked: TurnRequest[] = [];
const answeringModels = (answer: () => ReturnType<Models['turn']>): Models => ({
  turn: (r) => {
    asked.push(r);
    return answer();
  },
  knows: async () => 'exists',
});
function bought(limits: Limits, answer: () => ReturnType<Models['turn']>) {
  asked.length = 0;
  const ledger = createBudgetLedger(NOTHING);
  return {
    ledger,
    models: withinBudget(answeringModels(answer), {
      reserve: fromLedger(async () => ledger),
      limits: async () => success(limits),
      priceOf,
    }),
  };
}

test('what a call really used is paid, at its own rates', async () => {
  const { ledger, models } = bought({ usd: 100, tokens: null }, async () =>
    success(turn({ input: 100, cache_read: 1_000, output: 10 })),
  );
  expect((await models.turn(request())).ok).toBe(true);
  expect(ledger.spent()).toEqual({ usd: 0.25, tokens: 1_110 });
});

test.each<[string, Partial<Usage>]>([
  ['NaN', { input: Number.NaN, output: 10 }],
  ['negative', { input: 100, output: -1_000_000 }],
  ['infinite', { cache_read: Number.POSITIVE_INFINITY }],
  ['beyond all measure', { cache_write: 1e300 }],
])('a usage that cannot be true (%s) is charged at the most the call can have cost', async (_, usage) => {
  const { ledger, models } = bought({ usd: 20, tokens: null }, async () => success(turn(usage)));
  const answer = await models.turn(request());
  const input = inputTokensAtMost(request());
  expect(answer).toMatchObject({ ok: true, value: { usage: { ...NO_USAGE, input, output: 1_000 } } });
  expect(ledger.spent()).toEqual({ usd: (input + 5_000) / 1_000, tokens: input + 1_000 });
  for (let i = 0; i < 9; i++) await models.turn(request());
  expect(await models.turn(request())).toMatchObject({ ok: false, reason: { kind: 'unaffordable' } });
});

test('reasoning that cannot be true is left out: it is part of the output, which is counted', async () => {
  const { models } = bought({ usd: 20, tokens: null }, async () => success(turn({ input: 5, reasoning: Number.NaN })));
  expect(await models.turn(request())).toMatchObject({ value: { usage: { input: 5, reasoning: 0 } } });
});

test('a call that does not fit is not made', async () => {
  const { models } = bought({ usd: 1, tokens: null }, async () => success(turn({})));
  const answer = await models.turn(request());
  expect(answer).toMatchObject({ ok: false, reason: { kind: 'unaffordable' } });
  expect(answer.ok ? '' : answer.reason.message).toMatch(
    /^the budget of \$1 for this task is too small to start: the next call could cost up to \$7\.\d\d. To continue, raise `budget\.usd_per_task` in `\.github\/planwright\.yml`\.$/,
  );
  expect(asked).toHaveLength(0);
});

test('an unknown price stops before spending where only dollars are limited', async () => {
  const unknown = request({ model: 'compatible/new' });
  const dollars = bought({ usd: 10, tokens: null }, async () => success(turn({})));
  const answer = await dollars.models.turn(unknown);
  expect(answer.ok ? '' : answer.reason.message).toContain('the price of `compatible/new` is unknown');
  for (const way of ['PRICES_FILE', '`budget.tokens_per_task`', '`usd_per_task: null`'])
    expect(answer.ok ? '' : answer.reason.message).toContain(way);
  expect(asked).toHaveLength(0);

  for (const limits of [
    { usd: 10, tokens: 100_000 },
    { usd: null, tokens: null },
  ]) {
    const { models, ledger } = bought(limits, async () => success(turn({ input: 7 }, 'compatible/new')));
    expect((await models.turn(unknown)).ok).toBe(true);
    expect(ledger.spent()).toEqual({ usd: 0, tokens: 7 });
  }
});

test('a call that failed, or threw, leaves nothing set aside', async () => {
  const limits = { usd: 10, tokens: null };
  const failing = bought(limits, async () => failure({ kind: 'rejected', message: 'no' } as const));
  for (let i = 0; i < 5; i++) expect(await failing.models.turn(request())).toMatchObject({ reason: { kind: 'rejected' } });
  const throwing = bought(limits, () => Promise.reject(new Error('bug')));
  for (let i = 0; i < 5; i++) await expect(throwing.models.turn(request())).rejects.toThrow('bug');
  expect(throwing.ledger.spent()).toEqual(NOTHING);
});

describe('attempts whose answers broke off are paid', () => {
  const charge = (input: number, output = 0) => ({ model: 'openai/known', usage: { ...NO_USAGE, input, output } });
  const limits = { usd: 100, tokens: null };

  test('where no turn came back', async () => {
    const { ledger, models } = bought(limits, async () =>
      failure({ kind: 'unavailable', message: 'cut', unfinished: [charge(100), charge(100, 10)] } as const),
    );
    expect(await models.turn(request())).toMatchObject({ reason: { unfinished: [{}, {}] } });
    expect(ledger.spent()).toEqual({ usd: 0.25, tokens: 210 });
  });

  test('on top of the answer that came in the end', async () => {
    const { ledger, models } = bought(limits, async () =>
      success({ ...turn({ input: 100, output: 20 }), unfinished: [charge(100, 10)] }),
    );
    await models.turn(request());
    expect(ledger.spent()).toEqual({ usd: 0.35, tokens: 230 });
  });

  test('each at its own price, which may depend on the length of its request', async () => {
    const ledger = createBudgetLedger(NOTHING);
    const models = withinBudget(
      answeringModels(async () =>
        failure({ kind: 'unavailable', message: 'cut', unfinished: [charge(150), charge(150)] } as const),
      ),
      {
        reserve: fromLedger(async () => ledger),
        limits: async () => success(limits),
        priceOf: (_, { input }) => (input > 200 ? 50 : 1),
      },
    );
    await models.turn(request());
    expect(ledger.spent().usd).toBe(2);
  });

  test('at the most they can have cost where the count cannot be true', async () => {
    const { ledger, models } = bought(limits, async () =>
      failure({ kind: 'unavailable', message: 'cut', unfinished: [charge(Number.NaN)] } as const),
    );
    await models.turn(request());
    expect(ledger.spent().tokens).toBe(inputTokensAtMost(request()) + 1_000);
  });
});

describe('another attempt, after one that is billed', () => {
  const most = inputTokensAtMost(request()) + 1_000;
  const usage = { ...NO_USAGE, input: 100, output: 800 };

  /** A provider whose answers break off `broken` times, as far as another attempt is paid for. */
  function breakingOff(limits: Limits, broken: number, billed: Usage = usage) {
    const ledger = createBudgetLedger(NOTHING);
    const spent: number[] = [];
    const turning: Models['turn'] = async (_, payForRetry) => {
      const unfinished: Charge[] = [];
      while (unfinished.length < broken) {
        unfinished.push({ model: 'openai/known', usage: billed });
        const paid = await payForRetry?.(billed);
        spent.push(ledger.spent().tokens);
        if (paid && !paid.ok) return failure({ kind: 'unaffordable', message: paid.reason, unfinished });
      }
      return success({ ...turn({ input: 100, output: 10 }), unfinished });
    };
    const models = withinBudget(
      { turn: turning, knows: async () => 'exists' },
      { reserve: fromLedger(async () => ledger), limits: async () => success(limits), priceOf },
    );
    return { ledger, spent, models };
  }

  test('is made as long as it fits, and each is paid once', async () => {
    const { ledger, models, spent } = breakingOff({ usd: null, tokens: 100_000 }, 4);
    expect(await models.turn(request())).toMatchObject({ ok: true, value: { unfinished: [{}, {}, {}, {}] } });
    expect(spent).toEqual([900, 1_800, 2_700, 3_600]);
    expect(ledger.spent()).toEqual({ usd: expect.closeTo(4 * 4.1 + 0.15, 6), tokens: 4 * 900 + 110 });
  });

  test('is not made where it could exceed the budget, and nothing stays reserved', async () => {
    const limits = { usd: null, tokens: most + 1_000 };
    const { ledger, models } = breakingOff(limits, 4);
    const answer = await models.turn(request());
    expect(answer).toMatchObject({ reason: { kind: 'unaffordable', unfinished: [{}, {}] } });
    expect(answer.ok ? '' : answer.reason.message).toContain('1,800 tokens so far');
    expect(ledger.spent().tokens).toBe(1_800);
    expect(await ledger.reserve({ usd: 0, tokens: limits.tokens - 1_800 }, limits)).toMatchObject({ ok: true });
  });

  test('is charged at the most where the count cannot be true', async () => {
    const { ledger, models } = breakingOff({ usd: null, tokens: 2 * most - 1 }, 4, { ...usage, output: Number.NaN });
    expect(await models.turn(request())).toMatchObject({ reason: { kind: 'unaffordable' } });
    expect(ledger.spent().tokens).toBe(most);
  });

  test('does not wait for itself: what was reserved for the first is released', async () => {
    const limits = { usd: null, tokens: most + 1_800 };
    const { ledger, models } = breakingOff(limits, 2);
    expect(await models.turn(request())).toMatchObject({ ok: true });
    expect(ledger.spent().tokens).toBe(1_910);
  });
});

test('settings that cannot be read stop the call', async () => {
  const models = withinBudget(
    answeringModels(async () => success(turn({}))),
    {
      reserve: fromLedger(async () => createBudgetLedger(NOTHING)),
      limits: async () => failure('the settings are broken.'),
      priceOf,
    },
  );
  expect(await models.turn(request())).toEqual(failure({ kind: 'unaffordable', message: 'the settings are broken.' }));
});

test('the worst case of a first request is a token a byte; later the provider has counted', () => {
  const text = 'ü'.repeat(10_000);
  const first = inputTokensAtMost(request({ messages: [{ role: 'user', text }] }));
  expect(first).toBeGreaterThan(20_000);
  expect(first).toBeLessThan(22_000);
  const answered = turn({ input: 10, cache_read: 4_000, cache_write: 1_000, output: 500 });
  const later = inputTokensAtMost(
    request({
      messages: [
        { role: 'user', text },
        { role: 'assistant', turn: answered },
        { role: 'tools', results: [{ call_id: 'c', content: 'x'.repeat(100), is_error: false }] },
      ],
    }),
  );
  expect(later).toBeGreaterThan(5_610);
  expect(later).toBeLessThan(7_000);
});

test('a server that counts nothing is not believed', () => {
  const messages: TurnRequest['messages'] = [
    { role: 'user', text: 'x'.repeat(5_000) },
    { role: 'assistant', turn: turn({}) },
    { role: 'user', text: 'go on' },
  ];
  expect(inputTokensAtMost(request({ messages }))).toBeGreaterThan(5_000);
});

test('no usage within the bounds costs more than the worst case', () => {
  const n = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(n, n, n, n, (input, cache_read, cache_write, output) => {
      const worst = maximumPrice('openai/known', input + cache_read + cache_write, output, priceOf) ?? 0;
      expect(priceOf('openai/known', { ...NO_USAGE, input, cache_read, cache_write, output })).toBeLessThanOrEqual(worst + 1e-6);
    }),
  );
});

test('an image is reserved at the most tokens that a provider counts for one, however few bytes it has', () => {
  const image = { type: 'image/png', base64: 'iVBORw0KGgo=' } as const;
  const tokens = (images: number): number =>
    inputTokensAtMost(
      request({ messages: [{ role: 'user', text: 'See.', images: Array.from({ length: images }, () => image) }] }),
    );
  expect(tokens(2) - tokens(0)).toBe(20_000);
});
