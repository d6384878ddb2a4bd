import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { directoryTree } from '../../../src/planner/context/directory-tree.ts';

const BUDGET = 4_000;
const many = (count: number, path: (i: number) => string) => Array.from({ length: count }, (_, i) => path(i));

describe('the tree stays within its budget', () => {
  test.each([
    ['one directory with 20,000 files', [...many(20_000, (i) => `data/${i}.json`), 'src/a.ts', 'src/b/c.ts']],
    ['30,000 files at the root', many(30_000, (i) => `file-${i}.json`)],
    ['5,000 directories at the root', many(30_000, (i) => `package-${i % 5_000}/src/${i}.ts`)],
    ['500 levels', many(30_000, (i) => `${'deep/'.repeat(i % 500)}${i}.ts`)],
    ['very long names', many(3_000, (i) => `${'x'.repeat(200)}${i}/${'y'.repeat(200)}`)],
    ['names with line breaks', many(3_000, (i) => `a\nb${i}/c\nd`)],
  ])('%s', (_, paths) => {
    const text = directoryTree(paths, BUDGET);
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    expect(text.length).toBeGreaterThan(30);
  });

  test('whatever the shape', () => {
    const name = fc.string({ minLength: 1, maxLength: 30 }).map((s) => s.replaceAll('/', '_'));
    const path = fc.array(name, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 80 }), fc.integer({ min: 300, max: 3_000 }), (paths, budget) => {
        expect(directoryTree(paths.toSorted(), budget).length).toBeLessThanOrEqual(budget);
      }),
    );
  });
});

test('a small repository is listed file by file', () => {
  expect(directoryTree(['README.md', 'src/a.ts'], BUDGET)).toBe('README.md\nsrc/a.ts');
});

test('large directories near the root are opened first, other people’s code last; what room is left names files', () => {
  const paths = [
    'README.md',
    ...many(400, (i) => `node_modules/left-pad-${i}/index.js`),
    ...many(60, (i) => `src/core/part-${i}.ts`),
    ...many(3, (i) => `src/main/java/com/acme/Part${i}.java`),
    'test/a.test.ts',
  ].sort();
  expect(directoryTree(paths, 210)).toBe(
    [
      'README.md',
      'node_modules/ 400',
      'src/ 63',
      '  core/ 60',
      '  main/java/com/acme/ 3: Part0.java, Part1.java, Part2.java',
      'test/ 1: a.test.ts',
    ].join('\n'),
  );
});

test('what is left out is counted', () => {
  const paths = many(100, (i) => `package-${String(i).padStart(3, '0')}/src/a/${'b'.repeat(40)}.ts`);
  expect(directoryTree(paths, 1_500)).toMatch(/\n\.\.\. 60 more directories: 60$/);
});
