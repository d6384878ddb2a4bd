import { expect, test } from '@jest/globals';
import { stripHiddenText } from '../../src/text/strip-hidden-text.ts';

test.each([
  ['a <!-- hidden --> b', 'a  b'],
  ['a\n<!-- never closed\nb', 'a'],
  ['a\n[//]: # (hidden)\n[comment]: <> "hidden"\n  [x]: # \'hidden\'\nb', 'a\n\n\n\nb'],
  ['[docs]: https://example.com (The docs)\nsee [docs]', '[docs]: https://example.com (The docs)\nsee [docs]'],
  ['- [ ]: # not at the start (shown)', '- [ ]: # not at the start (shown)'],
  ['zero\u200bwidth, \u202eover\u202cride, \u{e0041}tag', 'zerowidth, override, tag'],
  ['👩‍💻 and שלום\u200f stay', '👩‍💻 and שלום\u200f stay'],
  ['half \ud83d of a pair', 'half \ufffd of a pair'],
  ['\r\na\rb\r\n', 'a\nb'],
  ['', ''],
])('%j is seen as %j', (text, seen) => {
  expect(stripHiddenText(text)).toBe(seen);
});

// A pattern that backtracks would not come back from these within the runner's patience.
test('a text made to keep it busy does not', () => {
  for (const piece of ['<!--', '[a]: # (', '[', ' [x]: # ', '-->', '\n[//]: # "']) {
    const text = piece.repeat(65_000 / piece.length);
    expect(stripHiddenText(text).length).toBeLessThanOrEqual(text.length);
  }
});
