import { expect, it } from '@jest/globals';
import { includesLabel } from '../../../src/domain/task/label.ts';

it('a label is the same whatever its case', () => {
  expect(includesLabel('Plan', ['no-plan', 'plan'])).toBe(true);
  expect(includesLabel('plan', ['Needs a PLAN'])).toBe(false);
});
