import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitEnvironment } from '../../../src/adapters/git/git-environment.ts';
import { isPlain, listingWith, listTree, relistingOf } from '../../../src/adapters/git/listing.ts';
import { createObjectReader, type ObjectReader } from '../../../src/adapters/git/object-reader.ts';
import { writeTree } from '../../../src/adapters/git/tree-writer.ts';
import { writeTreeWithGit } from '../../../src/adapters/git/tree-writer-git.ts';
import type { ChangeSet } from '../../../src/domain/change/change-set.ts';
import { runs } from '../../support/runs.ts';

let gitDir: string;
let base: { readonly gitDir: string; readonly allowHttp: boolean };
let reader: ObjectReader;
let tree: string;

const FILES = ['a.txt', 'dir/b.txt', 'dir/deep/c.txt', 'dir-d.txt', 'dir.e', 'größe 日本.txt', '.github/workflows/ci.yml'];
const file = (path: string, text = path): ChangeSet[number] => ({ path, mode: '100644', content: Buffer.from(text) });
const git = (args: readonly string[], input?: Buffer | string): string =>
  execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8', ...(input === undefined ? {} : { input }) }).trim();

async function listed(of: string) {
  const listing = await listTree(of, gitEnvironment(base));
  if (!listing.ok) throw new Error(listing.reason.stderr);
  return listing.value;
}

beforeAll(async () => {
  gitDir = mkdtempSync(join(tmpdir(), 'planwright-trees-'));
  execFileSync('git', ['init', '--quiet', '--bare', gitDir]);
  base = { gitDir, allowHttp: false };
  reader = createObjectReader(gitEnvironment(base));
  const written = await writeTreeWithGit(
    git(['mktree'], ''),
    FILES.map((path) => file(path)),
    base,
  );
  if (!written.ok) throw new Error(written.reason.stderr);
  tree = written.value;
});
afterAll(() => {
  reader.close();
  rmSync(gitDir, { recursive: true });
});

const names = fc.constantFrom(
  'a.txt',
  'dir',
  'deep',
  'b.txt',
  'new',
  'dir.e',
  'é😀',
  'dir0',
  '.github',
  '.gitignore',
  'git',
  'a b',
  '-n',
);
const odd = fc.constantFrom('.git', '.GIT', '..', '.', 'git~1', '.git ', '.git.', 'a\\b', '.g\u200cit', 'a:b', '\ud800');
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FILES) },
  { weight: 8, arbitrary: fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.array(fc.oneof(names, odd), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')) },
);
const changes = fc
  .uniqueArray(
    fc.record({
      path,
      mode: fc.constantFrom('100644' as const, '100755' as const),
      content: fc.option(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))),
    }),
    { selector: (change) => change.path, minLength: 1, maxLength: 6 },
  )
  .map((all) => all.sort((a, b) => (a.path < b.path ? -1 : 1)));

test('a tree is the one that git writes, and what git refuses is refused', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (set) => {
      const [ours, gits] = [await writeTree(tree, set, base, reader), await writeTreeWithGit(tree, set, base)];
      expect(ours.ok ? ours.value : 'refused').toBe(gits.ok ? gits.value : 'refused');
      if (!ours.ok) return;
      expect(git(['ls-tree', '-r', ours.value])).toBe(git(['ls-tree', '-r', gits.ok ? gits.value : '']));
      if (isPlain(set)) expect([...listingWith(await listed(tree), relistingOf(set))]).toEqual([...(await listed(ours.value))]);
    }),
    {
      numRuns: runs(15, 1_500),
      examples: [[['dir/b.txt', 'dir/b.txt/a.txt'].map((path) => ({ path, mode: '100644' as const, content: null }))]],
    },
  );
});

test('old modes become what git makes of them in the folders that are written', async () => {
  const blob = git(['hash-object', '-w', '--stdin'], 'old');
  const modes = ['100664 old', '100775 tool', '100777 world'];
  const body = Buffer.concat(modes.flatMap((entry) => [Buffer.from(`${entry}\0`), Buffer.from(blob, 'hex')]));
  const inner = git(['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], body);
  const folder = Buffer.concat([Buffer.from('40000 kept\0'), Buffer.from(inner, 'hex'), body]);
  const old = git(['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], folder);
  const ours = await writeTree(old, [file('new')], base, reader);
  expect(ours).toEqual(await writeTreeWithGit(old, [file('new')], base));
});

test('a name that is not UTF-8 stays as it is', async () => {
  const blob = git(['hash-object', '-w', '--stdin'], 'x');
  const old = git(
    ['mktree', '-z'],
    Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), Buffer.from([0xff, 0xfe]), Buffer.from([0])]),
  );
  const ours = await writeTree(old, [file('new')], base, reader);
  expect(ours).toEqual(await writeTreeWithGit(old, [file('new')], base));
});

test('a mirror that lacks a folder says so', async () => {
  const written = await writeTree('1'.repeat(40), [file('new')], base, reader);
  expect(written.ok ? '' : written.reason.stderr).toMatch(/1{40}/);
});
