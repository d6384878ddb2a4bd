import { expect, test } from '@jest/globals';
import { findInvisible, stripInvisible } from '../../src/text/invisible-characters.ts';

/** A flag of a region by its code, in tags behind a black flag. */
function flag(region: string): string {
  const tags = [...region].map((letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0)));
  return `🏴${tags.join('')}\u{e007f}`;
}

test.each([
  ['a\ufe00b\ufe0fc', 'abc'],
  ['1\ufe0f2', '12'],
  ['a\u200db\u200cc', 'abc'],
  ['❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻', '❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 👩🏽\u200d💻'],
  ['فارسی\u200cها क्\u200dष', 'فارسی\u200cها क्\u200dष'],
  ['葛\u{e0100}飾 邊\u{e010e}さん', '葛\u{e0100}飾 邊\u{e010e}さん'],
  ['葛\u{e0100}\u{e0101}飾\u{e0120}\u{e01ef}', '葛\u{e0100}飾'],
  ['a\u{e0100}か\u{e0100}葛\u200b\u{e0100}葛\u{e0100}\u200d', 'aか葛葛\u{e0100}'],
  [`${flag('gbeng')} ${flag('gbsct')} ${flag('gbwls')}`, `${flag('gbeng')} ${flag('gbsct')} ${flag('gbwls')}`],
  [`${flag('usca')} ${flag('gbeng').slice(0, -2)}`, '🏴 🏴'],
  [`${flag('gbeng')}${flag('gbsct').slice(2)} x${flag('gbwls').slice(2)}`, `${flag('gbeng')} x`],
  ['☎\ufe0e ✉\ufe0e ↔\ufe0e ▶\ufe0e', '☎\ufe0e ✉\ufe0e ↔\ufe0e ▶\ufe0e'],
  ['☎\ufe0e\ufe0e a\ufe0e ▲\ufe0e 葛\ufe0e', '☎\ufe0e a ▲ 葛'],
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

test('the character of a line that holds visible ones of the kind, too', () => {
  expect(findInvisible(`葛\u{e0100}飾 ${flag('gbeng')} \u{e0100}\n葛\u{e0100}飾 ${flag('gbeng')}`)).toEqual([
    { line: 1, character: 'U+E0100' },
  ]);
});
