import { expect, test } from '@jest/globals';
import { showDiff } from '../../src/reviewer/shown-diff.ts';

const PATCH = [
  'diff --git a/src/a b.js b/src/a b.js',
  'index 1111111..2222222 100644',
  '--- a/src/a b.js',
  '+++ b/src/a b.js',
  '@@ -3,4 +3,5 @@ export function a() {',
  '   const one = 1;',
  '-  return one;',
  '+  const two = 2;\r',
  '+  return one + two;',
  ' }',
  '@@ -90,2 +91,2 @@',
  '-diff --git a/x b/x',
  '+diff',
  '\\ No newline at end of file',
  'diff --git a/old.js b/old.js',
  'deleted file mode 100644',
  'index 1111111..0000000',
  '',
].join('\n');

test('each line of the new file has its number, and a deleted file is only named', () => {
  const { text, leftOut, lines } = showDiff(PATCH);
  expect(text.split('\n').slice(4)).toEqual([
    '@@ -3,4 +3,5 @@ export function a() {',
    '    3    const one = 1;',
    '      -  return one;',
    '    4 +  const two = 2;',
    '    5 +  return one + two;',
    '    6  }',
    '@@ -90,2 +91,2 @@',
    '      -diff --git a/x b/x',
    '   91 +diff',
    '\\ No newline at end of file',
    'diff --git a/old.js b/old.js',
    'deleted file mode 100644',
    'index 1111111..0000000',
  ]);
  expect(leftOut).toEqual([]);
  expect([...lines]).toEqual([
    ['src/a b.js', 91],
    ['old.js', 0],
  ]);
});

test('what a reader cannot see is not shown, and a generated line is cut', () => {
  const { text } = showDiff(`diff --git a/a b/a\n@@ -0,0 +1,2 @@\n+in\u200bvisible\u202e\n+${'x'.repeat(5_000)}\n`);
  expect(text).toContain('    1 +invisible\n');
  expect(text).toMatch(/x{900,1000}… \(cut\)$/);
});

test('a file that is too large is named, and the others are shown', () => {
  const file = (path: string, count: number) =>
    `diff --git a/${path} b/${path}\n@@ -0,0 +1,${count} @@\n${`+${'y'.repeat(99)}\n`.repeat(count)}`;
  const { text, leftOut, lines } = showDiff(file('a.js', 3) + file('big.json', 5_000) + file('z.js', 4));
  expect(leftOut).toEqual(['big.json']);
  expect([...lines]).toEqual([
    ['a.js', 3],
    ['z.js', 4],
  ]);
  expect(text.length).toBeLessThan(2_000);
});

test('nothing is shown of nothing', () => {
  expect(showDiff('')).toEqual({ text: '', leftOut: [], lines: new Map() });
});
