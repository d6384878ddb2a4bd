import { expect, test } from '@jest/globals';
import { priceOfWith } from '../../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../../src/adapters/prices/shipped-prices.ts';
import type { Forecast } from '../../src/domain/plan/estimate.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { forecast } from '../../src/executor/estimate.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';
import { estimateLine, estimateReasoning } from '../../src/replies/phrases/estimate.ts';
import { aComponent, aPlan } from '../support/shop.ts';

const HAIKU = 'anthropic/claude-haiku-5-5';

const forecastOf = (plan: Plan, more: { size?: number; model?: string; maxTurns?: number; reviewer?: string } = {}): Forecast =>
  forecast({
    plan,
    planFile: renderPlanFile(plan, { issue: 1, revision: 1, model: 'anthropic/x', commit: 'c'.repeat(40) }),
    size: () => more.size ?? null,
    model: more.model ?? HAIKU,
    maxTurns: more.maxTurns ?? 40,
    reviewer: more.reviewer ?? null,
    priceOf: priceOfWith([SHIPPED_PRICES]),
  });

const ONE = aPlan([aComponent('limiter')]);
const TWO = aPlan([aComponent('limiter'), aComponent('metrics')]);

test('it is a range of cents for a small plan', () => {
  const { low, high } = forecastOf(ONE);
  expect([low.turns, high.turns]).toEqual([3, 6]);
  expect(low.usd).toBeGreaterThan(0.0005);
  expect(low.usd ?? 0).toBeLessThan(high.usd ?? 0);
  expect(high.usd).toBeLessThan(0.1);
  expect(low.tokens).toBeLessThan(high.tokens);
});

test('it grows with the components, the files and their size; the turns stop at their limit', () => {
  const small = forecastOf(ONE);
  const two = forecastOf(TWO);
  const large = forecastOf(ONE, { size: 100_000 });
  for (const more of [two, large]) {
    expect(more.low.usd).toBeGreaterThan(small.low.usd ?? 0);
    expect(more.high.tokens).toBeGreaterThan(small.high.tokens);
  }
  // The second component finds the plan in the cache, if all goes well.
  expect(two.low.usd).toBeLessThan(2 * (small.low.usd ?? 0));
  expect(forecastOf(ONE, { maxTurns: 2 }).high.turns).toBe(2);
});

test('a plan of many short conversations is not priced like one long prompt', () => {
  const banded = {
    'compatible/banded': { input: 1, output: 1, above: [{ prompt_tokens: 100_000, input: 1_000, output: 1_000 }] },
  };
  const facts = {
    planFile: 'A plan.',
    size: () => null,
    model: 'compatible/banded',
    maxTurns: 40,
    reviewer: null,
    priceOf: priceOfWith([banded]),
  };
  const { high } = forecast({ ...facts, plan: aPlan(Array.from({ length: 20 }, (_, i) => aComponent(`c${i}`))) });
  expect(high.tokens).toBeGreaterThan(100_000);
  expect(high.usd).toBeLessThan((2 * high.tokens) / 1_000_000);
});

test('a plan of twenty large components stays a finite range', () => {
  const { low, high } = forecastOf(aPlan(Array.from({ length: 20 }, (_, i) => aComponent(`c${i}`))), { size: 500_000 });
  expect(high.usd).toBeGreaterThan(low.usd ?? 0);
  expect(Number.isFinite(high.usd)).toBe(true);
});

test('one line says what it may cost, and another what that assumes', () => {
  expect(estimateLine(forecastOf(TWO), { usd: 10 })).toMatch(/^\*\*Estimate:\*\* \$0\.\d+ to \$0\.\d+; hard limit \$10$/);
  const reasoning = estimateReasoning(forecastOf(TWO), 2);
  expect(reasoning).toMatch(
    /^With `anthropic\/claude-haiku-5-5`: 6 to 12 turns and [\d,]+ to [\d,]+ tokens, mostly cached\. Each /,
  );
});

test('an unknown price stays unknown, and the tokens are still said', () => {
  const unknown = forecastOf(ONE, { model: 'compatible/new' });
  expect([unknown.low.usd, unknown.high.usd]).toEqual([null, null]);
  const line = estimateLine(unknown, { usd: null });
  expect(line).toBe('**Estimate:** unknown, because the price of `compatible/new` is unknown; no dollar limit');
  expect(estimateReasoning(unknown, 1)).toContain(': 3 to 6 turns and ');
});

test('a review against the plan adds a turn for each component, or two and a correction', () => {
  const without = forecastOf(TWO);
  const reviewed = forecastOf(TWO, { reviewer: 'anthropic/claude-opus-5-5' });
  expect([reviewed.low.turns - without.low.turns, reviewed.high.turns - without.high.turns]).toEqual([2, 2 * (2 + 3)]);
  expect(reviewed.low.usd).toBeGreaterThan(without.low.usd ?? 0);
  expect(reviewed.high.usd).toBeGreaterThan((without.high.usd ?? 0) + (reviewed.low.usd ?? 0) - (without.low.usd ?? 0));
  expect(estimateReasoning(reviewed, 2)).toContain('The review against the plan by `anthropic/claude-opus-5-5` is included');
  expect(forecastOf(TWO, { reviewer: 'compatible/new' }).low.usd).toBeNull();
});
