import { CHANGE_LIMITS } from '../../domain/change/change-limits.ts';
import type { ChangeSet } from '../../domain/change/change-set.ts';
import type { SnapshotEntry } from '../../ports/snapshot.ts';
import { count } from '../../replies/phrases/figures.ts';
import { blobId } from './blob-id.ts';

type Base = ReadonlyMap<string, Pick<SnapshotEntry, 'oid' | 'size'>>;

/** The limits for one component that a change set exceeds, a sentence each. `base` is what it changes. */
export function overLimits(changes: ChangeSet, base: Base): string[] {
  const { files, bytes } = CHANGE_LIMITS;
  const grown = growth(changes, base);
  return [
    ...(changes.length > files ? [`${count(changes.length)} files would be changed; one component may change ${files}.`] : []),
    ...(grown > bytes ? [`The files would grow by ${count(grown)} bytes in all; one component may add ${count(bytes)}.`] : []),
  ];
}

/** Files that shrink do not make up for those that grow, and a file that was only moved has not grown. */
function growth(changes: ChangeSet, base: Base): number {
  const gone = new Map<number, string[]>();
  for (const { path, content } of changes) {
    const before = base.get(path);
    if (content === null && before?.size) gone.set(before.size, [...(gone.get(before.size) ?? []), before.oid]);
  }
  return changes.reduce((sum, { path, content }) => {
    if (content === null || gone.get(content.length)?.includes(blobId(content))) return sum;
    return sum + Math.max(0, content.length - (base.get(path)?.size ?? 0));
  }, 0);
}
