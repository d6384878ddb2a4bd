import { expect, test } from '@jest/globals';
import { findInvisible, stripInvisible } from '../../src/text/invisible-characters.ts';

test.each([
  ['a\ufe00b\ufe0fc', 'abc'],
  ['1\ufe0f2', '12'],
  ['a\u200db\u200cc', 'abc'],
  ['❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻', '❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻'],
  ['فارسی\u200cها क्\u200dष', 'فارسی\u200cها क्\u200dष'],
])('%j is seen as %j', (text, seen) => {
  expect(stripInvisible(text)).toBe(seen);
});

test('the first invisible character of each line, by its code point', () => {
  expect(findInvisible('a\u200b\u202e\nb\n\u{e0041}\n❤\ufe0f\n\u{1d173}\u{1d11e}\n\ud800')).toEqual([
    { line: 1, character: 'U+200B' },
    { line: 3, character: 'U+E0041' },
    { line: 5, character: 'U+1D173' },
    { line: 6, character: 'U+D800' },
  ]);
});
