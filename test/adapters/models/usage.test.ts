import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { billedUsage, type ReportedUsage, type Visible } from '../../../src/adapters/models/usage.ts';
import { totalTokens, type Usage } from '../../../src/domain/model/usage.ts';
import type { TurnRequest } from '../../../src/ports/model.ts';

const REQUEST: TurnRequest = {
  model: 'compatible/llama',
  effort: 'low',
  system: '',
  tools: [],
  messages: [{ role: 'user', text: 'x'.repeat(4_000) }],
  cacheKey: '',
  maxOutputTokens: 500,
};
const NOTHING: ReportedUsage = { prompt: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null };
const SAID: Visible = { answer: ['a'.repeat(396)], reasoning: '' };

const billed = (reported: Partial<ReportedUsage>, visible = SAID): Usage =>
  billedUsage({ ...NOTHING, ...reported }, REQUEST, visible);

test('what is reported counts, in disjoint parts', () => {
  expect(billed({ prompt: 200, cacheRead: 40, cacheWrite: 60, output: 30, reasoning: 20 })).toEqual({
    input: 100,
    cache_read: 40,
    cache_write: 60,
    output: 30,
    reasoning: 20,
  });
});

const GARBAGE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300, '12', true, [], {}];

test.each(GARBAGE)('an input of %p is billed as a token for each byte', (prompt) => {
  const { input, output } = billed({ prompt, output: 30 });
  expect(input).toBeGreaterThan(4_000);
  expect(output).toBe(30);
});

test.each(GARBAGE)('an output of %p is billed as the longest answer that was allowed', (output) => {
  expect(billed({ prompt: 200, output })).toMatchObject({ input: 200, output: 500 });
});

test.each(GARBAGE)('a cached part of %p makes all of the input count, as uncached', (count) => {
  for (const part of ['cacheRead', 'cacheWrite'] as const) {
    const usage = billed({ prompt: 200, output: 30, [part]: count });
    expect(usage).toMatchObject({ cache_read: 0, cache_write: 0 });
    expect(usage.input).toBeGreaterThan(4_000);
  }
});

test('more cached than there was is cut to what there was', () => {
  expect(billed({ prompt: 200, cacheRead: 1_000_000, cacheWrite: 5, output: 1 })).toMatchObject({
    input: 0,
    cache_read: 200,
    cache_write: 0,
  });
});

test.each([null, undefined, 0])('counts of %p are estimated at four bytes a token', (count) => {
  const usage = billed({ prompt: count, output: count });
  expect(usage.input).toBeGreaterThan(1_000);
  expect(usage.input).toBeLessThan(1_100);
  expect(usage.output).toBe(100);
});

test('an answer of nothing costs no output', () => {
  expect(billed({ prompt: 5, output: 0 }, { answer: ['', []], reasoning: '' })).toMatchObject({ input: 5, output: 0 });
});

test('whatever a server reports, the bill is of whole numbers, never below 0, and never free', () => {
  const anything = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(...GARBAGE, null, undefined, 0));
  const reported = fc.record({
    prompt: anything,
    cacheRead: anything,
    cacheWrite: anything,
    output: anything,
    reasoning: anything,
  });
  fc.assert(
    fc.property(reported, (given) => {
      const usage = billed(given);
      for (const count of Object.values(usage)) {
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeGreaterThanOrEqual(0);
      }
      expect(usage.reasoning).toBeLessThanOrEqual(usage.output);
      expect(totalTokens(usage)).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
