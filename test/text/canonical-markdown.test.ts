import { describe, expect, test } from '@jest/globals';
import { canonicalMarkdown } from '../../src/text/canonical-markdown.ts';

describe('a formatter changes nothing', () => {
  test.each([
    ['bullets', '* a\n* b\n  * c', '- a\n- b\n  - c'],
    ['indentation of lists', '- a\n\n    b\n-   c', '- a\n\n  b\n- c'],
    ['numbers', '1. a\n1. b', '1) a\n2) b'],
    ['emphasis', 'a _b_ and __c__, (_d_)', 'a *b* and **c**, (*d*)'],
    ['tables', '|a|b|\n|-|:-:|\n|`x`|_y_|', '| a   | b     |\n| --- | :---: |\n| `x` | *y*   |'],
    ['tables without outer pipes', 'a|b\n-|-\nc|d', '| a | b |\n|---|---|\n| c | d |'],
    ['wrapping', 'one two\nthree `a\nb` four', 'one\ntwo three `a b`\nfour'],
    ['fences', '~~~ts\na _b_\n~~~', '```ts\na _b_\n```'],
    ['blank lines', 'a\n\n\nb', 'a\n\nb'],
  ])('%s', (_, before, after) => {
    expect(canonicalMarkdown(after)).toBe(canonicalMarkdown(before));
  });
});

describe('what says something else is something else', () => {
  test.each([
    ['identifiers', 'a_b_c', 'a*b*c'],
    ['code', '`a_b`', '`a*b`'],
    ['a fence', '```\na  b\n```', '```\na b\n```'],
    ['a language', '```ts\na\n```', '```js\na\n```'],
    ['lines of code', '```\na\nb\n```', '```\na b\n```'],
    ['two items and one', '- a\n- b', '- a\n  b'],
    ['an item below another', '- a\n- b', '- a\n  - b'],
    ['bullets and numbers', '- a', '1. a'],
    ['a quote', '> a', 'a'],
    ['paragraphs', 'a\n\nb', 'a\nb'],
    ['cells', '| a | b |\n|---|---|\n| c | |', '| a | b |\n|---|---|\n| | c |'],
    ['a hard break', 'a  \nb', 'a\nb'],
    ['strong and emphasis', '**a**', '*a*'],
  ])('%s', (_, one, other) => {
    expect(canonicalMarkdown(other)).not.toBe(canonicalMarkdown(one));
  });
});
