import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clip, enumerate, singleLine, truncate } from '../../src/text/truncate.ts';

test.each<[text: string, max: number, clipped: string]>([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc…'],
  ['ab😀d', 3, 'ab…'],
  ['ab😀d', 4, 'ab😀…'],
  ['😀', 1, '…'],
])('%j in %d characters is %j', (text, max, clipped) => {
  expect(clip(text, max, '…')).toBe(clipped);
});

test('whatever is cut stays well formed and within its length', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(text, fc.nat(20), (given, max) => {
      expect(clip(given, max).isWellFormed()).toBe(true);
      expect(clip(given, max).length).toBeLessThanOrEqual(max);
      expect(truncate(given, max).isWellFormed()).toBe(true);
      expect(enumerate([given.repeat(20)], max * 10).isWellFormed()).toBe(true);
    }),
  );
});

test('a text is cut at a line end where one is near, and says how much is missing', () => {
  expect(truncate('123456789\nabc', 11)).toBe('123456789\n[cut here: 4 more characters]');
});

test('white space of any kind becomes one space', () => {
  expect(singleLine(' a\n\n\tb\u00a0c ')).toBe('a b c');
});
