import { createHash } from 'node:crypto';
import type { FileChange, FileMode } from '../../src/domain/change/change-set.ts';
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
    diff: async (changes) =>
      changes.map((change) => wholeDiff(change, contents.get(entries.get(change.path)?.oid ?? ''))).join(''),
    // Not git's id of that tree, but as different from that of any other.
    treeWith: async (changes) => {
      const hash = createHash('sha1');
      const changed = new Map(changes.map((change) => [change.path, change]));
      for (const path of [...new Set([...entries.keys(), ...changed.keys()])].sort()) {
        const content = changed.has(path) ? changed.get(path)?.content : contents.get(entries.get(path)?.oid ?? '');
        if (content) hash.update(`${path}\0${content.length}\0`).update(content);
      }
      return hash.digest('hex');
    },
    patched: async () => {
      throw new Error('a snapshot in memory takes no patches');
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

/** Every old line goes and every new one comes: a diff in git's form, if not the shortest one. */
function wholeDiff({ path, content }: FileChange, before: Buffer | undefined): string {
  const [old, now] = [before, content].map((bytes) => (bytes ? bytes.toString().replace(/\n$/, '').split('\n') : []));
  const span = (lines: readonly string[] = []): string => (lines.length === 0 ? '0,0' : `1,${lines.length}`);
  return [
    `diff --git a/${path} b/${path}`,
    `--- ${before ? `a/${path}` : '/dev/null'}`,
    `+++ ${content ? `b/${path}` : '/dev/null'}`,
    `@@ -${span(old)} +${span(now)} @@`,
    ...(old ?? []).map((line) => `-${line}`),
    ...(now ?? []).map((line) => `+${line}`),
    '',
  ].join('\n');
}
