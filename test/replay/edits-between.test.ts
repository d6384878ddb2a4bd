import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { replaceOnce } from '../../src/executor/edit/match.ts';
import { editsBetween } from './edits-between.ts';

/** Makes the edits as `edit_file` does, and says of each how it matched. */
function replay(before: string, after: string): { text: string; how: string[] } {
  let text = before;
  const how: string[] = [];
  for (const { old_text, new_text } of editsBetween(before, after) ?? []) {
    const edited = replaceOnce(text, old_text, new_text);
    if (!edited.ok) throw new Error(`${JSON.stringify({ text, old_text, new_text })}: ${edited.reason}`);
    text = edited.value.text;
    how.push(edited.value.how);
  }
  return { text, how };
}

test.each<[name: string, before: string, after: string, edits: [string, string][]]>([
  ['a line', 'a\nb\nc\n', 'a\nx\nc\n', [['b', 'x']]],
  ['a line that stands twice', 'a\nb\na\n', 'a\nb\nx\n', [['b\na', 'b\nx']]],
  ['a line that another begins with', 'go()\ngo(1)\n', 'run()\ngo(1)\n', [['go()', 'run()']]],
  ['the end of a line that others have too', 'a=1\nb=1\n1\n', 'a=1\nb=1\n2\n', [['b=1\n1', 'b=1\n2']]],
  ['added lines', 'a\nb\n', 'a\nx\nb\n', [['a', 'a\nx']]],
  ['removed lines', 'a\nb\nc\n', 'a\nc\n', [['b\n', '']]],
  [
    'two places',
    'a\nb\nc\n',
    'x\nb\ny\n',
    [
      ['a', 'x'],
      ['c', 'y'],
    ],
  ],
  [
    'a place that looks like an earlier one by then',
    'a\nk\nl\nc\n',
    'c\nk\nl\nx\n',
    [
      ['a', 'c'],
      ['l\nc', 'l\nx'],
    ],
  ],
  ['CRLF is sent as it is seen', 'a\r\nb\r\n', 'a\r\nx\r\ny\r\n', [['b', 'x\ny']]],
  ['CRLF that becomes LF', 'a\r\nb\r\n', 'a\nb\r\n', [['a\r\n', 'a\n']]],
  ['LF that becomes CRLF', 'a\nb\n', 'a\r\nb\n', [['a\n', 'a\r\n']]],
  ['mixed line ends are sent as they are', 'a\r\nb\nc\r\n', 'a\r\nb\n', [['c\r\n', '']]],
  ['among both line ends, one that is put in is shown to be meant', 'a\r\nend', '\na\r\nend', [['a\r\n', '\na\r\n']]],
  ['among both line ends, a last one too', '\n\r\nend', '\n\r\n\n', [['\r\nend', '\r\n\n']]],
  ['a byte-order mark is not seen', '\ufeffa\nb\n', '\ufeffx\nb\n', [['a', 'x']]],
  ['a byte-order mark that goes', '\ufeffa\n', 'a\n', [['\ufeffa', 'a']]],
  ['a byte-order mark that comes', 'a\n', '\ufeffa\n', [['a', '\ufeffa']]],
  ['a last line end that comes', 'a\nb', 'a\nb\n', [['b', 'b\n']]],
  ['everything goes', 'a\nb\n', '', [['a\nb\n', '']]],
])('%s', (_, before, after, edits) => {
  expect(editsBetween(before, after)).toEqual(edits.map(([old_text, new_text]) => ({ old_text, new_text })));
  expect(replay(before, after).text).toBe(after);
});

test('an empty text has nothing that could be replaced', () => {
  expect(editsBetween('', 'a\n')).toBeNull();
});

test('two long texts with nothing in common are one edit', () => {
  const text = (word: string) => Array.from({ length: 6_000 }, (_, i) => `${word} ${i}\n`).join('');
  const before = `first\n${text('old')}last\n`;
  const after = `first\n${text('new')}last\n`;
  expect(editsBetween(before, after)).toHaveLength(1);
  expect(replay(before, after).text).toBe(after);
});

/** Few different lines, so that most stand several times; `$&` and the rest are what an unlucky replacement trips over. */
const piece = fc.constantFrom('a', 'b', ' ', '\t', '$&', '$1', '\u2028', '\ufeff', 'é', '😀', '\r', '\0');
const line = fc
  .tuple(fc.array(piece, { maxLength: 3 }), fc.constantFrom('\n', '\n', '\r\n'))
  .map(([words, end]) => words.join('') + end);
const crlfLine = line.map((text) => text.replace(/\r*\n$/, '\r\n'));
const visibleFileText = (lines: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.constantFrom('', '', '\ufeff'), fc.array(lines, { maxLength: 12 }), fc.constantFrom('', '', 'a', 'end'))
    .map(([mark, middle, end]) => mark + middle.join('') + end);
const text = fc.oneof(visibleFileText(line), visibleFileText(crlfLine));

/** A text and what a few random edits make of it, so that much stays the same. */
const edited = fc
  .tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.oneof(line, crlfLine, piece, fc.constant(''))), { maxLength: 4 }))
  .map(([before, changes]) => {
    let after = before;
    for (const [at, length, put] of changes) {
      const start = at % (after.length + 1);
      after = (after.slice(0, start) + put + after.slice(start + length)).toWellFormed();
    }
    return [before, after] as const;
  });

test('whatever the two texts, the edits make the second of the first, byte for byte, and all match exactly', () => {
  fc.assert(
    fc.property(fc.oneof(edited, fc.tuple(text, text)), ([before, after]) => {
      fc.pre(before !== '');
      const { text: made, how } = replay(before, after);
      expect(made).toBe(after);
      expect(how.filter((way) => way !== 'exact')).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
