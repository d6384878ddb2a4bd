import type { ChangeSet, FileChange } from '../../domain/change/change-set.ts';
import { type Outcome, success } from '../../domain/outcome.ts';
import type { GitEnvironmentOptions } from './git-environment.ts';
import type { GitFailure } from './git-process.ts';
import { writeObject } from './loose-objects.ts';
import type { ObjectReader } from './object-reader.ts';
import { FOLDER, parseTree, serializeTree, type TreeEntry } from './tree-objects.ts';
import { writeTreeWithGit } from './tree-writer-git.ts';

/**
 * The id of `tree` with the changes applied. Blobs and trees are written into the mirror without a ref; no file is ever created under a
 * name that comes from the repository. What is out of the ordinary is left to git, which refuses it or knows what it means.
 */
export async function writeTree(
  tree: string,
  changes: ChangeSet,
  base: GitEnvironmentOptions,
  reader: ObjectReader,
): Promise<Outcome<string, GitFailure>> {
  if (changes.length === 0) return success(tree);
  const edits = changes.every(isOrdinary) ? editsOf(changes) : null;
  const written = edits && (await unlessGone(build(tree, edits, { gitDir: base.gitDir, reader })));
  return written === null ? writeTreeWithGit(tree, changes, base) : success(written.oid);
}

/** A mirror that is being replaced has no folders for a moment; git says so in words that lead to its repair. */
const unlessGone = <T>(built: Promise<T>): Promise<T | null> =>
  built.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });

/**
 * git refuses `..` and `.git`, and what file systems take for one of them: `.git.`, `git~1`, and spellings with invisible characters. It
 * also looks at where links and submodules are put.
 */
const isOrdinary = ({ path, mode }: FileChange): boolean =>
  (mode === '100644' || mode === '100755') && path.isWellFormed() && path.split('/').every(isOrdinaryName);
const isOrdinaryName = (name: string): boolean => name !== '' && !/^\.{1,2}$|^\.git(?:[ .]|$)|^git~|[\\:\p{Cf}]/iu.test(name);

/** What is to become of the names in one folder: a file with its content, nothing (null), or changes below. */
type Edits = Map<string, Edits | Pick<FileChange, 'mode' | 'content'>>;

const isBelow = (edit: Edits | Pick<FileChange, 'mode' | 'content'> | undefined): edit is Edits => edit instanceof Map;

/** Null where two changes contradict each other. A deletion makes room for whatever else is to have its name. */
function editsOf(changes: ChangeSet): Edits | null {
  const root: Edits = new Map();
  const kept = changes.filter(({ content }) => content !== null);
  for (const change of [...changes.filter(({ content }) => content === null), ...kept]) {
    const names = Buffer.from(change.path).toString('latin1').split('/');
    const last = names.pop() as string;
    let folder = root;
    for (const name of names) {
      const there = folder.get(name);
      // Of what is to be deleted nothing below can be deleted, but something may be put there.
      if (there !== undefined && !isBelow(there) && (there.content !== null || change.content === null)) return null;
      const below: Edits = isBelow(there) ? there : new Map();
      folder.set(name, below);
      folder = below;
    }
    const there = folder.get(last);
    if (isBelow(there) && (change.content === null || hasFiles(there))) return null;
    folder.set(last, change);
  }
  return root;
}

const hasFiles = (edits: Edits): boolean =>
  [...edits.values()].some((edit) => (isBelow(edit) ? hasFiles(edit) : edit.content !== null));

interface Repository {
  readonly gitDir: string;
  readonly reader: ObjectReader;
}

/** The tree (null: none yet) with the edits; null where the mirror does not have it whole. */
async function build(
  tree: string | null,
  edits: Edits,
  repository: Repository,
): Promise<{ readonly oid: string; readonly isEmpty: boolean } | null> {
  const entries = tree === null ? new Map<string, TreeEntry>() : await readTree(tree, repository.reader);
  if (entries === null) return null;
  for (const [name, edit] of edits) {
    const there = entries.get(name);
    if (!isBelow(edit)) {
      // Something else may have the name of what is to be deleted: a folder whose files are deleted one by one.
      if (edit.content === null && there?.mode === FOLDER) return null;
      if (edit.content === null) entries.delete(name);
      else entries.set(name, { mode: edit.mode, oid: await writeObject(repository.gitDir, 'blob', edit.content) });
      continue;
    }
    const isFolder = there?.mode === FOLDER;
    const below = await build(isFolder ? there.oid : null, edit, repository);
    if (below === null) return null;
    if (!below.isEmpty) entries.set(name, { mode: FOLDER, oid: below.oid });
    else if (isFolder) entries.delete(name);
  }
  const oid = await writeObject(repository.gitDir, 'tree', serializeTree(entries));
  return { oid, isEmpty: entries.size === 0 };
}

async function readTree(oid: string, reader: ObjectReader): Promise<Map<string, TreeEntry> | null> {
  const body = await reader.read(oid);
  return body && parseTree(body);
}
