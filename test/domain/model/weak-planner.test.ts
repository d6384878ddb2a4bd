import { expect, test } from '@jest/globals';
import { isWeakPlanner } from '../../../src/domain/model/weak-planner.ts';

const PRICES: Record<string, number> = { 'a/deep': 25, 'a/fast': 5, 'b/fast': 5 };

test.each([
  ['a/deep', 'a/fast', false],
  ['a/fast', 'a/deep', true],
  ['a/fast', 'b/fast', false],
  ['a/fast', 'a/fast', false],
  ['a/fast', 'c/unknown', false],
  ['c/unknown', 'a/deep', false],
])('planner %s with executor %s: %s', (planner, executor, weak) => {
  expect(isWeakPlanner({ planner, executor }, (model) => PRICES[model] ?? null)).toBe(weak);
});
