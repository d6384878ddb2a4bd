import type { ChangeSet, FileChange } from '../../domain/change/change-set.ts';
import { type Outcome, success } from '../../domain/outcome.ts';
import type { SnapshotEntry } from '../../ports/snapshot.ts';
import { type GitFailure, runGit } from './git-process.ts';
import { objectId } from './loose-objects.ts';
import { fileMode } from './tree-objects.ts';

const LISTING_TIMEOUT_MS = 60_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Every file of a tree by path, in git's order (383 ms for linux's 78,635). */
export async function listTree(
  tree: string,
  env: Record<string, string>,
): Promise<Outcome<Map<string, SnapshotEntry>, GitFailure>> {
  const listed = await runGit(['ls-tree', '-r', '-l', '-z', '--full-tree', tree], { env, timeoutMs: LISTING_TIMEOUT_MS });
  return listed.ok ? success(parseListing(listed.value)) : listed;
}

/** `MODE TYPE OID SIZE<tab>PATH<nul>`, size right-aligned and `-` for a submodule. */
function parseListing(output: Buffer): Map<string, SnapshotEntry> {
  const entries = new Map<string, SnapshotEntry>();
  for (let start = 0; start < output.length; ) {
    const tab = output.indexOf(9, start);
    const end = output.indexOf(0, tab);
    const [mode = '', , oid = '', size = '-'] = output.toString('latin1', start, tab).split(/ +/);
    const path = decodePath(output.subarray(tab + 1, end));
    start = end + 1;
    if (path !== null) entries.set(path, { path, mode: fileMode(mode), oid, size: size === '-' ? null : Number(size) });
  }
  return entries;
}

/**
 * git takes any bytes as a name. A name that is not UTF-8 cannot be written as JSON, so no tool could name it: the file stays in
 * the tree, but is not listed.
 */
function decodePath(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

type Listing = ReadonlyMap<string, SnapshotEntry>;

/** Whether a change set makes exactly what it says: no file is a folder of another, no name becomes another one, no submodule moves. */
export function isPlain(changes: ChangeSet): boolean {
  const files = new Set(changes.filter(hasContent).map(({ path }) => path));
  const nests = [...files].some((path) => foldersOf(path).some((folder) => files.has(folder)));
  return !nests && changes.every(({ path, mode }) => mode !== '160000' && path.isWellFormed());
}

/** What a change set does to a listing, without the contents: the entry of each path, or null where it is deleted. */
export type Relisting = ReadonlyMap<string, SnapshotEntry | null>;

export const relistingOf = (changes: ChangeSet): Relisting =>
  new Map(changes.map((change) => [change.path, hasContent(change) ? entryOf(change) : null]));

/** The listing of the tree that a plain change set makes, in git's order as well. */
export function listingWith(listing: Listing, changed: Relisting): Map<string, SnapshotEntry> {
  const written = [...changed.values()].filter((entry) => entry !== null);
  const folders = new Set(written.flatMap(({ path }) => foldersOf(path)));
  const files = new Set(written.map(({ path }) => path));
  // A file that is written where a folder was takes the place of everything below, and the other way round.
  const isReplaced = (path: string): boolean => folders.has(path) || foldersOf(path).some((folder) => files.has(folder));
  const added = written.filter(({ path }) => !listing.has(path)).sort((a, b) => inGitsOrder(a.path, b.path));
  const result = new Map<string, SnapshotEntry>();
  let next = 0;
  for (const entry of listing.values()) {
    for (let one = added[next]; one && inGitsOrder(one.path, entry.path) < 0; one = added[next]) {
      result.set(one.path, one);
      next += 1;
    }
    const change = changed.get(entry.path);
    if (change) result.set(entry.path, change);
    else if (change === undefined && !isReplaced(entry.path)) result.set(entry.path, entry);
  }
  for (const one of added.slice(next)) result.set(one.path, one);
  return result;
}

type Written = FileChange & { readonly content: Buffer };
const hasContent = (change: FileChange): change is Written => change.content !== null;

const entryOf = ({ path, mode, content }: Written): SnapshotEntry => ({
  path,
  mode,
  oid: objectId('blob', content),
  size: content.length,
});

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) folders.push(path.slice(0, slash));
  return folders;
}

/** By the bytes of the paths, which is another order than that of UTF-16 only where there are surrogates. */
function inGitsOrder(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
const SURROGATE = /[\ud800-\udfff]/;
