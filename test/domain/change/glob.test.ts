import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { globMatcher } from '../../../src/domain/change/glob.ts';
import { processorTime } from '../../support/processor-time.ts';

describe('matches', () => {
  test.each([
    ['src/*.ts', 'src/a.ts'],
    ['src/*.ts', 'src/.a.ts'],
    ['**/*.ts', 'a.ts'],
    ['**/*.ts', 'a/b/c.ts'],
    ['a/**', 'a/b/c'],
    ['a/**/b', 'a/b'],
    ['a/**/b', 'a/x/y/b'],
    ['a?c', 'abc'],
    ['[a-c]x', 'bx'],
    ['[!a]x', 'bx'],
    ['{a,b}/c', 'b/c'],
    ['{a,b{c,d}}', 'bd'],
    ['file{1..12}.ts', 'file10.ts'],
    ['@(a|b)/c', 'a/c'],
    ['(a|b)/c', 'b/c'],
    ['app/(admin)/**', 'app/(admin)/page.tsx'],
    ['app/[id]/**', 'app/[id]/page.tsx'],
    ['app/[id]/**', 'app/i/page.tsx'],
    ['app/[[...slug]]/page.tsx', 'app/[[...slug]]/page.tsx'],
    ['app/@modal/(.)photo/[id]/*', 'app/@modal/(.)photo/[id]/x'],
    ['a+b/c (copy), 2.md', 'a+b/c (copy), 2.md'],
    ['+(a)/x', '+(a)/x'],
    ['!(a)/x', '!(a)/x'],
    ['{a}', '{a}'],
    ['{{name}}/*.txt', '{{name}}/x.txt'],
    ['{a,b}', '{a,b}'],
    ['a[b', 'a[b'],
    ['(a', '(a'],
    ['src/(a|b)/[x]/{c,d}.ts', 'src/(a|b)/[x]/d.ts'],
  ])('%s: %s', (glob, path) => {
    expect(globMatcher(glob)(path)).toBe(true);
    expect(globMatcher(glob, { wide: true })(path.toUpperCase())).toBe(true);
  });
});

describe('does not match', () => {
  test.each([
    ['src/*.ts', 'src/a/b.ts'],
    ['*', 'a/b'],
    ['a/**', 'ab/c'],
    ['a/**/b', 'a/xb'],
    ['[!a]x', 'ax'],
    ['A', 'a'],
    ['a/**', 'a'],
    ['a?', 'a'],
    ['!(a)/x', 'b/x'],
    ['{a,b}c', 'c'],
    ['', 'a'],
  ])('%s: %s', (glob, path) => {
    expect(globMatcher(glob)(path)).toBe(false);
  });
});

test('a protection of what is below a folder covers a file in its place', () => {
  expect(globMatcher('a/**', { wide: true })('a')).toBe(true);
});

describe('a protection that cannot be followed covers more', () => {
  test.each([
    ['src/!(a)/x', 'src/b/x'],
    ['src/+(a)/x', 'src/aa/x'],
    [`src/${'{a,b}'.repeat(20)}/x`, 'src/abababababababababab/x'],
    [`src/${'@('.repeat(20)}a${')'.repeat(20)}/x`, 'src/a/x'],
    [`{${Array.from({ length: 400 }, (_, i) => `x${i}`).join(',')}}`, 'x399'],
  ])('%s: %s', (glob, path) => {
    expect(globMatcher(glob, { wide: true })(path)).toBe(true);
  });
});

// picomatch takes a file for what is below it, but only where its name is written out.
test('otherwise it is what picomatch finds', () => {
  const glob = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '/', '**/', '/**', '[ab]', '[^a]', '.', '{a,b}'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
    .filter((text) => !/\/\/|^\/|\/$|\*\*\*|[^/]\*\*|\*\*[^/]|\.\.?(\/|$)|\/\*\*$/.test(text));
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', '.a', 'ba.b', 'c'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(glob, path, (pattern, name) => {
      expect(globMatcher(pattern)(name)).toBe(picomatch(pattern, { dot: true, noextglob: true })(name));
    }),
    { numRuns: 1_000 },
  );
});

test('no glob keeps it busy', () => {
  const path = `${'a/'.repeat(200)}${'a'.repeat(600)}`;
  for (const piece of ['?*', '*a', '**/', '{a,b}', '@(', '{', '(', '[', '!(a|', '{1..9}', '[a-z]*', '{a,{b,']) {
    for (const wide of [true, false]) {
      const glob = `${piece.repeat(300 / piece.length)}Z`;
      expect([piece, processorTime(() => globMatcher(glob, { wide })(path), 20) < 20]).toEqual([piece, true]);
    }
  }
});
