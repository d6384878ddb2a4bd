import { expect, test } from '@jest/globals';
import { calcPrice } from '@pydantic/genai-prices';
import { parsePrices } from '../../../src/adapters/prices/parse-prices.ts';
import { priceOfWith } from '../../../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../../../src/adapters/prices/shipped-prices.ts';
import { NO_USAGE, type Usage } from '../../../src/domain/model/usage.ts';

const M = 1_000_000;
const usage = (some: Partial<Usage>): Usage => ({ ...NO_USAGE, ...some });

const overlay = {
  'compatible/qwen': { input: 1, output: 4, cache_read: 0.1, cache_write: 1.25 },
  'compatible/plain': { input: 2, output: 3 },
  'compatible/banded': {
    input: 1,
    output: 5,
    above: [
      { prompt_tokens: 200_000, input: 3, output: 7 },
      { prompt_tokens: 100_000, input: 2, output: 6, cache_read: 0.5 },
    ],
  },
};
const priceOf = priceOfWith([SHIPPED_PRICES, overlay]);

test.each<[string, Partial<Usage>, number]>([
  ['compatible/qwen', { input: M }, 1],
  ['compatible/qwen', { cache_read: M }, 0.1],
  ['compatible/qwen', { cache_write: M }, 1.25],
  ['compatible/qwen', { output: M }, 4],
  ['compatible/qwen', { output: M, reasoning: M }, 4],
  ['compatible/qwen', { input: M, cache_read: M, cache_write: M, output: M }, 6.35],
  ['compatible/plain', { input: M, cache_read: M, cache_write: M, output: M }, 9],
  ['compatible/banded', { input: 100_000, output: M }, 0.1 + 5],
  ['compatible/banded', { input: 100_001, output: M }, 0.200002 + 6],
  ['compatible/banded', { cache_read: 60_000, cache_write: 40_000, input: 1 }, 0.03 + 0.08 + 0.000002],
  ['compatible/banded', { input: 200_001 }, 0.600003],
])('the overlay prices %s with %j at %d dollars', (model, some, dollars) => {
  expect(priceOf(model, usage(some))).toBeCloseTo(dollars, 10);
});

// As Anthropic's overview of its models lists them; the last column is the assumed one.
test.each<[Partial<Usage>, number]>([
  [{ input: 100_000 }, 0.01],
  [{ output: M }, 0.5],
  [{ input: 100_001 }, 0.0500005],
  [{ input: 100_001, output: M }, 0.0500005 + 2.5],
  [{ cache_write: 100_000 }, 0.0125],
  [{ cache_write: 200_000 }, 0.125],
  [{ cache_read: 100_000 }, 0.001],
  [{ cache_read: 200_000 }, 0.01],
])('the shipped overlay prices claude-haiku-5-5 with %j at %d dollars', (some, dollars) => {
  expect(priceOf('anthropic/claude-haiku-5-5', usage(some))).toBeCloseTo(dollars, 10);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a usage of %d has no price', (count) => {
  for (const model of ['compatible/plain', 'anthropic/claude-opus-5-5'])
    expect(priceOf(model, usage({ input: count }))).toBeNull();
});

// The four counts are apart in our usage; the library wants the cached ones within input_tokens and takes them out again.
test.each<[Partial<Usage>, number]>([
  [{ input: M }, 4],
  [{ cache_read: M }, 0.2],
  [{ cache_write: M }, 5],
  [{ output: M }, 20],
  [{ input: M, cache_read: M, cache_write: M, output: M }, 29.2],
  [{}, 0],
])('the library prices claude-opus-5-5 with %j at %d dollars', (some, dollars) => {
  expect(priceOf('anthropic/claude-opus-5-5', usage(some))).toBeCloseTo(dollars, 10);
});

test('a model without prices for the cache pays the price of other input for it', () => {
  const some = usage({ input: M, cache_write: M });
  expect(priceOf('openai/gpt-5', some)).toBeCloseTo(2 * (priceOf('openai/gpt-5', usage({ input: M })) ?? 0), 10);
});

