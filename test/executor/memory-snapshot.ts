import { createHash } from 'node:crypto';
import type { FileMode } from '../../src/domain/change/change-set.ts';
import { success } from '../../src/domain/outcome.ts';
import type { SearchHit, Snapshot, SnapshotEntry } from '../../src/ports/snapshot.ts';

export type MemoryFile = string | Buffer | { readonly mode: FileMode; readonly content: string | Buffer };

/** A snapshot of a few files held in memory; literal search only. */
export function memorySnapshot(files: Readonly<Record<string, MemoryFile>>): Snapshot {
  const contents = new Map<string, Buffer>();
  const entries = new Map<string, SnapshotEntry>();
  for (const path of Object.keys(files).sort()) {
    const file = files[path] ?? '';
    const { mode, content } =
      typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644' as const, content: file } : file;
    const bytes = Buffer.from(content);
    const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    contents.set(oid, bytes);
    entries.set(path, { path, mode, oid, size: mode === '160000' ? null : bytes.length });
  }
  return {
    commit: 'c'.repeat(40),
    tree: 't'.repeat(40),
    entries: async () => entries,
    async read({ oid }) {
      return contents.get(oid) ?? Buffer.alloc(0);
    },
    async search({ pattern, path, limit }, changes = []) {
      const state = new Map([...entries].map(([name, { oid }]) => [name, contents.get(oid) ?? Buffer.alloc(0)]));
      for (const change of changes) {
        if (change.content) state.set(change.path, change.content);
        else state.delete(change.path);
      }
      const hits: SearchHit[] = [...state]
        .filter(([name]) => path === null || name === path || name.startsWith(`${path}/`))
        .flatMap(([name, bytes]) =>
          bytes
            .toString()
            .split('\n')
            .flatMap((text, i) => hitIn(text, pattern).map((hit) => ({ path: name, line: i + 1, ...hit }))),
        );
      return success({ hits: hits.slice(0, limit), truncated: hits.length > limit });
    },
    treeWith: async () => {
      throw new Error('a snapshot in memory writes no trees');
    },
    adopt: async () => {},
    merge: async () => {
      throw new Error('a snapshot in memory cannot be merged');
    },
  };
}

function hitIn(text: string, pattern: string): Pick<SearchHit, 'text' | 'match' | 'cutBefore' | 'cutAfter'>[] {
  const match = text.indexOf(pattern);
  return match === -1 ? [] : [{ text, match, cutBefore: false, cutAfter: false }];
}
