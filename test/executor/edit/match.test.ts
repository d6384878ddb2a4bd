import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { replaceOnce } from '../../../src/executor/edit/match.ts';
import { occurrencesOf } from '../../../src/executor/edit/occurrences.ts';

const edited = (text: string, oldText: string, newText: string) => {
  const result = replaceOnce(text, oldText, newText);
  return result.ok ? result.value.text : result.reason;
};

describe('an exact match', () => {
  test.each<[name: string, text: string, oldText: string, newText: string, result: string]>([
    ['within a line', 'a = 1;\n', '1', '2', 'a = 2;\n'],
    ['a whole line', 'a\nb\nc\n', 'b\n', '', 'a\nc\n'],
    ['dollar signs mean themselves', 'price\n', 'price', "$& $1 $$ $` $'", "$& $1 $$ $` $'\n"],
    ['no line end after the last line stays so', 'a\nb', 'b', 'c', 'a\nc'],
    ['a line separator is no line end', 'a\u2028b\nc\n', 'b\nc', 'x', 'a\u2028x\n'],
    ['a byte-order mark stays', '\ufeffa\nb\n', 'a\n', 'x\n', '\ufeffx\nb\n'],
    ['a byte-order mark that is named may go', '\ufeffa\n', '\ufeffa', 'a', 'a\n'],
    ['CRLF, found by line feeds and kept', 'a\r\nb\r\nc\r\n', 'a\nb\n', 'x\ny\nz\n', 'x\r\ny\r\nz\r\nc\r\n'],
    ['CRLF, a line split in two', 'a\r\nb\r\n', 'b', 'b\nc', 'a\r\nb\r\nc\r\n'],
    ['CRLF, a match that starts with a line feed', 'a\r\nb\r\n', '\nb', '\nc', 'a\r\nc\r\n'],
    ['CRLF, carriage returns that are written are meant', 'a\r\nb\r\n', 'a\r\nb', 'a\nb', 'a\nb\r\n'],
    ['mixed line ends are taken as they are', 'a\r\nb\nc\n', 'b\nc', 'x\ny', 'a\r\nx\ny\n'],
    ['within a line no end is touched, though a carriage return is put before it', 'a\r\nb\n', 'a', 'a\r', 'a\r\r\nb\n'],
    ['within a line a carriage return that stays is no end', 'a\rb\r\nc\n', 'b', '', 'a\r\r\nc\n'],
    ['mixed line ends, changed by somebody who writes carriage returns', 'a\r\nb\nc\n', 'a\r\nb\n', 'a\nb\r\n', 'a\nb\r\nc\n'],
    ['a lone carriage return', 'a\rb\n', 'b', 'c', 'a\rc\n'],
    [
      'beyond column 1,000',
      `${'x'.repeat(3_000)} ten ${'y'.repeat(3_000)}\n`,
      'ten',
      '10',
      `${'x'.repeat(3_000)} 10 ${'y'.repeat(3_000)}\n`,
    ],
  ])('%s', (_, text, oldText, newText, result) => {
    expect(edited(text, oldText, newText)).toBe(result);
  });

  test('any text that stands once is replaced, and nothing else changes', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\t', '\n', '$', '&', '\u2028', 'é', '😀'),
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(letters, letters, fc.nat(), fc.nat(), (text, newText, from, length) => {
        const start = from % text.length;
        const oldText = text.slice(start, start + 1 + (length % (text.length - start)));
        fc.pre(text.indexOf(oldText) === text.lastIndexOf(oldText) && oldText !== newText && newText.isWellFormed());
        fc.pre(oldText.isWellFormed());
        expect(edited(text, oldText, newText)).toBe(text.slice(0, start) + newText + text.slice(start + oldText.length));
      }),
    );
  });

  test('the same in a text with CRLF throughout, asked for with line feeds', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '$'), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 2, maxLength: 8 }),
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (lines, put, at) => {
          const start = at % (lines.length - 1);
          const text = lines.join('\n');
          const oldText = lines.slice(start, start + 2).join('\n');
          const newText = put.join('\n');
          fc.pre(text.indexOf(oldText) === text.lastIndexOf(oldText) && oldText !== newText);
          const offset = text.indexOf(oldText);
          const expected = text.slice(0, offset) + newText + text.slice(offset + oldText.length);
          expect(edited(text.replaceAll('\n', '\r\n'), oldText, newText)).toBe(expected.replaceAll('\n', '\r\n'));
        },
      ),
    );
  });
});

