import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lookAlikes } from '../../../src/executor/edit/look-alikes.ts';
import { replaceOnce } from '../../../src/executor/edit/match.ts';
import { processorTime } from '../../support/processor-time.ts';

const reasonOf = (text: string, oldText: string): string => {
  const result = replaceOnce(text, oldText, 'new');
  return result.ok ? `edited: ${result.value.text}` : result.reason;
};

test('field case 26-look-alike-no-break-space: the message of an edit names the character that differs', () => {
  expect(reasonOf('const a\u00a0= 1;', 'const a = 1;')).toBe(
    'old_text was not found, but text that looks the same is there: line 1 has U+00A0 where old_text has a space. Write old_text with the characters of the file. Nothing was changed.',
  );
});

describe('what differs', () => {
  test.each<[name: string, file: string, oldText: string, says: string]>([
    ['a narrow no-break space', 'x\n10\u202f000\n', '10 000', 'line 2 has U+202F where old_text has a space'],
    ['a zero-width space', 'one\ntwo\u200bthree\n', 'twothree', 'line 2 has U+200B where old_text has nothing'],
    ['a zero-width joiner only in old_text', 'ab\n', 'a\u200db', 'line 1 has nothing where old_text has U+200D'],
    ['a soft hyphen', 'hyphen\u00adation\n', 'hyphenation', 'line 1 has U+00AD where old_text has nothing'],
    [
      'curly quotes',
      'say(\u201chi\u201d)\n',
      'say("hi")',
      'line 1 has U+201C where old_text has "\\""; line 1 has U+201D where old_text has "\\""',
    ],
    ['an apostrophe', 'it\u2019s\n', "it's", 'line 1 has U+2019 where old_text has "\'"'],
    ['a dash', 'a \u2013 b\n', 'a - b', 'line 1 has U+2013 where old_text has "-"'],
    ['a minus sign', 'x = \u22121\n', 'x = -1', 'line 1 has U+2212 where old_text has "-"'],
    ['a Cyrillic letter', 'let n\u0430me;\n', 'let name;', 'line 1 has U+0430 where old_text has "a"'],
    ['a Greek letter', 'const \u039f = 0\n', 'const O = 0', 'line 1 has U+039F where old_text has "O"'],
    ['a Latin letter for a Cyrillic one', 'let name;\n', 'let n\u0430me;', 'line 1 has "a" where old_text has U+0430'],
    ['a tab', 'a\t= 1\n', 'a = 1', 'line 1 has a tab where old_text has a space'],
    ['two spaces', 'a  = 1\n', 'a = 1', 'line 1 has a space where old_text has nothing'],
    ['a composed letter', 'caf\u00e9 x\n', 'cafe\u0301 x', 'line 1 has U+00E9 where old_text has U+0065 U+0301'],
    ['a decomposed letter', 'cafe\u0301 x\n', 'caf\u00e9 x', 'line 1 has U+0065 U+0301 where old_text has U+00E9'],
    [
      'full-width letters',
      '\uff21\uff22\n',
      'AB',
      'line 1 has U+FF21 where old_text has "A"; line 1 has U+FF22 where old_text has "B"',
    ],
    ['a ligature', 'e\ufb03cient\n', 'efficient', 'line 1 has U+FB03 where old_text has "ffi"'],
    ['an ellipsis', 'wait\u2026\n', 'wait...', 'line 1 has U+2026 where old_text has "..."'],
    [
      'several lines, in the last',
      'one\ntwo\nthree\u00a0four\n',
      'one\ntwo\nthree four',
      'line 3 has U+00A0 where old_text has a space',
    ],
    ['a part of a line', 'f(a,\u00a0b, c)\n', 'a, b', 'line 1 has U+00A0 where old_text has a space'],
    ['beyond column 1,000', `${'x'.repeat(3_000)} a\u00a0b\n`, 'a b', 'line 1 has U+00A0 where old_text has a space'],
    [
      'behind a byte-order mark, with CRLF',
      '\ufeffone\r\ntwo\u00a0x\r\n',
      'one\ntwo x',
      'line 2 has U+00A0 where old_text has a space',
    ],
    ['a symbol beyond the basic plane', '\u{1f600}\u00a0a\n', '\u{1f600} a', 'line 1 has U+00A0 where old_text has a space'],
  ])('%s', (_, file, oldText, says) => {
    expect(reasonOf(file, oldText)).toContain(`looks the same is there: ${says}. Write old_text`);
  });

  test('many differences are counted', () => {
    expect(lookAlikes('a\u00a0'.repeat(9), 'a '.repeat(9))).toMatch(
      /^(?:line 1 has U\+00A0 where old_text has a space;? ?){5}, and 4 more/,
    );
  });

  test('nothing is named where nothing looks the same, or there is nothing to see', () => {
    expect(lookAlikes('const a = 1;\n', 'const b = 1;')).toBeNull();
    expect(lookAlikes('a b\n', ' \u200b')).toBeNull();
  });
});

test('a text with replaced characters is found, and as many are named as were replaced', () => {
  const pairs = { ' ': '\u00a0', '-': '\u2013', a: '\u0430', "'": '\u2019', '"': '\u201d' } as const;
  const plain = fc.string({ unit: fc.constantFrom('b', '\n', 'c', ...Object.keys(pairs)), minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(plain, plain, fc.nat(), (text, around, nth) => {
      fc.pre(text.trim() === text && !/[ \t]{2}|\n/.test(text) && /[bc]/.test(text));
      const places = [...text].flatMap((c, i) => (c in pairs ? [i] : []));
      fc.pre(places.length > 0);
      const at = places[nth % places.length] as number;
      const odd = pairs[text[at] as keyof typeof pairs];
      const changed = text.slice(0, at) + odd + text.slice(at + 1);
      fc.pre(!around.includes(text) && !/[ -]$/.test(around));
      expect(lookAlikes(`xyz\n${changed}\nend`, text)).toContain(
        `line 2 has U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} where`,
      );
    }),
  );
});

test('five megabytes take a moment', () => {
  const text = 'const value = compute(other, things);\n'.repeat(130_000);
  expect(lookAlikes(text, 'const value\u00a0= nothing')).toBeNull();
  expect(lookAlikes(`${text}odd\u00a0one\n`, 'odd one')).toContain('line 130001 has U+00A0');
  expect(processorTime(() => lookAlikes(text, 'const value\u00a0= nothing'), 10_000)).toBeLessThan(10_000);
});
