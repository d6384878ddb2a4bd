import { expect, test } from '@jest/globals';
import { addSpend, amountOf, exceeded, sum } from '../../../src/domain/model/budget.ts';
import type { Spend } from '../../../src/domain/model/spend.ts';
import { budgetSpent, shareOfLimit } from '../../../src/replies/phrases/budget.ts';

const spend = (model: string, usd: number | null, output = 10): Spend => ({
  model,
  turns: 1,
  usage: { input: 1, cache_read: 2, cache_write: 3, output, reasoning: 4 },
  usd,
  ms: 1_000,
});

test('attempts of one model become one entry, the latest model last, and no money is forgotten', () => {
  const attempts = [spend('a', 1), spend('b', 2), spend('a', 0.5), spend('b', null), spend('a', 0.25)];
  const kept = attempts.reduce<Spend[]>((list, s) => addSpend(list, [s]), []);
  expect(kept.map((s) => [s.model, s.turns, s.usd, s.usage.output])).toEqual([
    ['b', 1, 2, 10],
    ['b', 1, null, 10],
    ['a', 3, 1.75, 30],
  ]);
  expect(sum(kept.map(amountOf))).toEqual(sum(attempts.map(amountOf)));
  expect(addSpend(kept, [])).toEqual(kept);
});

test('an amount counts tokens of any price, and dollars where the price is known', () => {
  expect(sum([spend('a', null), spend('b', 2)].map(amountOf))).toEqual({ usd: 2, tokens: 32 });
});

const limits = { usd: 10, tokens: 2_000_000 };

test.each([
  [
    'usd',
    { usd: 9.87, tokens: 5 },
    { usd: 0.45, tokens: 9 },
    'the budget of $10 for this task is spent: $9.87 so far, and the next call could cost up to $0.45. To continue, raise `budget.usd_per_task` in `.github/planwright.yml`.',
  ],
  [
    'tokens',
    { usd: 0, tokens: 1_990_000 },
    { usd: 0, tokens: 45_000 },
    'the budget of 2,000,000 tokens for this task is spent: 1,990,000 tokens so far, and the next call could cost up to 45,000 tokens. To continue, raise `budget.tokens_per_task` in `.github/planwright.yml`.',
  ],
] as const)('the %s budget says how far it went and what to raise', (limit, spent, next, sentence) => {
  expect(budgetSpent(limit, limits, spent, next)).toBe(sentence);
});

test('sums are shown against the budget where there is one', () => {
  expect(shareOfLimit('$1.23', 'usd', limits)).toBe('$1.23 of $10');
  expect(shareOfLimit('unknown', 'usd', { usd: 2.5, tokens: null })).toBe('unknown of $2.50');
  expect(shareOfLimit('7', 'tokens', { usd: 10, tokens: null })).toBe('7');
  expect(shareOfLimit('7', 'tokens', null)).toBe('7');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('an amount of %d is beyond every limit', (count) => {
  expect(exceeded({ usd: count, tokens: 0 }, { usd: 10, tokens: null })).toBe('usd');
  expect(exceeded({ usd: 0, tokens: count }, { usd: null, tokens: 10 })).toBe('tokens');
  expect(exceeded({ usd: count, tokens: count }, { usd: null, tokens: null })).toBeNull();
});
