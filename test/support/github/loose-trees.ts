// Trees of loose objects: listed, compared, merged and built. Every function answers undefined for what it leaves to git: packed objects,
// and merges that need a look into files.
import { looseObject, writeObject } from './loose-objects.ts';

export interface Entry {
  /** As git prints it: six digits. */
  mode: string;
  sha: string;
}

type Tree = ReadonlyMap<string, Entry>;

const TREE = '040000';
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const isTree = (entry: Entry | undefined): entry is Entry => entry?.mode === TREE;
const same = (a: Entry | undefined, b: Entry | undefined): boolean => a?.sha === b?.sha && a?.mode === b?.mode;

/** The entries of one tree by name, in git's order. */
export function looseTree(dir: string, sha: string): Tree | undefined {
  if (sha === EMPTY_TREE) return new Map();
  const object = looseObject(dir, sha);
  if (object?.type !== 'tree') return undefined;
  const entries = new Map<string, Entry>();
  const { body } = object;
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const end = body.indexOf(0, space);
    const mode = body.toString('latin1', at, space).padStart(6, '0');
    entries.set(body.toString('utf8', space + 1, end), { mode, sha: body.toString('hex', end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

/** The tree of a commit, or the tree itself. */
export function treeOf(dir: string, sha: string): string | undefined {
  if (sha === EMPTY_TREE) return sha;
  const object = looseObject(dir, sha);
  if (object?.type === 'tree') return sha;
  return object?.type === 'commit' ? object.body.toString('latin1', 5, 45) : undefined;
}

/** What stands at a path: null when nothing does. */
export function entryAt(dir: string, tree: string, path: string): Entry | null | undefined {
  let here: Entry = { mode: TREE, sha: tree };
  for (const name of path.split('/')) {
    if (!isTree(here)) return null;
    const entries = looseTree(dir, here.sha);
    if (!entries) return undefined;
    const next = entries.get(name);
    if (!next) return null;
    here = next;
  }
  return here;
}

export interface Found extends Entry {
  path: string;
}

/** Everything below a tree, folders before what is in them. */
export function allBelow(dir: string, tree: string, prefix = ''): Found[] | undefined {
  const entries = looseTree(dir, tree);
  if (!entries) return undefined;
  const found: Found[] = [];
  for (const [name, entry] of entries) {
    found.push({ ...entry, path: prefix + name });
    if (!isTree(entry)) continue;
    const below = allBelow(dir, entry.sha, `${prefix}${name}/`);
    if (!below) return undefined;
    found.push(...below);
  }
  return found;
}

export interface Difference {
  path: string;
  before: Entry | undefined;
  after: Entry | undefined;
}

/** The files that differ between two trees (null: nothing), without a look for renames. */
export function differences(dir: string, before: string | null, after: string | null, prefix = ''): Difference[] | undefined {
  if (before === after) return [];
  const old = before === null ? new Map<string, Entry>() : looseTree(dir, before);
  const now = after === null ? new Map<string, Entry>() : looseTree(dir, after);
  if (!old || !now) return undefined;
  const found: Difference[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    if (same(was, is)) continue;
    const path = prefix + name;
    const file = { path, before: isTree(was) ? undefined : was, after: isTree(is) ? undefined : is };
    if (file.before || file.after) found.push(file);
    if (!isTree(was) && !isTree(is)) continue;
    const below = differences(dir, isTree(was) ? was.sha : null, isTree(is) ? is.sha : null, `${path}/`);
    if (!below) return undefined;
    found.push(...below);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The merge of two trees where each path was changed on one side only, or alike. */
export function plainMerge(dir: string, base: string, ours: string, theirs: string): string | undefined {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [old, left, right] = [looseTree(dir, base), looseTree(dir, ours), looseTree(dir, theirs)];
  if (!old || !left || !right) return undefined;
  const merged = new Map<string, Entry>();
  for (const name of new Set([...old.keys(), ...left.keys(), ...right.keys()])) {
    const [was, our, their] = [old.get(name), left.get(name), right.get(name)];
    const chosen = same(our, their) || same(their, was) ? our : same(our, was) ? their : both(dir, was, our, their);
    if (chosen === null) return undefined;
    if (chosen) merged.set(name, chosen);
  }
  return writeTree(dir, merged);
}

function both(dir: string, was: Entry | undefined, our: Entry | undefined, their: Entry | undefined): Entry | undefined | null {
  if (!isTree(was) || !isTree(our) || !isTree(their)) return null;
  const sha = plainMerge(dir, was.sha, our.sha, their.sha);
  if (sha === undefined) return null;
  return sha === EMPTY_TREE ? undefined : { mode: TREE, sha };
}

function writeTree(dir: string, entries: Tree): string {
  const key = (name: string, { mode }: Entry) => Buffer.from(mode === TREE ? `${name}/` : name);
  const sorted = [...entries].sort(([a, x], [b, y]) => Buffer.compare(key(a, x), key(b, y)));
  const lines = sorted.map(([name, { mode, sha }]) =>
    Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(sha, 'hex')]),
  );
  return writeObject(dir, 'tree', Buffer.concat(lines));
}

/** A tree with files put in (`sha`) and files or folders taken out (null). */
export function treeWith(
  dir: string,
  base: string | null,
  changes: readonly { path: string; mode: string; sha: string | null }[],
): string | undefined {
  const entries = base === null ? new Map<string, Entry>() : looseTree(dir, base);
  if (!entries) return undefined;
  const next = new Map(entries);
  const below = new Map<string, { path: string; mode: string; sha: string | null }[]>();
  for (const change of changes) {
    const [name = '', ...rest] = change.path.split('/');
    if (rest.length > 0) {
      below.set(name, [...(below.get(name) ?? []), { ...change, path: rest.join('/') }]);
    } else if (change.sha === null) {
      next.delete(name);
    } else {
      if (!looseObject(dir, change.sha)) return undefined;
      next.set(name, { mode: change.mode, sha: change.sha });
    }
  }
  for (const [name, inside] of below) {
    const there = next.get(name);
    // A file of that name gives way to a folder, and stays where there would be nothing in it.
    const sha = treeWith(dir, isTree(there) ? there.sha : null, inside);
    if (sha === undefined) return undefined;
    if (sha !== EMPTY_TREE) next.set(name, { mode: TREE, sha });
    else if (isTree(there)) next.delete(name);
  }
  return writeTree(dir, next);
}
