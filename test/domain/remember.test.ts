import { expect, test } from '@jest/globals';
import { remember } from '../../src/domain/remember.ts';

test('the newest entries are kept, and one that is put in again is new', () => {
  const map = new Map<string, number>();
  for (const [at, key] of ['a', 'b', 'c', 'a', 'd'].entries()) remember(map, key, at, 3);
  expect([...map]).toEqual([
    ['c', 2],
    ['a', 3],
    ['d', 4],
  ]);
});
