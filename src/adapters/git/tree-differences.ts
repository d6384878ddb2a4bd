import type { FileMode } from '../../domain/change/change-set.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { GitFailure } from './git-process.ts';
import type { ObjectReader } from './object-reader.ts';
import { FOLDER, fileMode, parseTree, type TreeEntries, type TreeEntry } from './tree-objects.ts';

/** One path that differs between two trees; `oid` is null where the second has none. */
export interface TreeDifference {
  /** With U+FFFD where the name is not UTF-8. */
  readonly path: string;
  readonly mode: FileMode;
  readonly oid: string | null;
}

/** What has to change in `from` to make it `to`, by path; folders that are the same are not looked into. */
export async function diffTrees(from: string, to: string, reader: ObjectReader): Promise<Outcome<TreeDifference[], GitFailure>> {
  const found: TreeDifference[] = [];
  const missing = await compare({ from, to, prefix: '', reader }, found);
  return missing === null ? success(found) : failure({ code: 0, stderr: `no tree ${missing}`, timedOut: false });
}

interface Comparison {
  /** Null: nothing. */
  readonly from: string | null;
  readonly to: string | null;
  /** In `latin1`, as names are. */
  readonly prefix: string;
  readonly reader: ObjectReader;
}

/** @returns the id of a tree that cannot be read, or null. */
async function compare({ from, to, prefix, reader }: Comparison, found: TreeDifference[]): Promise<string | null> {
  if (from === to) return null;
  const [before, after] = [await entriesOf(from, reader), await entriesOf(to, reader)];
  if (before === null) return from;
  if (after === null) return to;
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
    const path = Buffer.from(prefix + name, 'latin1').toString('utf8');
    if (isFile(is)) found.push({ path, mode: fileMode(is.mode), oid: is.oid });
    else if (isFile(was)) found.push({ path, mode: fileMode(was.mode), oid: null });
    const below = { from: folderOf(was), to: folderOf(is), prefix: `${prefix}${name}/`, reader };
    const missing = await compare(below, found);
    if (missing !== null) return missing;
  }
  return null;
}

async function entriesOf(oid: string | null, reader: ObjectReader): Promise<TreeEntries | null> {
  if (oid === null) return new Map();
  const body = await reader.read(oid);
  return body && parseTree(body);
}

const isFile = (entry: TreeEntry | undefined): entry is TreeEntry => entry !== undefined && entry.mode !== FOLDER;
const folderOf = (entry: TreeEntry | undefined): string | null => (entry?.mode === FOLDER ? entry.oid : null);

/** Tree ids. */
export interface MergeSides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * What a merge onto `theirs` changes there, where both sides have only added files and changed the contents of different ones: then git
 * has nothing to decide. Null where it has, which includes every deletion, because it may be one half of a renaming.
 */
export async function mergeDisjoint(
  { base, ours, theirs }: MergeSides,
  reader: ObjectReader,
): Promise<Outcome<TreeDifference[] | null, GitFailure>> {
  const mine = await diffTrees(base, ours, reader);
  const others = await diffTrees(base, theirs, reader);
  if (!mine.ok) return mine;
  if (!others.ok) return others;
  if ([...mine.value, ...others.value].some(({ oid }) => oid === null)) return success(null);
  const there = new Map(others.value.map((difference) => [difference.path, difference]));
  const isSame = (a: TreeDifference, b: TreeDifference | undefined): boolean => a.oid === b?.oid && a.mode === b.mode;
  const own = mine.value.filter((difference) => !isSame(difference, there.get(difference.path)));
  if (own.some(({ path }) => there.has(path)) || nests([...own, ...others.value].map(({ path }) => path))) return success(null);
  return success(own);
}

/** Whether one of the paths is a folder of another. */
function nests(paths: readonly string[]): boolean {
  const all = new Set(paths);
  return paths.some((path) => {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1))
      if (all.has(path.slice(0, slash))) return true;
    return false;
  });
}
