import { gitBlobId } from '../../domain/change/git-blob-id.ts';

const known = new WeakMap<Buffer, string>();

/**
 * git's id of a content, so that comparing it with the snapshot reads no file. Computed once, because each write compares all of
 * them.
 */
export function blobId(content: Buffer): string {
  const id = known.get(content) ?? gitBlobId(content);
  known.set(content, id);
  return id;
}
