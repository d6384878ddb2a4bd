import { expect, test } from '@jest/globals';
import { codeSpans } from '../../src/text/markdown-code.ts';
import { processorTime } from '../support/processor-time.ts';

test.each<[text: string, code: string[]]>([
  ['a `b` ``c`d`` e', ['`b`', '``c`d``']],
  ['\\`a` b`', ['` b`']],
  ['a `b', []],
  ['https://a.example/`x `y`', []],
])('%j has the code %j', (text, code) => {
  expect(codeSpans(text).map((span) => text.slice(...span))).toEqual(code);
});

test('backticks that pair with nothing take no more time than others', () => {
  for (const piece of ['\\``', '`a``', '``` `', '\\```']) {
    const text = piece.repeat(65_000 / piece.length);
    expect([piece, processorTime(() => codeSpans(text), 200) < 200]).toEqual([piece, true]);
  }
});
