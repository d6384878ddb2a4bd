import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitEnvironment } from '../../../src/adapters/git/git-environment.ts';
import { createObjectReader, type ObjectReader } from '../../../src/adapters/git/object-reader.ts';
import { diffTrees, mergeDisjoint, type TreeDifference } from '../../../src/adapters/git/tree-differences.ts';
import { mergeTrees } from '../../../src/adapters/git/tree-merger.ts';
import { writeTree } from '../../../src/adapters/git/tree-writer.ts';
import type { ChangeSet } from '../../../src/domain/change/change-set.ts';
import { runs } from '../../support/runs.ts';

let gitDir: string;
let env: Record<string, string>;
let reader: ObjectReader;
let base: string;

const PATHS = ['a.txt', 'b.txt', 'dir/b.txt', 'dir/deep/c.txt', 'dir/deep/d.txt', 'other/e.txt', 'größe.txt'];
const contentOf = (path: string): string => Array.from({ length: 12 }, (_, i) => `${path} ${i}\n`).join('');
const git = (...args: readonly string[]): string => execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8' });

async function treeWith(tree: string, changes: ChangeSet): Promise<string> {
  const written = await writeTree(tree, changes, { gitDir, allowHttp: false }, reader);
  if (!written.ok) throw new Error(written.reason.stderr);
  return written.value;
}

beforeAll(async () => {
  gitDir = mkdtempSync(join(tmpdir(), 'planwright-differences-'));
  execFileSync('git', ['init', '--quiet', '--bare', gitDir]);
  env = gitEnvironment({ gitDir, allowHttp: false });
  reader = createObjectReader(env);
  const empty = execFileSync('git', ['--git-dir', gitDir, 'mktree'], { encoding: 'utf8', input: '' }).trim();
  base = await treeWith(
    empty,
    PATHS.map((path) => ({ path, mode: '100644' as const, content: Buffer.from(contentOf(path)) })),
  );
});
afterAll(() => {
  reader.close();
  rmSync(gitDir, { recursive: true });
});

/** Files are added, edited at one of two places, renamed and moved with their folders, deleted, and made executable. */
const edit = fc
  .record({
    path: fc.constantFrom(...PATHS, 'new.txt', 'dir/new.txt', 'moved/b.txt', 'moved/deep/c.txt', 'dir', 'a.txt/in'),
    like: fc.constantFrom(...PATHS),
    line: fc.constantFrom(null, 0, 11),
    mode: fc.constantFrom('100644' as const, '100755' as const),
    deleted: fc.boolean(),
  })
  .map(({ path, like, line, mode, deleted }) => {
    const lines = contentOf(PATHS.includes(path) ? path : like).split('\n');
    if (line !== null) lines[line] = 'changed';
    return { path, mode, content: deleted ? null : Buffer.from(lines.join('\n')) };
  });
const changes = fc.uniqueArray(edit, { selector: ({ path }) => path, maxLength: 4 });

const sorted = (all: readonly TreeDifference[]): TreeDifference[] => [...all].sort((a, b) => (a.path < b.path ? -1 : 1));

test('the differences of two trees are those that git finds', async () => {
  await fc.assert(
    fc.asyncProperty(changes, changes, async (one, other) => {
      const [from, to] = [await treeWith(base, one), await treeWith(base, other)];
      const raw = git('diff-tree', '-r', '-z', '--no-renames', '--raw', '--no-abbrev', from, to).split('\0');
      const expected: TreeDifference[] = [];
      for (let i = 0; i + 1 < raw.length; i += 2) {
        const [before = '', after = '', , oid = ''] = (raw[i] as string).slice(1).split(' ');
        const isGone = after === '000000';
        expected.push({ path: raw[i + 1] as string, mode: (isGone ? before : after) as '100644', oid: isGone ? null : oid });
      }
      const found = await diffTrees(from, to, reader);
      expect(sorted(found.ok ? found.value : [])).toEqual(sorted(expected));
    }),
    { numRuns: runs(15, 800) },
  );
});

test('what is merged without git is what git makes of it', async () => {
  let disjoint = 0;
  await fc.assert(
    fc.asyncProperty(changes, changes, async (mine, theirs) => {
      const sides = { base, ours: await treeWith(base, mine), theirs: await treeWith(base, theirs) };
      const ours = await mergeDisjoint(sides, reader);
      if (!ours.ok || ours.value === null) return;
      disjoint += 1;
      const merged = await mergeTrees(sides, env);
      if (!merged.ok) throw new Error(merged.reason.stderr);
      const gits = await diffTrees(sides.theirs, merged.value.tree, reader);
      expect(merged.value.conflicts).toEqual([]);
      expect(sorted(ours.value)).toEqual(sorted(gits.ok ? gits.value : []));
    }),
    { numRuns: runs(25, 1_500) },
  );
  expect(disjoint).toBeGreaterThan(0);
});

test('a tree that is not there is named', async () => {
  const found = await diffTrees(base, '1'.repeat(40), reader);
  expect(found.ok ? '' : found.reason.stderr).toBe(`no tree ${'1'.repeat(40)}`);
});
