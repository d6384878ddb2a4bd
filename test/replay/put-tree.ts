import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../support/github/git-command.ts';
import { writeCommit } from '../support/github/git-objects.ts';
import { writeObject } from '../support/github/loose-objects.ts';
import { EMPTY_TREE } from '../support/github/loose-trees.ts';
import type { PastCommit } from './history.ts';

/** An entry a tree gets; `oid` null takes it away. */
export interface TreeEntry {
  /** The name's bytes, one character each. */
  readonly name: string;
  readonly mode: string;
  readonly oid: string | null;
}

export const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
const NOBODY = { name: 'Nobody', email: 'nobody@example.com', date: '2026-01-01T00:00:00Z' };

/** The commit the executor starts from: the parent itself, or one on top of it that has what no tool is meant to do. */
export async function putBase(gitDir: string, { parent }: PastCommit, entries: readonly TreeEntry[]): Promise<string> {
  if (parent !== null && entries.length === 0) return parent;
  const tree = await putTree(gitDir, parent ?? EMPTY_TREE, entries);
  const parents = parent === null ? [] : [parent];
  return writeCommit(gitDir, { tree, parents, author: NOBODY, committer: NOBODY, message: 'What no tool is meant to do' });
}

/** The tree of `start` with the entries in it, written into the repository. */
export async function putTree(gitDir: string, start: string, entries: readonly TreeEntry[]): Promise<string> {
  for (const type of ['blob', 'tree'] as const) writeObject(gitDir, type, Buffer.alloc(0));
  const env = { GIT_INDEX_FILE: join(gitDir, 'index.base') };
  try {
    await git(gitDir, ['read-tree', start], { env });
    // Removals first: a file may take the place of a folder.
    const lines = [...entries].sort((a, b) => Number(a.oid !== null) - Number(b.oid !== null)).map(indexLine);
    const input = Buffer.from(lines.join(''), 'latin1');
    await git(gitDir, ['update-index', '--replace', '-z', '--index-info'], { env, input });
    return (await git(gitDir, ['write-tree'], { env })).trim();
  } finally {
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}

const indexLine = ({ name, mode, oid }: TreeEntry): string =>
  oid === null ? `0 ${'0'.repeat(40)}\t${name}\0` : `${mode} ${oid}\t${name}\0`;
