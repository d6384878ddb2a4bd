import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { descendants, parseMarkdown } from '../../src/text/parse-markdown.ts';
import { sanitizeCell, sanitizeLine, sanitizeMarkdown, sanitizeTitle } from '../../src/text/sanitize-markdown.ts';

/** The zero-width space, so that it can be seen. */
const shown = (text: string): string => text.replaceAll('\u200b', '·');

describe('a text of its own', () => {
  test.each<[name: string, given: string, posted: string]>([
    ['a mention', 'Ask @wanda.', 'Ask @·wanda.'],
    ['a team', 'Ask @olga/owners.', 'Ask @·olga/owners.'],
    ['a mention as an entity', 'Ask &#64;wanda or &commat;olga.', 'Ask &amp;#64;wanda or &amp;commat;olga.'],
    ['a mention behind a backslash', 'Ask \\@wanda.', 'Ask \\@·wanda.'],
    ['a mention with something unseen in it', 'Ask @\u200bwanda.', 'Ask @·wanda.'],
    ['closing keywords', 'Closes #1, fixes: #2.\nResolved olga/shop#3', 'Closes· #·1, fixes·: #·2.\nResolved· olga/shop#·3'],
    ['GH-12', 'This fixes GH-12.', 'This fixes· GH-·12.'],
    ['an address', 'close https://github.com/olga/shop/issues/1', 'close· https://redirect.github.com/olga/shop/issues/1'],
    [
      'a keyword with emphasis or a link',
      '**Fixes** #1, closes [#2](x), closes \\#3',
      '**Fixes·** #·1, closes· [#·2](x), closes· \\#·3',
    ],
    ['a keyword over a line of a quotation', '> closes\n> #1', '> closes·\n> #·1'],
    ['a keyword in code', 'as in `fixes #1`', 'as in `fixes· #1`'],
    ['an ordinal', 'It fixes the limit; the #1 reason.', 'It fixes the limit; the #·1 reason.'],
    ['a keyword before code', 'closes `#1`, fixes ```x#2```', 'closes· `#1`, fixes ```x#·2```'],
    ['a keyword far before its number', `closes${' '.repeat(40)}#1`, `closes·${' '.repeat(40)}#·1`],
    [
      "another repository's issue",
      'See facebook/react#1 and `facebook/react#2`.',
      'See facebook/react#·1 and `facebook/react#·2`.',
    ],
    [
      "another repository's addresses",
      'https://github.com/a/b/issues/1, http://www.github.com/a/b/pull/2#x and https://github.com/a/b',
      'https://redirect.github.com/a/b/issues/1, http://redirect.github.com/a/b/pull/2#x and https://github.com/a/b',
    ],
    [
      'commands in a fence',
      '```\n/merge\n/usr/bin/x y\n@dependabot merge\n@decorator\n```',
      '```\n·/merge\n/usr/bin/x y\n@·dependabot merge\n@decorator\n```',
    ],
    ['commands without a slash', '!deploy\n.deploy prod\nbors r+\n.5 is half', '\\!deploy\n\\.deploy prod\nb·ors r+\n.5 is half'],
    [
      'a definition',
      'a\n\n[x]: https://a.example "hidden"\n> - [^1]: hidden',
      'a\n\n\\[x]: https://a.example "hidden"\n> - \\[^1]: hidden',
    ],
    ['control characters', 'a\u0000b\u001b[31mc\u0085d\u2028e', 'ab[31mcde'],
    [
      'HTML',
      '<details><img src="https://evil.example/x.png"></details>',
      '&lt;details>&lt;img src="https://evil.example/x.png">&lt;/details>',
    ],
    ['a hidden comment', '<!-- planwright:plan issue=1 -->', '&lt;!-- planwright:plan issue=1 -->'],
    ['an image', '![x](https://evil.example/x.png)', '!\\[x](https://evil.example/x.png)'],
    ['an image by reference', '![x][y]\n\n[y]: https://evil.example/x.png', '!\\[x][y]\n\n\\[y]: https://evil.example/x.png'],
    [
      'an image in a link',
      '[![x](https://evil.example/x.png)](https://a.example)',
      '[!\\[x](https://evil.example/x.png)](https://a.example)',
    ],
    ['an image behind two backslashes', '\\\\![x](y)', '\\\\!\\[x](y)'],
    ['an address between angles', '<https://a.example/x>', '&lt;https://a.example/x>'],
    [
      'code stays',
      'Use `@decorator<T>` and\n\n```ts\n@decorator()\n<b>\n```',
      'Use `@decorator<T>` and\n\n```ts\n@decorator()\n<b>\n```',
    ],
    ['a backtick in an attribute pairs with nothing', '<a title="`"> `@wanda`', '&lt;a title="`"> `@·wanda`'],
    ['a backtick that a bare link swallows', 'https://a.example/x` @wanda `y', 'https://a.example/x` @·wanda `y'],
    ["other bots' commands", '/merge\n  /lgtm\ntext /approve', '\\/merge\n  \\/lgtm\ntext /approve'],
    ['a bot by name', '@dependabot merge', '@·dependabot merge'],
    ['a word that keeps checks from running', 'Done [skip ci]', 'Done [·skip ci]'],
    ['an open fence', 'So:\n\n```js\na();', 'So:\n\n```js\na();\n```'],
    ['a fence left open by a shorter one', '````\n```\n', '````\n```\n\n````'],
    ['an open fence of tildes', '~~~\na', '~~~\na\n~~~'],
    ['a closed fence', '```\na\n```\n', '```\na\n```\n'],
  ])('%s', (_, given, posted) => {
    expect(shown(sanitizeMarkdown(given))).toBe(posted);
  });

  test('the issues of the task may be referred to, and no others of that number', () => {
    expect(shown(sanitizeMarkdown('See #7, #8 and a/b#7.', [7]))).toBe('See #7, #·8 and a/b#·7.');
    expect(shown(sanitizeTitle('Part of #7', [7]))).toBe('Part of #7');
  });

  test('nested so deep that nobody could read it: nothing is spared as code, and no fence opens', () => {
    const deep = `${'> '.repeat(60)}x\n\`\`\`\n@wanda`;
    expect(shown(sanitizeMarkdown(deep))).toContain('\n\\```\n@·wanda');
  });

  test.each(['- `a`\n', '> - a\n', '`\n', '[^a]: ~~~\n'])(
    'of so many signs that it would take long to tell what is code: likewise (%j)',
    (piece) => {
      const busy = `${piece.repeat(65_000 / piece.length)}\n\`\`\`\n@wanda`;
      expect(shown(sanitizeMarkdown(busy))).toContain('\n\\```\n@·wanda');
    },
  );

  test('as long as GitHub takes, with lists, links and code: the code stays code', () => {
    const page =
      '## What was done\n\n- `limiter.take()` in [the server](src/server.js) and `close()`\n- a line of prose that says why\n\n```js\ntake(`@wanda`);\n```\n\n';
    const long = page.repeat(65_000 / page.length);
    expect(sanitizeMarkdown(long)).toBe(long);
  });
});

