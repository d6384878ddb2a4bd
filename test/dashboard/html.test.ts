import { describe, expect, it, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Html, html } from '../../src/dashboard/html/html.ts';
import { inline, outward } from '../../src/dashboard/html/words.ts';
import { diffLines } from '../../src/dashboard/pages/diff.ts';
import { processorTime } from '../support/processor-time.ts';

const PLACE = { serverUrl: 'https://github.com', owner: 'olga', name: 'shop' };

test.each([
  ['markup', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['an attribute', `" onload='x' \`y\``, '&quot; onload=&#39;x&#39; &#96;y&#96;'],
  ['an entity', '&lt;b&gt;', '&amp;lt;b&amp;gt;'],
  ['a turn of direction', 'a\u202eb', 'a\u27e8U+202E\u27e9b'],
  ['a terminal sequence', '\u001b[31mred', '\u27e8U+001B\u27e9[31mred'],
  ['what has no width', 'a\u200bb\ufeffc', 'a\u27e8U+200B\u27e9b\u27e8U+FEFF\u27e9c'],
  ['tags that spell a sentence', '\u{e0041}', '\u27e8U+E0041\u27e9'],
  ['half a character', '\ud800', '\ufffd'],
  ['NUL', 'a\0b', 'a\u27e8U+0000\u27e9b'],
  ['lines', 'a\r\nb\tc', 'a\nb\tc'],
])('%s is shown as it is', (_, text, shown) => {
  expect(html`${text}`.toString()).toBe(shown);
});

describe('a template', () => {
  it('escapes every text, however deep, and markup of ours only once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const made = html`<p title="${texts.join('')}">${texts.map((text) => html`<b>${text}</b>`)}${texts}</p>`.toString();
        const inside = made
          .replace(/^<p title="/, '')
          .replace(/<\/p>$/, '')
          .replaceAll('<b>', '')
          .replaceAll('</b>', '')
          .replace('">', '');
        expect(inside).not.toMatch(/[<>"'`]/);
      }),
    );
  });
  it('leaves nothing where there is nothing', () => {
    expect(html`${null}${undefined}${false}${0}${[]}`.toString()).toBe('0');
  });
  it('is the only way to markup', () => {
    expect(() => new Html(Symbol('html') as never, '<b>')).toThrow();
  });
});

test.each([['javascript:alert(1)'], [' javascript:alert(1)'], ['data:text/html,<script>'], ['//evil.example'], ['vbscript:x']])(
  '%s is no link',
  (url) => {
    expect(outward(url, 'here').toString()).toBe('here');
  },
);

test.each([
  ['**a `b`**', '<strong>a <code>b</code></strong>'],
  [
    '#12 by @wanda',
    /<a href="https:\/\/github.com\/olga\/shop\/issues\/12" [^>]*>#12<\/a> by <a href="https:\/\/github.com\/wanda" [^>]*>@wanda<\/a>/,
  ],
  ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
  ['<img src=x>', '&lt;img src=x&gt;'],
  ['a@b.example', 'a@b.example'],
  ['one\n\ntwo', 'one<br />two'],
  ['** not bold', '** not bold'],
])('%s in a line of ours', (markdown, shown) => {
  const made = inline(markdown, PLACE).toString();
  if (typeof shown === 'string') expect(made).toBe(shown);
  else expect(made).toMatch(shown);
});

test('a line of a thousand stars is read in no time', () => {
  const stars = '**a'.repeat(100_000);
  const ticks = '`'.repeat(300_000);
  expect(processorTime(() => [stars, ticks].map((text) => inline(text, PLACE, 300_000)), 500)).toBeLessThan(1_000);
});

test('a diff has the lines between what both begin and end with, and gives both back', () => {
  expect(diffLines('a\nb\nc\n', 'a\nx\nc\n').map(({ sign, text }) => sign + text)).toEqual([' a', '-b', '+x', ' c']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.array(fc.constantFrom('a', 'b', 'c')), (before, after) => {
      const lines = diffLines(before.join('\n'), after.join('\n'));
      const side = (sign: string): string =>
        lines
          .filter((l) => l.sign === ' ' || l.sign === sign)
          .map((l) => l.text)
          .join('\n');
      expect([side('-'), side('+')]).toEqual([before.join('\n'), after.join('\n')]);
    }),
  );
});