describe('a match but for the indentation', () => {
  test.each<[name: string, text: string, oldText: string, newText: string, result: string]>([
    [
      'is indented as the file is',
      'f() {\n    if (a) {\n      b();\n    }\n}\n',
      'if (a) {\n  b();\n}',
      'if (a) {\n  b();\n  c();\n}',
      'f() {\n    if (a) {\n      b();\n      c();\n    }\n}\n',
    ],
    ['deeper than anything seen', '  a:\n    b\n', 'a:\n  b', 'a:\n  b:\n    c', '  a:\n    b:\n      c\n'],
    ['tabs for spaces', '    if x:\n        y\n', 'if x:\n\ty\n', 'if x:\n\ty\n\t\tz\n', '    if x:\n        y\n            z\n'],
    ['shallower than anything seen', 'x\n    b\n  y\n', '      b', '      b\n    c', 'x\n    b\n  c\n  y\n'],
    ['spaces for tabs', '\tif x:\n\t\ty\n', 'if x:\n    y\n', 'if x:\n    y\n        z\n', '\tif x:\n\t\ty\n\t\t\tz\n'],
    ['too deep in old_text', 'a {\n  b\n}\n', '    a {\n      b\n    }', '    a {\n      c\n    }', 'a {\n  c\n}\n'],
    ['space at the end of a line', 'a  \nb\n', 'a\nb', 'c\nd', 'c\nd\n'],
    ['a blank line stays blank', '  a\n\n  b\n', 'a\n\nb', 'a\n\nc', '  a\n\n  c\n'],
    ['mixed line ends: those of the place', 'x\n  a\r\n  b\r\ny\n', 'a\nb\n', 'a\nc\n', 'x\n  a\r\n  c\r\ny\n'],
    ['mixed line ends within the place: each line its own', ' a\r\n b\n c\r\nd\n', 'a\nb\nc', 'a\nx\nc', ' a\r\n x\n c\r\nd\n'],
    ['mixed line ends, a line more', ' a\r\n b\n c\nd\n', 'a\nb\nc', 'a\nb\nx\nc', ' a\r\n b\n x\n c\nd\n'],
    ['mixed line ends, asked for with line feeds', 'a\r\nb\r\nc\n', 'a\nb\n', 'a\nx\n', 'a\r\nx\r\nc\n'],
    ['space at the end of lines that stay', '  a  \n  b\t\n  c \n', 'a\nb\nc\n', 'a\nx\nc\n', '  a  \n  x\n  c \n'],
    ['no line end after the last line', 'x\n  a\n  b', 'a\nb\n', 'c\n', 'x\n  c'],
    ['no line end after a last line that stays', 'x\n  a\n  b', 'a\nb\n', 'c\nb\n', 'x\n  c\n  b'],
    ['a line end only old_text has, before a blank line', '  a\n  b\n\n  c\n', 'a\nb\n', 'x', '  x\n  c\n'],
    ['a line end only old_text has, before a line it would join', '  a\n  b\n  c\n', 'a\nb\n', 'x', '  x\n  c\n'],
    ['a line end only old_text has, at the end', '  a\n  b\n', 'a\nb\n', 'x', '  x\n'],
    ['removing lines', 'x\n  a\n  b\ny\n', 'a\nb\n', '', 'x\ny\n'],
    ['dollar signs', '  a\n  b\n', 'a\nb', '$&\n$1', '  $&\n  $1\n'],
    ['byte-order mark', '\ufeff  a\n  b\n', 'a\nb', 'c', '\ufeff  c\n'],
  ])('%s', (_, text, oldText, newText, result) => {
    expect(edited(text, oldText, newText)).toBe(result);
  });

  test('leaves every line alone that old_text and new_text share at their beginning and end', () => {
    const fileLine = fc
      .tuple(fc.constantFrom('a', 'b', 'c', 'd()'), fc.constantFrom('', ' ', '\t'), fc.constantFrom('\n', '\r\n'))
      .map(([word, space, end]) => ({ word, space, end }));
    fc.assert(
      fc.property(fc.array(fileLine, { minLength: 3, maxLength: 9 }), fc.nat(), fc.nat(), (file, at, length) => {
        const start = at % (file.length - 2);
        const place = file.slice(start, start + 3 + (length % (file.length - start - 2)));
        const render = (words: readonly { word: string; space: string; end: string }[]) =>
          words.map(({ word, space, end }) => `  ${word}${space}${end}`).join('');
        const text = render(file);
        const oldText = place.map(({ word }) => `${word}\n`).join('');
        const [, ...rest] = place;
        const newText = `${place[0]?.word}\nnew\n${rest
          .slice(1)
          .map(({ word }) => `${word}\n`)
          .join('')}`;
        const result = replaceOnce(text, oldText, newText);
        fc.pre(result.ok && result.value.how === 'indentation');
        const changed = file.map((line, i) => (i === start + 1 ? { ...line, word: 'new', space: '' } : line));
        expect(result.ok && result.value.text).toBe(render(changed));
      }),
      { numRuns: 500 },
    );
  });

  test('says that it was one, and where', () => {
    expect(replaceOnce('x\n  a\n  b\ny\n', 'a\nb', 'c\nd\ne')).toMatchObject({
      value: { how: 'indentation', lines: { first: 2, last: 4 } },
    });
  });

  test('indentation that means different things is not guessed', () => {
    expect(edited('  a\n    b\n', 'a\nb', 'a\nb\nc')).toBe(
      'old_text is found only without its indentation, and new_text cannot be indented to fit. Nothing was changed; the lines are:\n' +
        '    1\t  a\n    2\t    b',
    );
  });
});