describe('a text in a line of ours', () => {
  test.each<[name: string, given: string, posted: string]>([
    ['several lines', 'one\n\n    @wanda', 'one @·wanda'],
    ['a fence', '``` @wanda', '\\`\\`\\` @·wanda'],
    ['a lone backtick', 'a `b @wanda', 'a \\`b @·wanda'],
    ['code', 'use `@a` or `` b`c ``', 'use `@a` or `` b`c ``'],
    ['an escaped backtick', '\\`@wanda`', '\\`@·wanda\\`'],
  ])('%s', (_, given, posted) => {
    expect(shown(sanitizeLine(given))).toBe(posted);
  });

  test('in a cell', () => {
    expect(sanitizeCell('a | b `c|d`')).toBe('a \\| b `c\\|d`');
  });
});

test.each<[given: string, posted: string]>([
  ['Closes #1 for @wanda', 'Closes· #·1 for @·wanda'],
  ['Work around facebook/react#12345', 'Work around facebook/react#·12345'],
  ['/merge it', '·/merge it'],
  ['a\u0000b', 'ab'],
  ['Add it\n[ci skip]', 'Add it [·ci skip]'],
  ['Use `List<T>` & ![x]', 'Use `List<T>` & ![x]'],
  ['Turn \u202earound', 'Turn around'],
])('the title %j', (given, posted) => {
  expect(shown(sanitizeTitle(given))).toBe(posted);
});

