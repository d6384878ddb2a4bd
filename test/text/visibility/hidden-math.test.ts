import { expect, test } from '@jest/globals';
import { findHiddenMath, hidesInLabel, hidesInMath } from '../../../src/text/visibility/hidden-math.ts';
import { processorTime } from '../../support/processor-time.ts';

test.each([
  ['a\n\nb\nc $\\x$\n\n$\\y$', 3],
  ['a\n\n| a | b |\n|---|---|\n| $ x | $\\x$ |', 5],
  ['| $\\x | y$ |\n|---|---|', null],
  ['$\\x\n\ny$', null],
  ['```\n$\\x$\n```\n\n    $\\x$\n\n`$\\x$`', null],
  ['> - $\\x$', 1],
])('the line of the block of %j with a formula that can hide words: %j', (text, line) => {
  expect(findHiddenMath(text)).toBe(line);
});

test.each<[text: string, hides: boolean]>([
  ['$\\x$', true],
  ['$ \\x$', false],
  ['$\\x $', false],
  ['$\\x$5', false],
  ['$$ \\x $$5', true],
  ['$a$ \\x $b$', true],
  ['$\\{x\\}$', false],
  ['\\x $a$ %', false],
])('%j: %j', (text, hides) => {
  expect(hidesInMath(text)).toBe(hides);
});

test('in a diagram only two dollars make a formula', () => {
  expect(hidesInLabel('$$\\x$$')).toBe(true);
  expect(hidesInLabel('$\\x$')).toBe(false);
  expect(hidesInLabel('\\x $$ %')).toBe(false);
});

test('65,000 characters of anything take no time to speak of', () => {
  for (const piece of ['$', '$$ ', '$x', '\\x', '$\\x$ ', ' $', '&#36;', '&', '$`', '| $ ', '%', '\n\n$\\x']) {
    const text = piece.repeat(65_000 / piece.length);
    expect([piece, processorTime(() => findHiddenMath(text), 150) < 150]).toEqual([piece, true]);
  }
});