describe('a failure says how', () => {
  test.each<[name: string, text: string, oldText: string, newText: string, reason: RegExp]>([
    ['several places', 'a\nb\na\n', 'a', 'x', /^old_text stands in 2 places, at lines 1, 3\. Nothing was changed/],
    ['overlapping places', 'aaa\n', 'aa', 'x', /^old_text stands in 2 places, at lines 1, 1\./],
    ['very many places', 'a\n'.repeat(99), 'a', 'x', /^old_text stands in more than 20 places, at lines 1, 2,/],
    [
      'several places but for indentation',
      '  a\n  b\n    a\n    b\n',
      'a\nb',
      'x',
      /^old_text stands in 2 places, at lines 1, 3/,
    ],
    [
      'a line that is nearly there',
      'one\nconst total = sum(items);\n',
      'const total = add(items);',
      'x',
      /The closest lines are:\n {4}2\tconst total = sum\(items\);$/,
    ],
    [
      'a block with one line changed',
      'a();\nfoo(1);\nbar(2);\nbaz(3);\n',
      'foo(1);\nbar(9);\nbaz(3);',
      'x',
      /are:\n {4}2\tfoo\(1\);\n {4}3\tbar\(2\);\n {4}4\tbaz\(3\);$/,
    ],
    [
      'a part of a long line that is nearly there',
      `one\n${'x'.repeat(3_000)} const total = sum(items); ${'y'.repeat(3_000)}\n`,
      'const total = sum(item);',
      'x',
      /The closest lines are:\n {4}2\t…x+ const total = sum\(items\); y+…$/,
    ],
    [
      'several places in a long line',
      `${'x'.repeat(2_000)}a${'x'.repeat(2_000)}a\n`,
      'a',
      'x',
      /^old_text stands in 2 places, at lines 1 \(column 2001\), 1 \(column 4002\)\./,
    ],
    ['nothing like it', 'a\nb\n', 'a completely different sentence', 'x', /Nothing like it is there; read the file again\.$/],
    ['line numbers copied along', 'a\nb\n', '    1\ta\n    2\tb', 'x', /holds the line numbers read_file shows/],
    ['nothing to look for', 'a\n', '', 'x', /^old_text is empty/],
    ['nothing to change', 'a\n', 'a', 'a', /are the same/],
    ['text that is none', 'a\n', 'a', '\ud800', /half of a surrogate pair/],
    ['only blank lines', 'a\n\n\nb\n', '\n  \n', 'x', /not found/],
  ])('%s', (_, text, oldText, newText, reason) => {
    expect(edited(text, oldText, newText)).toMatch(reason);
  });
});

describe('a file of nothing but equal lines', () => {
  const many = 'const a = 1;\n'.repeat(200_000);
  const wanted = 'const a = 1;\n'.repeat(10_000);
  test('is looked through in no time, wherever the other line stands', () => {
    expect(edited(many, `${wanted}x\n${wanted}`, 'y')).toMatch(/^old_text was not found/);
    expect(edited(many, `x\n${wanted}`, 'y')).toMatch(/^old_text was not found/);
    expect(edited(many, wanted, 'y')).toMatch(/^old_text stands in more than 20 places/);
  });
});

test('places are those that are found by looking at each start', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
  const sought = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, sought, fc.nat({ max: 5 }), (where, what, most) => {
      const all = [...where].flatMap((_, i) => (where.startsWith(what, i) ? [i] : []));
      expect(occurrencesOf(where, what, most)).toEqual(all.slice(0, most));
      expect(occurrencesOf([...where], [...what], most)).toEqual(all.slice(0, most));
    }),
  );
});
