import { expect, test } from '@jest/globals';
import { codeIn } from '../../../src/text/markdown-code.ts';
import { readDiagramReferences, readReferences } from '../../../src/text/visibility/character-references.ts';

test.each([
  ['a&#8203;b&#x200B;c&#X200b;d', 'a\u200bb\u200bc\u200bd'],
  ['a&nbsp;b &amp; &copy; &constructor; &;', 'a\u00a0b &amp; &copy; &constructor; &;'],
  ['a&lrm;b&rlm;c', 'a\u200eb\u200fc'],
  ['\\&#8203; \\\\&#8203;', '\\&#8203; \\\\\u200b'],
  ['`&#8203;` &#8203; `&zwj;`', '`&#8203;` \u200b `&zwj;`'],
  ['a&#10;b\n\n    &#8203;\n\n&#8203;', 'a b\n\n    &#8203;\n\n\u200b'],
  ['&#xD800; &#1114112; &#99999999;', '\ufffd \ufffd &#99999999;'],
])('%j is shown as %j', (text, shown) => {
  expect(readReferences(text, codeIn(text))).toBe(shown);
});

test.each([
  ['a["x#8203;y"]', 'a["x\u200by"]'],
  ['a["x&#8203;y&#x200b;z"]', 'a["x\u200by\u200bz"]'],
  ['a["#shy;#35;8203;#38;#35;8203;"]', 'a["\u00ad#8203;&#8203;"]'],
])('a diagram %j is shown as %j', (text, shown) => {
  expect(readDiagramReferences(text)).toBe(shown);
});
