import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../support/github/git-command.ts';
import { writeCommit, writeObject } from '../support/github/git-objects.ts';
import { EMPTY_TREE, type PastCommit } from './history.ts';
import type { BaseEntry } from './share-out.ts';

const NOBODY = { name: 'Nobody', email: 'nobody@example.com', date: '2026-01-01T00:00:00Z' };

/** The commit the executor starts from: the parent itself, or one on top of it that has what no tool is meant to do. */
export async function putBase(gitDir: string, { parent }: PastCommit, entries: readonly BaseEntry[]): Promise<string> {
  if (parent !== null && entries.length === 0) return parent;
  writeObject(gitDir, 'blob', Buffer.alloc(0));
  writeObject(gitDir, 'tree', Buffer.alloc(0));
  const env = { GIT_INDEX_FILE: join(gitDir, 'index.base') };
  try {
    await git(gitDir, ['read-tree', parent ?? EMPTY_TREE], { env });
    // Names as the bytes they are. Removals first: a file may take the place of a folder.
    const lines = [...entries].sort((a, b) => Number(a.oid !== null) - Number(b.oid !== null)).map(indexLine);
    await git(gitDir, ['update-index', '--replace', '-z', '--index-info'], { env, input: Buffer.from(lines.join(''), 'latin1') });
    const tree = (await git(gitDir, ['write-tree', '--missing-ok'], { env })).trim();
    const message = 'What no tool is meant to do';
    return writeCommit(gitDir, { tree, parents: parent === null ? [] : [parent], author: NOBODY, committer: NOBODY, message });
  } finally {
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}

const indexLine = ({ name, mode, oid }: BaseEntry): string =>
  oid === null ? `0 ${'0'.repeat(40)}\t${name}\0` : `${mode} ${oid}\t${name}\0`;
