import { expect, test } from '@jest/globals';
import { type Loosely, withoutIndentation } from './without-indentation.ts';

test.each<[name: string, text: string, oldText: string, newText: string, outcome: Loosely[]]>([
  ['lines with an indentation in common', 'x\n  a\n  b\n', '  a\n  b', '  a\n    c', ['right']],
  ['tabs', '\ta {\n\t\tb\n\t}\n', '\ta {\n\t\tb\n', '\ta {\n\t\tc\n', ['right']],
  ['an empty line less', '  a\n  b\n\n  c\n', '  a\n  b\n', '  d', ['right']],
  ['two places that differ in indentation only', '  a\n  b\n    a\n    b\n', '    a\n    b', '    a\n    c', ['refused']],
  ['a single line', '  a\n', '  a', '  b', []],
  ['no indentation in common', 'a\n  b\n', 'a\n  b', 'a\n  c', []],
  ['carriage returns that are meant', '  a\r\n  b\n', '  a\r\n  b', '  a\n  b', []],
])('%s', (_, text, old_text, new_text, outcome) => {
  expect(withoutIndentation(text, [{ old_text, new_text }])).toEqual(outcome);
});
