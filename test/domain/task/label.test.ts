import { expect, it } from '@jest/globals';
import { isAmong } from '../../../src/domain/task/label.ts';

it('a label is the same whatever its case', () => {
  expect(isAmong('Plan', ['no-plan', 'plan'])).toBe(true);
  expect(isAmong('plan', ['Needs a PLAN'])).toBe(false);
});
