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
  // A dollar that belongs to a word or an amount is no delimiter.
  ['From US$1 (20 %) to A$: fine.', false],
  ['between US$20 and 30% of A$', false],
  ['foo$bar % baz$qux', false],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: It is what a plan says.
  ['${a}\\n${b}', false],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: It is what a plan says.
  ['`x`: ${a} % ${b}, {c}', false],
  ['costs $5 (20 % off) or C$7', false],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: It is what a plan says.
  ['${\\phantom{x}}$', true],
  ['~$5, up 20%, (AU$)', true],
  ['a*$\\phantom{x}$*', true],
  ['$\\phantom{x}$*5*', true],
  ['&#65;$\\phantom{x}$', true],
  ['中$\\phantom{x}$文', true],
  ['a$$\\phantom{x}$$b', true],
  // Commands that show all they are given may stay, others may not.
  ['$\\frac{a}{b}$', false],
  ['$O(n \\log n)$ and $$\\sum_{i=1}^n \\alpha_i \\le \\infty$$', false],
  ['$`\\lceil \\sqrt{x} \\rceil \\cdot \\text{a word}`$', false],
  ['$a\\,b\\;c \\\\ d$', false],
  ['$\\Phantom{x}$', true],
  ['$\\frac{a}{\\color{white}{b}}$', true],
  ['$\\\\phantom{x}$', true],
  ['$\\le*t*\\le\\phantom$', true],
  ['$\\ne*wcommand*{\\le}{}$', true],
  ['$\\le&#116;$', true],
  ['$\\unicode{x200b} \\kern-9em$', true],
  ['$a \\! b$', true],
  ['$a \\% b$', true],
  ['$a \\\\[-9em] b$', true],
  ['$a \\\\* [-9em] b$', true],
  ['$a \\ \\ \\ \\ \\ \\ \\ b$', true],
  ['$a ~~~~~~~ b$', true],
])('%j: %j', (text, hides) => {
  expect(hidesInMath(text)).toBe(hides);
});

test('in a diagram only two dollars make a formula', () => {
  expect(hidesInLabel('$$\\x$$')).toBe(true);
  expect(hidesInLabel('$\\x$')).toBe(false);
  expect(hidesInLabel('\\x $$ %')).toBe(false);
});

test('65,000 characters of anything take no time to speak of', () => {
  for (const piece of [
    '$',
    '$$ ',
    '$x',
    '\\x',
    '$\\x$ ',
    ' $',
    '&#36;',
    '&',
    '$`',
    '| $ ',
    '%',
    '\n\n$\\x',
    '$\\ ',
    '\\',
    '~ ',
    '\\le',
    '$\\le$ ',
    '${',
  ]) {
    const text = piece.repeat(65_000 / piece.length);
    expect([piece, processorTime(() => findHiddenMath(text), 150) < 150]).toEqual([piece, true]);
  }
});
