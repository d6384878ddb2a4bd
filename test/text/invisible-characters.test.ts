import { expect, test } from '@jest/globals';
import { stripInvisible } from '../../src/text/invisible-characters.ts';

test.each([
  ['a\ufe00b\ufe0fc', 'abc'],
  ['1\ufe0f2', '12'],
  ['a\u200db\u200cc', 'abc'],
  ['❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻', '❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻'],
  ['فارسی\u200cها क्\u200dष', 'فارسی\u200cها क्\u200dष'],
])('%j is seen as %j', (text, seen) => {
  expect(stripInvisible(text)).toBe(seen);
});
