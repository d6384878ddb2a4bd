import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restoreLineEnds, withLineFeeds } from '../../../src/executor/edit/line-ends.ts';
import { replaceOnce } from '../../../src/executor/edit/match.ts';
import { unchangedLines } from '../../../src/executor/edit/unchanged-lines.ts';

const twenty = Array.from({ length: 20 }, (_, i) => `line ${i + 1}${i === 11 ? '\n' : '\r\n'}`).join('');

test('field case 18-overwrite-mostly-crlf: a text as it was shown, with one word changed, changes one line', () => {
  const after = withLineFeeds(twenty).replace('line 5', 'line five');
  expect(restoreLineEnds(twenty, after)).toBe(twenty.replace('line 5', 'line five'));
});

describe('line ends', () => {
  test.each<[name: string, before: string, after: string, result: string]>([
    ['of a line that is replaced are that one’s', 'a\r\nb\nc\r\n', 'a\nx\nc\n', 'a\r\nx\nc\r\n'],
    ['of a line more are its neighbours’', 'a\r\nb\r\nc\nd\n', 'a\nx\nb\nc\nd\n', 'a\r\nx\r\nb\r\nc\nd\n'],
    ['of a line more between two kinds are the usual ones', 'a\r\nb\nc\nd\n', 'a\nx\nb\nc\nd\n', 'a\r\nx\nb\nc\nd\n'],
    ['of a line that moved go with it', 'a\r\nb\nc\nd\n', 'b\nc\nd\na\n', 'b\nc\nd\na\n'],
    ['of lines around a deletion stay', 'a\r\nb\nc\r\n', 'a\nc\n', 'a\r\nc\r\n'],
    ['of equal lines stay apart', '}\r\nx\n}\n', '}\nx\ny\n}\n', '}\r\nx\ny\n}\n'],
    ['of what is added at the end are its neighbour’s', 'a\nb\r\n', 'a\nb\nc\n', 'a\nb\r\nc\r\n'],
    ['of what is added at the beginning too', 'a\r\nb\n', 'x\na\nb\n', 'x\r\na\r\nb\n'],
    ['of a last line without one that is continued', 'a\r\nb', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n'],
    ['a last line end may be taken away', 'a\r\nb\r\n', 'a\nb', 'a\r\nb'],
    ['of a text that is all new are the usual ones', 'a\r\nb\r\nc\n', 'x\ny\nz\nw\n', 'x\r\ny\r\nz\nw\n'],
    ['a carriage return that is written is meant', 'a\nb\r\nc\n', 'a\nx\r\nc\n', 'a\nx\r\nc\n'],
    ['a lone carriage return is none', 'a\rb\r\nc\n', 'a\rb\nd\n', 'a\rb\r\nd\n'],
  ])('%s', (_, before, after, result) => {
    expect(restoreLineEnds(before, after)).toBe(result);
  });

  const mixed = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', '}', '', 'long line'), fc.constantFrom('\n', '\r\n')), { maxLength: 12 })
    .chain((lines) => fc.constantFrom('', 'end').map((last) => lines.map(([text, end]) => text + end).join('') + last));

  test('what is written back as it was shown is the same to the byte', () => {
    fc.assert(fc.property(mixed, (text) => expect(restoreLineEnds(text, withLineFeeds(text))).toBe(text)));
  });

  test('the text is the one that was written, whatever its ends', () => {
    fc.assert(
      fc.property(mixed, mixed, (before, after) => {
        const shown = withLineFeeds(after);
        expect(withLineFeeds(restoreLineEnds(before, shown))).toBe(shown);
      }),
    );
  });

  test('an edit changes no line outside the place it names', () => {
    fc.assert(
      fc.property(mixed, mixed, mixed, (head, tail, put) => {
        const [above, below] = [head === '' || head.endsWith('\n') ? head : `${head}\r\n`, tail];
        const text = `${above}the (place)\r\n${below}`;
        const result = replaceOnce(text, '(place)', `[${withLineFeeds(put)}]`);
        const changed = result.ok ? result.value.text : result.reason;
        expect(changed.startsWith(`${above}the [`)).toBe(true);
        expect(changed.endsWith(`]\r\n${below}`)).toBe(true);
        expect(withLineFeeds(changed)).toBe(withLineFeeds(text).replace('(place)', () => `[${withLineFeeds(put)}]`));
      }),
    );
  });

  test.each<[name: string, text: string, oldText: string, newText: string, result: string]>([
    ['a part of two lines with different ends', 'foo(a)\r\nbar(b)\nbaz\n', '(a)\nbar', '(c)\nbar', 'foo(c)\r\nbar(b)\nbaz\n'],
    ['a line put between', 'a\r\nb\nc\n', 'a\nb', 'a\nx\nb', 'a\r\nx\nb\nc\n'],
    ['a line in the middle that stays', 'a\r\nb\nc\r\nd\n', 'a\nb\nc\nd', 'A\nb\nnew\nc\nD', 'A\r\nb\nnew\nc\r\nD\n'],
    ['the first of equal lines', 'x\r\ny\nx\n', 'x\ny', 'x\nx\ny', 'x\r\nx\ny\nx\n'],
  ])('an edit: %s', (_, text, oldText, newText, result) => {
    const edited = replaceOnce(text, oldText, newText);
    expect(edited.ok ? edited.value.text : edited.reason).toBe(result);
  });
});

describe('unchanged lines', () => {
  test('are equal, in order, and each once', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '}', ''), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const origin = unchangedLines(before, after);
        const kept = origin.flatMap((at) => (at === null ? [] : [at]));
        expect(kept).toEqual([...new Set(kept)].sort((x, y) => x - y));
        for (const [i, at] of origin.entries()) if (at !== null) expect(before[at]).toBe(after[i]);
      }),
    );
  });

  test('a large file made to be slow takes a moment', () => {
    const before = Array.from({ length: 200_000 }, (_, i) => `${i % 7}`);
    const after = before.map((line, i) => (i % 3 === 0 ? `${line}x` : line)).reverse();
    expect(unchangedLines(before, after)).toHaveLength(200_000);
  });
});