test('every shipped price says where and when it was read', () => {
  for (const price of Object.values(SHIPPED_PRICES)) {
    expect(price.source).toMatch(/^https:\/\//);
    expect(price.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

test('the shipped prices are for models the library does not know, and it knows the default planner', () => {
  for (const model of Object.keys(SHIPPED_PRICES))
    expect([model, priceOfWith([])(model, usage({ input: M }))]).toEqual([model, null]);
  expect(priceOfWith([])('anthropic/claude-opus-5-5', usage({ input: M }))).not.toBeNull();
});

test.each([
  ['anthropic/claude-sonnet-5-5', 'the library answers with claude-sonnet-5, of which it is no version'],
  ['anthropic/claude-haiku-4-5-turbo', 'a prefix'],
  ['anthropic/no-such-model', 'unknown'],
  ['compatible/gpt-5', 'another server under the same id'],
  ['openai/', 'no id'],
  ['nobody/gpt-5', 'no provider'],
])('the price of %s is unknown, never 0: %s', (model) => {
  expect(priceOf(model, usage({ input: M, output: M }))).toBeNull();
  expect(priceOf(model, NO_USAGE)).toBeNull();
});

test('the library does match prefixes, which is why they are refused here', () => {
  expect(calcPrice({ input_tokens: 1 }, 'claude-sonnet-5-5', { providerId: 'anthropic' })?.model.id).toBe('claude-sonnet-5');
});

test.each(['anthropic/claude-opus-5-5-20260901', 'openai/gpt-5-2025-08-07'])(
  'a dated id the library names is known: %s',
  (model) => {
    expect(priceOf(model, usage({ output: M }))).toBeGreaterThan(0);
  },
);

test('a later overlay wins, over the shipped prices and over the library', () => {
  const mine = priceOfWith([
    SHIPPED_PRICES,
    { 'anthropic/claude-haiku-5-5': { input: 2, output: 2 }, 'anthropic/claude-opus-5-5': { input: 0, output: 1 } },
  ]);
  expect(mine('anthropic/claude-haiku-5-5', usage({ input: M }))).toBe(2);
  expect(mine('anthropic/claude-opus-5-5', usage({ input: M, output: M }))).toBe(1);
});

test.each([
  ['{"compatible/qwen": {"input": 1, "output": 5, "cache_read": 0.1}}', 'JSON'],
  ['# ours\ncompatible/qwen: { input: 1, output: 5, cache_read: 0.1 }\n', 'YAML'],
  ['"compatible/qwen":\n  input: 1\n  output: 5\n  cache_read: 0.1\n', 'YAML in blocks'],
])('prices are read from %j (%s)', (text) => {
  expect(parsePrices(text)).toEqual({ ok: true, value: { 'compatible/qwen': { input: 1, output: 5, cache_read: 0.1 } } });
});

test('a price may have bands, a source and a date', () => {
  const text = [
    'compatible/qwen:',
    '  input: 1',
    '  output: 5',
    '  above: [{ prompt_tokens: 100000, input: 2, output: 10, cache_read: 0.2 }]',
    '  source: https://example.com/prices',
    '  date: 2026-11-29',
  ].join('\n');
  expect(parsePrices(text)).toEqual({
    ok: true,
    value: {
      'compatible/qwen': {
        input: 1,
        output: 5,
        above: [{ prompt_tokens: 100_000, input: 2, output: 10, cache_read: 0.2 }],
        source: 'https://example.com/prices',
        date: '2026-11-29',
      },
    },
  });
});

test.each([
  ['above: 5', '`compatible/a.above` must be a list of prices for longer prompts.'],
  ['above: [5]', '`compatible/a.above.0` must hold `input` and `output`.'],
  [
    'above: [{ tokens: 5, prompt_tokens: 5, input: 1, output: 1 }]',
    '`compatible/a.above.0` has unknown keys (tokens); known are prompt_tokens, input, output, cache_read, cache_write.',
  ],
  ['above: [{ prompt_tokens: 0, input: 1, output: 1 }]', '`compatible/a.above.0.prompt_tokens` must be more than 0.'],
  [
    'above: [{ prompt_tokens: 1.5, input: 1, output: 1 }]',
    '`compatible/a.above.0.prompt_tokens` must be a whole number of tokens.',
  ],
  ['date: soon', '`compatible/a.date` must be a date like 2026-11-29.'],
  [
    'above: [{ prompt_tokens: 5, input: 1, output: 1 }, { prompt_tokens: 5, input: 2, output: 1 }]',
    '`compatible/a.above` must name each `prompt_tokens` once.',
  ],
])('a price with %s is refused', (part, problem) => {
  expect(parsePrices(`compatible/a: { input: 1, output: 1, ${part} }`)).toEqual({ ok: false, reason: [problem] });
});

test('an empty file holds no prices', () => expect(parsePrices('')).toEqual({ ok: true, value: {} }));

test('every problem of a file is named', () => {
  const text = [
    'qwen: { input: 1, output: 1 }',
    'compatible/a: { input: 1 }',
    'compatible/b: { input: -1, output: free, cached: 3 }',
    'compatible/c: 5',
    'compatible/d:',
  ].join('\n');
  expect(parsePrices(text)).toEqual({
    ok: false,
    reason: [
      '`qwen` must be provider/model-id, with provider anthropic, openai, gemini or compatible.',
      '`compatible/a.output` must be a number of US dollars per million tokens.',
      '`compatible/b.input` must not be negative.',
      '`compatible/b.output` must be a number of US dollars per million tokens.',
      '`compatible/b` has unknown keys (cached); known are input, output, cache_read, cache_write, above, source, date, assumed.',
      '`compatible/c` must hold `input` and `output`.',
      '`compatible/d` must hold `input` and `output`.',
    ],
  });
});

test.each(['- a list', 'just text', '5'])('%j is not a file of prices', (text) => {
  expect(parsePrices(text)).toEqual({ ok: false, reason: ['It must map `provider/model-id` to prices.'] });
});

test.each(['{', 'a: 1\na: 2', 'a: *b', '[1, 2', 'a: 1\n---\nb: 2'])(
  '%j is refused with a reason, not with an exception',
  (text) => {
    expect(parsePrices(text)).toEqual({ ok: false, reason: [expect.stringMatching(/^It is neither YAML nor JSON: .+\.$/)] });
  },
);
