import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../runs.ts';
import { asGitSays, onlyAdded } from './diffs.ts';
import { git, tryGit } from './git-command.ts';
import { buildTree, listTree, writeCommit } from './git-objects.ts';
import { ahead, commitsSince, isAncestor, mergeBase } from './history.ts';
import { writeObject } from './loose-objects.ts';
import { isPlainRef, looseRef, moveLooseRef } from './loose-refs.ts';
import { differences, plainMerge } from './loose-trees.ts';

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'loose-files-'));
  await git(dir, ['init', '--quiet', '--bare', '-b', 'main']);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const commit = (tree: string, ...parents: string[]): string => {
  const who = { name: 'a', email: 'a@example.com', date: '2026-01-01T00:00:00Z' };
  return writeCommit(dir, { tree, parents, author: who, committer: who, message: 'm' });
};

// Few names, so that files give way to folders and folders to files, and with git's odd order: `a.b` < `a/` < `ab`.
const path = fc
  .array(fc.constantFrom('a', 'a.b', 'ab', '.github'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'));
const files = fc.dictionary(path, fc.constantFrom('1\n', '2\n', ''), { maxKeys: 6 }).map((all) => {
  const paths = Object.keys(all).filter((one) => !Object.keys(all).some((other) => other.startsWith(`${one}/`)));
  return new Map(paths.map((one) => [one, all[one] as string]));
});
const put = (all: ReadonlyMap<string, string>) =>
  [...all].map(([at, text]) => ({ path: at, mode: '100644', sha: writeObject(dir, 'blob', Buffer.from(text)) }));

const listing = async (tree: string) =>
  (await git(dir, ['ls-tree', '-r', '-t', '--full-tree', tree])).split('\n').filter(Boolean);

test('trees are built, listed, compared and merged as git does it', async () => {
  await fc.assert(
    fc.asyncProperty(files, files, files, async (first, second, third) => {
      const taken = [...first.keys()].filter((_, i) => i % 2 === 0).map((at) => ({ path: at, mode: '0', sha: null }));
      const base = await buildTree(dir, null, put(first));
      const ours = await buildTree(dir, base, [...taken, ...put(second)]);
      const theirs = await buildTree(dir, base, put(third));
      expect((await tryGit(dir, ['fsck', '--strict', ours, theirs])).code).toBe(0);
      const listed = await listTree(dir, ours, { recursive: true });
      expect(listed.map(({ mode, type, sha, path: at }) => `${mode} ${type} ${sha}\t${at}`)).toEqual(await listing(ours));
      const names = (await git(dir, ['diff-tree', '-r', '--no-renames', '--name-only', base, ours])).split('\n').filter(Boolean);
      expect([...new Set(differences(dir, base, ours)?.map((one) => one.path))].sort()).toEqual([...new Set(names)].sort());
      const merged = plainMerge(dir, base, ours, theirs);
      if (merged === undefined) return;
      const root = commit(base);
      const { code, stdout } = await tryGit(dir, ['merge-tree', '--write-tree', commit(ours, root), commit(theirs, root)]);
      expect([code, stdout.toString().slice(0, 40)]).toEqual([0, merged]);
    }),
    { numRuns: runs(15, 40) },
  );
});

test('added files are shown as git shows them', async () => {
  const text = fc.array(fc.constantFrom('one', 'two', '', '+', '\\', 'diff --git a/a b/b', '@@ -1 +1 @@'), { maxLength: 5 });
  const added = fc.dictionary(fc.constantFrom('z', 'z.b', 'zz/a', 'größe'), fc.tuple(text, fc.boolean()), { minKeys: 1 });
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(files, added, async (before, after) => {
      const texts = Object.entries(after).map(([at, [lines, ends]]): [string, string] => [
        at,
        lines.join('\n') + (ends ? '\n' : ''),
      ]);
      const base = commit(await buildTree(dir, null, put(before)));
      const head = commit(await buildTree(dir, await buildTree(dir, null, put(before)), put(new Map(texts))), base);
      for (const range of [`${base} ${head}`, `${base}...${head}`]) {
        const ours = await onlyAdded(dir, range);
        if (ours === undefined) continue;
        shown += 1;
        expect(ours).toEqual(await asGitSays(dir, range));
      }
    }),
    { numRuns: runs(15, 200) },
  );
  expect(shown).toBeGreaterThan(0);
});

test('the history is what git says it is', async () => {
  const tree = writeObject(dir, 'tree', Buffer.alloc(0));
  const parents = fc.array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(parents, fc.nat(), fc.nat(), async (graph, x, y) => {
      const all: string[] = [];
      for (const [i, own] of graph.entries()) {
        const chosen = i === 0 ? [] : [...new Set(own.map((n) => all[n % i] as string))];
        const message = `${i} ${own}`;
        const who = { name: 'a', email: 'a@example.com', date: `2026-01-0${i + 1}T00:00:00Z` };
        all.push(writeCommit(dir, { tree, parents: chosen, author: who, committer: who, message }));
      }
      const [a, b] = [all[x % all.length] as string, all[y % all.length] as string];
      const said = async (...args: string[]) => (await tryGit(dir, args)).stdout.toString().trim();
      expect(await isAncestor(dir, a, b)).toBe((await tryGit(dir, ['merge-base', '--is-ancestor', a, b])).code === 0);
      expect((await said('merge-base', '--all', a, b)).split('\n')).toContain(await mergeBase(dir, a, b));
      expect(await ahead(dir, a, b)).toBe(Number(await said('rev-list', '--count', `${a}..${b}`)));
      const list = (await said('rev-list', '--reverse', '--max-count=3', `${a}..${b}`)).split('\n').filter(Boolean);
      expect(await commitsSince(dir, a, b, 3)).toEqual(list);
    }),
    { numRuns: runs(12, 30) },
  );
});

test('a reference moves only from where it is said to be, and never over another', async () => {
  const [one, two] = [commit(await buildTree(dir, null, [])), commit(await buildTree(dir, null, put(new Map([['x', 'x']]))))];
  const at = async (ref: string) => (await tryGit(dir, ['rev-parse', '--verify', '--quiet', ref])).stdout.toString().trim();
  expect(moveLooseRef(dir, 'refs/heads/a/b', null, one)).toBe(true);
  expect(moveLooseRef(dir, 'refs/heads/a/b', null, two)).toBe(false);
  expect(moveLooseRef(dir, 'refs/heads/a/b', two, one)).toBe(false);
  expect(moveLooseRef(dir, 'refs/heads/a', null, one)).toBe(false);
  expect(moveLooseRef(dir, 'refs/heads/a/b/c', null, one)).toBe(false);
  expect(moveLooseRef(dir, 'refs/heads/a/b', one, two)).toBe(true);
  expect(await at('refs/heads/a/b')).toBe(two);
  await git(dir, ['update-ref', 'refs/heads/a/b', one]);
  expect(looseRef(dir, 'refs/heads/a/b')).toBe(one);
  expect(moveLooseRef(dir, 'refs/heads/a/b', one, null)).toBe(true);
  expect(moveLooseRef(dir, 'refs/heads/a', null, one)).toBe(true);
  expect(await at('refs/heads/a')).toBe(one);
});

test.each([
  'refs/heads/a..b',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads/.a',
  'refs/heads/a.',
  'refs/heads/a//b',
  'refs/heads/../../x',
  'x',
])('%s is no name to be taken without asking git', (ref) => expect(isPlainRef(ref)).toBe(false));