function withoutCode(markdown: string, nodes: readonly Nodes[]): string {
  const code = nodes.filter((n) => n.type === 'code' || n.type === 'inlineCode').map((n) => n.position);
  return [...markdown]
    .map((c, i) => (code.some((p) => p && i >= (p.start.offset ?? 0) && i < (p.end.offset ?? 0)) ? '`' : c))
    .join('');
}

/** What GitHub acts on, as far as the parser sees what GitHub sees. */
function effects(markdown: string): string[] {
  const root = parseMarkdown(markdown);
  const nodes: Nodes[] = [...descendants(root)];
  const acceptText = nodes.map((n) => (n.type === 'text' ? n.value : n.type === 'inlineCode' ? '\u0001' : '')).join('');
  return [
    ...nodes.filter((n) => n.type === 'html' || n.type === 'image' || n.type === 'imageReference').map((n) => n.type),
    ...(acceptText.match(/(?<![\w`])@[a-z0-9]/gi) ?? []),
    ...(acceptText.match(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+\/[\w.-]+)?(?:#\d|GH-\d)/gi) ?? []),
    ...(withoutCode(markdown, nodes).match(/^[ \t]{0,3}\/\w/gm) ?? []),
  ];
}

const PIECES = [
  ...[
    '@wanda',
    '@olga/owners',
    'closes',
    ' ',
    ' #1',
    '#2',
    'olga/shop#3',
    'GH-4',
    ':',
    '*',
    '_',
    '~~',
    '**',
    '\\',
    '&#64;',
    '&lt;',
  ],
  ...[
    '`',
    '``',
    '```',
    '~~~',
    '\n',
    '\n\n',
    '\n> ',
    '\n- ',
    '\n1. ',
    '\n    ',
    '\n| a | b |\n|--|--|\n| ',
    '|',
    '# ',
    '---',
    '\t',
  ],
  ...[
    '<',
    '>',
    '<img src="x">',
    '<!--',
    '-->',
    '<a title="`">',
    '<pre>',
    '</details>',
    '<https://a.example>',
    'https://a.example/',
  ],
  ...['!', '[', ']', '(x)', '![x](y)', '[x]: y', '![x][x]', '[^1]', '\n[^1]: ', '/merge', '\n/lgtm', 'word', '"', '[skip ci]'],
];
const nasty = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''));

test('whatever it is made of, nothing in it has an effect', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(effects(sanitizeMarkdown(text))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test.each(['\n[^1]: ```<img src="x">', '[^1]: ```\n<img src="x">\n    [^2]: ```<img src="x">'])(
  'a fence in a footnote protects nothing, because the footnote is escaped: %j',
  (text) => {
    expect(effects(sanitizeMarkdown(text))).toEqual([]);
  },
);

test('in a line of ours neither, nor does it change what stands around it', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const line = `- before ${sanitizeLine(text)} \`after\``;
      expect(effects(line)).toEqual([]);
      expect(parseMarkdown(line).children).toHaveLength(1);
      const code = [...descendants(parseMarkdown(line))].filter((n) => n.type === 'inlineCode');
      expect(code.at(-1)).toMatchObject({ value: 'after' });
    }),
    { numRuns: 300 },
  );
});

test('an angle that begins a line of a code span does not open a block of HTML', () => {
  expect(sanitizeMarkdown('``\n<pre>``')).toBe('``\n&lt;pre>``');
});

test('what follows a text of its own is no part of it', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const { children } = parseMarkdown(`${sanitizeMarkdown(text)}\n\n### Ours`);
      expect(children.at(-1)).toMatchObject({ type: 'heading', depth: 3 });
    }),
    { numRuns: 300 },
  );
});

test("field case 32-backlink-to-strangers-issue: nothing is mentioned in a stranger's issue", () => {
  const seen = sanitizeMarkdown('See https://github.com/facebook/react/issues/12345 and facebook/react#1.');
  expect(seen).toContain('https://redirect.github.com/facebook/react/issues/12345');
  expect(seen).not.toContain('facebook/react#1');
  expect(sanitizeLine('Work around facebook/react#12345')).not.toContain('facebook/react#12345');
});
