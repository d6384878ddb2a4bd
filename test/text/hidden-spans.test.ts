import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hiddenSpans } from '../../src/text/hidden-spans.ts';
import { descendants, parseMarkdown, span } from '../../src/text/parse-markdown.ts';
import { runs } from '../support/runs.ts';

const PIECES = [
  ...[
    '<!-- x -->',
    '<!-- x',
    ' -->',
    '`',
    '``',
    '```',
    '\n```\n',
    '\n~~~\n',
    '\n',
    '\n\n',
    '\n    ',
    '\n  ',
    '\n> ',
    '\n- ',
    '\n1. ',
    '\n\t',
  ],
  ...[
    '<div>',
    '\n<div>\n',
    '\n</div>\n',
    '<a title="`">',
    '<? x ?>',
    '\\',
    'word',
    '\n# ',
    '\n---\n',
    '\n===\n',
    '> ',
    '- ',
    '\n\n  ',
    '\n\n    ',
  ],
  ...['|', '\n|-|-|\n', ' '],
];

/** Offsets of what the parser, which is slow, takes for HTML that nobody sees; and of what it takes for code. */
function parsed(text: string): { readonly comments: readonly number[]; readonly code: readonly number[] } {
  const comments: number[] = [];
  const code: number[] = [];
  let isOpen = false;
  for (const node of descendants(parseMarkdown(text))) {
    const { start, end } = span(node);
    if (node.type === 'html') {
      const at = text.indexOf('x', start);
      if (/^<!-- x -->$|^<\? x \?>$/.test(node.value)) comments.push(at);
      if (/<!--(?![\s\S]*-->)/.test(node.value)) isOpen = true;
    } else if (!isOpen && (node.type === 'code' || node.type === 'inlineCode')) {
      for (let at = start; at < end; at += 1) if (text[at] === 'x') code.push(at);
    }
  }
  return { comments, code };
}

test('what the parser takes for a comment is hidden, and what it takes for code is not', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 14 }), (pieces) => {
      const text = pieces.join('');
      // Behind code, and behind a paragraph outside its quote, the parser takes an empty item for text; the table below has what CommonMark says.
      fc.pre(!/^[ \t>]*(?:-|\d+[.)]) *$/m.test(text));
      const hidden = hiddenSpans(text);
      const isHidden = (at: number) => hidden.some(([start, end]) => start <= at && at < end);
      const { comments, code } = parsed(text);
      expect(comments.filter((at) => !isHidden(at))).toEqual([]);
      expect(code.filter(isHidden)).toEqual([]);
    }),
    { numRuns: runs(400, 20_000) },
  );
});

test.each<readonly [text: string, isHidden: boolean]>([
  // An item begins behind code, so that its comment is HTML, which hides what follows until the end.
  ['\tcode\n1. \n    <!-- x\n---\n\n\tx', true],
  ['\tcode\n- \n  <!-- x\n---\n\n\tx', true],
  // The quote with its empty item ends, and what is indented by four is code.
  ['word\n> - \n    <!-- x -->', false],
  ['word\n> 1. \n    <!-- x -->', false],
  // An empty item cannot interrupt a paragraph, which goes on; a comment in it hides itself only.
  ['word\n1. \n    <!-- y -->\n\n\tx', false],
  ['word\n2) \n    <!-- x -->', true],
  // A hyphen alone underlines a heading, behind which an indented line is code.
  ['word\n- \n    <!-- x -->', false],
])('what an empty item begins, and what it does not: %j', (text, isHidden) => {
  const at = text.lastIndexOf('x');
  expect(hiddenSpans(text).some(([start, end]) => start <= at && at < end)).toBe(isHidden);
});
