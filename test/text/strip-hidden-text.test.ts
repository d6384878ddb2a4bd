import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stripHiddenText } from '../../src/text/strip-hidden-text.ts';
import { processorTime } from '../support/processor-time.ts';

describe('hidden', () => {
  test.each([
    ['a <!-- hidden --> b', 'a  b'],
    ['a\n\n<!-- never closed\nb\n\n# c', 'a'],
    ['a\n<!-- interrupts a paragraph, never closed\nb', 'a'],
    ['> <!-- in a quote\n\nafter it', '>'],
    ['<!-- over\n\nblank lines --> shown\n\nb', 'shown\n\nb'],
    ['<div>\n<!-- in HTML\n\nb\n\n<p>--></p> c', '<div>\n</p> c'],
    ['<details>\n<? hidden ?>\n</ hidden too>\nx\n</details>', '<details>\n\n\nx\n</details>'],
    ['a <? hidden ?> b <!X hidden> c <![CDATA[ hidden ]]> d', 'a  b  c  d'],
    ['a\n\n[//]: # (hidden)\n[comment]: <> "hidden"\n  [x]: # \'hidden\'\n\nb', 'a\n\n\n\n  \n\nb'],
    ['[note]: https://example.com "nothing refers to it"\n\nb', 'b'],
    ['a\n\n[^1]: nothing refers\n    to it\n\nb', 'a\n\n[^1]: \n    \n\nb'],
    ['- a\n\n  <!-- in\n  a list -->\n- b', '- a\n\n  \n  \n- b'],
    ['| a | b |\n|---|---|\n| ` | <!-- hidden --> ` |', '| a | b |\n|---|---|\n| ` |  ` |'],
    ['<a title="`"> <!-- hidden --> `', '<a title="`">  `'],
    ['https://a.example/x` <!-- hidden --> `y', 'https://a.example/x`  `y'],
    ['\\`<!-- hidden -->`', '\\``'],
    ['``a` <!-- hidden -->', '``a`'],
    ['<!\u200b-- hidden -->b', 'b'],
    ['  - a\n\n        <!-- code of the item -->\n\n    <!-- hidden -->\n', '- a\n\n        <!-- code of the item -->'],
    [`${'> '.repeat(200)}\`<!-- nested too deeply to tell -->\``, `${'> '.repeat(200)}\`\``],
  ])('%j is seen as %j', (text, seen) => {
    expect(stripHiddenText(text)).toEqual({ text: seen, removed: true });
  });
});

describe('field case 06-issue-comment-open-in-code-span: visible', () => {
  test.each([
    'The renderer stops at `<!--` in a template.\n\nWhat must hold afterwards:\n\n- text behind it is kept\n- a warning is logged',
    'a `<!-- x -->` b',
    'a ``` <!-- ` --> ``` b',
    '``a` <!-- x --> `b',
    '```html\n<!-- in a fence\n```\nb',
    '```html\n<!-- in a fence that is never closed -->',
    '~~~\n<!--\n```\n-->\n~~~',
    'a\n\n    <!-- in indented code -->\n\nb',
    '- a\n\n  ```\n  <!--\n  ```\n- b',
    '> ```\n> <!--\n> ```\n> b',
    'never closed in a line: <!-- b\n\nnext paragraph -->',
    'a \\<!-- shown -->',
    '`over\nlines <!-- -->`',
    '[docs]: https://example.com (The docs)\n\nsee [docs] and [the docs][docs]',
    'a[^1]\n\n[^1]: referred to',
    '```\n[//]: # (in a fence)\n```',
    'a\n[//]: # (in a paragraph it is text)',
    '- [ ]: # not at the start (shown)',
    'a < b! and c <? d',
    '<details><summary>s</summary>\n\nopened by a click\n\n</details>',
    '👩‍💻 and שלום\u200f stay',
  ])('%j', (text) => {
    expect(stripHiddenText(text)).toEqual({ text, removed: false });
  });

  test.each([
    ['zero\u200bwidth, \u202eover\u202cride, \u{e0041}tag', 'zerowidth, override, tag'],
    ['half \ud83d of a pair', 'half \ufffd of a pair'],
    ['\r\na\rb\r\n', 'a\nb'],
    ['', ''],
  ])('%j becomes %j, and no words are missing', (text, seen) => {
    expect(stripHiddenText(text)).toEqual({ text: seen, removed: false });
  });
});

const PIECES = [
  ...[
    '<!--',
    '-->',
    '<!-- x -->',
    '`',
    '``',
    '```',
    '\n```\n',
    '\n~~~\n',
    '\n',
    '\n\n',
    '\n    ',
    '\n> ',
    '\n- ',
    '\n1. ',
    '\t',
    ' ',
  ],
  ...[
    '<div>',
    '</div>',
    '<a title="`">',
    '<?',
    '?>',
    '<!X',
    '>',
    '[a]: # (b)',
    '\n[a]: b\n',
    '[a]',
    '\n[^1]: ',
    '[^1]',
    '|',
    '\n|-|-|\n',
  ],
  ...['\\', 'word', 'https://a.b/', '<![CDATA[', ']]>', '\n# ', '\n---\n', '"', "'", '('],
];

test('whatever it is made of: nothing is invented', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), (pieces) => {
      const { text, removed } = stripHiddenText(pieces.join(''));
      if (!removed) expect(text).toBe(pieces.join('').trim());
      expect(text.length).toBeLessThanOrEqual(pieces.join('').length);
    }),
    { numRuns: 500 },
  );
});

test('65,000 characters of anything take no time to speak of', () => {
  const pairs = PIECES.flatMap((one, i) => PIECES.filter((_, j) => (i + j) % 11 === 0).map((other) => one + other));
  for (const piece of [
    ...PIECES,
    ...pairs,
    '<a b="',
    "<a b='",
    '<a b=c ',
    '- > ',
    '[a]: b "',
    '[a]: b (',
    '`<!--``',
    '- a\n\n  > ',
  ]) {
    const text = piece.repeat(65_000 / piece.length);
    expect([piece, processorTime(() => stripHiddenText(text), 150) < 150]).toEqual([piece, true]);
  }
});
