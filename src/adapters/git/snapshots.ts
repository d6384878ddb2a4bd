import { utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ChangeSet } from '../../domain/change/change-set.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { type Merge, type MergeSide, type Snapshot, SnapshotError, type Snapshots } from '../../ports/snapshot.ts';
import { type GitCredential, gitEnvironment } from './git-environment.ts';
import { snapshotError } from './git-error.ts';
import type { GitFailure } from './git-process.ts';
import { listTree } from './listing.ts';
import { createListings, type Listings } from './listings.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { createObjectReader, type ObjectReader } from './object-reader.ts';
import { applyPatch } from './patch-applier.ts';
import { pruneMirrors } from './prune-mirrors.ts';
import { searchTree } from './search.ts';
import { diffTrees, type MergeSides, mergeDisjoint, type TreeDifference } from './tree-differences.ts';
import { mergeTrees, patchOf, withSideNames } from './tree-merger.ts';
import { writeTree } from './tree-writer.ts';

export interface SnapshotsOptions {
  /** `DATA_DIR`; mirrors are in `git/OWNER/NAME.git` below it. Only one process uses it. */
  readonly dataDir: string;
  readonly credential: (repository: RepositoryRef, startOver: boolean) => Promise<GitCredential>;
  /** Whether `http:` is allowed: only for a local forge. */
  readonly allowHttp: boolean;
}

/** Enough for every task and component in flight in one repository; a commit dropped too soon is fetched again. */
const RETENTION = { most: 100, kept: 30 };
/** Bytes of all files that a patch changes. */
const PATCHED_MAX = 32_000_000;

export interface SnapshotRepository {
  readonly label: string;
  readonly mirror: Mirror;
  readonly reader: ObjectReader;
}

export interface MirroredSnapshots extends Snapshots {
  /** Removes the mirrors that were not read since then, at most `limit`; returns how many. */
  pruneUnused(before: Date, limit: number): Promise<number>;
  close(): void;
}

/** A mirror's folder says when it was read last, as exactly as this. */
const USE_NOTED_EVERY_MS = 3_600_000;

export function createSnapshots({ dataDir, credential, allowHttp }: SnapshotsOptions): MirroredSnapshots {
  const repositories = new Map<string, SnapshotRepository>();
  /** When the use of a mirror was noted on its folder, by the folder. */
  const notedAt = new Map<string, number>();
  const listings = createListings();

  function repositoryOf(ref: RepositoryRef): SnapshotRepository {
    const dir = mirrorFolder(dataDir, ref);
    const known = repositories.get(dir);
    if (known) return known;
    const label = fullName(ref);
    const reader = createObjectReader(gitEnvironment({ gitDir: dir, allowHttp }));
    const made: SnapshotRepository = {
      label,
      mirror: createMirror({
        dir,
        label,
        allowHttp,
        credential: (startOver) => credential(ref, startOver),
        retention: RETENTION,
        reader,
      }),
      reader,
    };
    repositories.set(dir, made);
    return made;
  }

  async function noteUse(dir: string): Promise<void> {
    const now = Date.now();
    if (now - (notedAt.get(dir) ?? 0) < USE_NOTED_EVERY_MS) return;
    notedAt.set(dir, now);
    const at = new Date(now);
    // A mirror that cannot be marked is fetched again some day.
    await utimes(dir, at, at).catch(() => {});
  }

  return {
    async open(ref, commit) {
      if (!/^[0-9a-f]{40}$/.test(commit))
        throw new SnapshotError(`not a commit id: ${JSON.stringify(commit)}`, { isPermanent: true });
      const repository = repositoryOf(ref);
      const tree = await repository.mirror.ensure(commit);
      await noteUse(repository.mirror.dir);
      return snapshotOf(repository, { commit, tree }, allowHttp, listings);
    },
    pruneUnused: (before, limit) =>
      pruneMirrors(join(resolve(dataDir), 'git'), before, {
        limit,
        forget(dir) {
          // Noted for less than the hour that its folder's time lags behind.
          if ((notedAt.get(dir) ?? 0) >= before.getTime()) return false;
          repositories.get(dir)?.reader.close();
          repositories.delete(dir);
          notedAt.delete(dir);
          return true;
        },
      }),
    close() {
      for (const { reader } of repositories.values()) reader.close();
      repositories.clear();
      listings.clear();
    },
  };
}

/** GitHub's names are case-insensitive. Anything but its own alphabet never becomes a path. */
function mirrorFolder(dataDir: string, { owner, name }: RepositoryRef): string {
  for (const part of [owner, name]) {
    if (!/^[A-Za-z0-9_.-]+$/.test(part) || /^\.{1,2}$/.test(part))
      throw new SnapshotError(`not a repository name: ${JSON.stringify(part)}`, { isPermanent: true });
  }
  return join(resolve(dataDir), 'git', owner.toLowerCase(), `${name.toLowerCase()}.git`);
}

/** A fetch that fails in place makes a new mirror, which the next one then fetches into. */
const ENSURING_ROUNDS = 3;

/** One commit, read from a bare repository that has it or obtains it. */
export function snapshotOf(
  { label, mirror, reader }: SnapshotRepository,
  { commit, tree }: { readonly commit: string; readonly tree: string },
  allowHttp: boolean,
  listings: Listings,
): Snapshot {
  const base = { gitDir: mirror.dir, allowHttp };
  const env = gitEnvironment(base);
  const written = new WeakMap<ChangeSet, { readonly generation: number; readonly tree: Promise<string> }>();
  const keyOf = (of: string): string => `${mirror.dir} ${of}`;

  /**
   * Runs a reading step; when something turns out to be missing (a mirror replaced or damaged since), fetches and runs it again.
   * @param others further commits that it reads.
   */
  async function reading<T>(
    what: string,
    step: () => Promise<Outcome<T, GitFailure>>,
    others: readonly string[] = [],
  ): Promise<T> {
    const commits = [commit, ...others];
    await ensureAll(commits);
    const first = await step();
    if (first.ok) return first.value;
    for (const each of commits) await mirror.repair(each);
    await ensureAll(commits);
    const second = await step();
    if (second.ok) return second.value;
    throw snapshotError(`git could not ${what} ${commit} of ${label}`, second.reason, [mirror.dir]);
  }

  /** Fetching one may replace the mirror, and the others with it. */
  async function ensureAll(commits: readonly string[]): Promise<void> {
    for (let round = 0; round < ENSURING_ROUNDS; round++) {
      const before = mirror.generation();
      for (const each of commits) await mirror.ensure(each);
      if (mirror.generation() === before) return;
    }
  }

  function treeWith(changes: ChangeSet): Promise<string> {
    const generation = mirror.generation();
    const known = written.get(changes);
    if (known?.generation === generation) return known.tree;
    const result = reading('write a tree on', () => writeTree(tree, changes, base, reader));
    written.set(changes, { generation, tree: result });
    result.then(
      (made) => listings.derive(keyOf(made), keyOf(tree), changes),
      () => written.delete(changes),
    );
    return result;
  }

  async function readObject(oid: string): Promise<Buffer> {
    return reading('read', async () => {
      const content = await reader.read(oid);
      return content
        ? { ok: true, value: content }
        : { ok: false, reason: { code: 0, stderr: `no object ${oid}`, timedOut: false } };
    });
  }

  async function patched(patch: Buffer): Promise<Outcome<ChangeSet>> {
    await mirror.ensure(commit);
    const applied = await applyPatch(tree, patch, base);
    if (!applied.ok) {
      const { code, stderr, timedOut } = applied.reason;
      // 1 and 128 are git's for a patch that does not apply and for one that is none; anything else is not the patch's fault.
      if (timedOut) return failure('applying it took too long.');
      if (code === 1 || code === 128) return failure(stderr.trim().split('\n')[0] ?? '');
      throw snapshotError(`git could not apply a patch to ${commit} of ${label}`, applied.reason, [mirror.dir]);
    }
    const differences = await reading('compare with', () => diffTrees(tree, applied.value, reader));
    const unnameable = differences.find(({ path }) => path.includes('\ufffd'));
    if (unnameable) return failure(`it changes a file whose name is not UTF-8: ${JSON.stringify(unnameable.path)}.`);
    // A binary patch of kilobytes may unpack to gigabytes, so sizes are looked at before contents are read.
    const sizes = await reading('list', () => listTree(applied.value, env));
    const bytes = differences.reduce((sum, { path, oid }) => sum + (oid === null ? 0 : (sizes.get(path)?.size ?? 0)), 0);
    if (bytes > PATCHED_MAX) return failure(`the files it changes have ${bytes} bytes, more than ${PATCHED_MAX}.`);
    const changes = differences.map(async ({ path, mode, oid }) => {
      const hasContent = oid !== null && mode !== '160000';
      return { path, mode, content: hasContent ? await readObject(oid) : oid === null ? null : Buffer.from(oid) };
    });
    return success((await Promise.all(changes)).sort((a, b) => (a.path < b.path ? -1 : 1)));
  }

  async function mergedTrees(
    from: Snapshot,
    ours: MergeSide,
  ): Promise<{ differences: TreeDifference[]; conflicts: readonly string[] }> {
    const others = [from.commit, ours.snapshot.commit];
    // Written again where the mirror was replaced meanwhile.
    const sides = async (): Promise<MergeSides> => ({
      base: from.tree,
      ours: await ours.snapshot.treeWith(ours.changes ?? []),
      theirs: tree,
    });
    const disjoint = await reading('compare with', async () => mergeDisjoint(await sides(), reader), others);
    if (disjoint !== null) return { differences: disjoint, conflicts: [] };
    const merged = await reading('merge onto', async () => mergeTrees(await sides(), env), others);
    return {
      differences: await reading('compare with', () => diffTrees(tree, merged.tree, reader)),
      conflicts: merged.conflicts,
    };
  }

  async function merge(from: Snapshot, ours: MergeSide, name: string): Promise<Merge> {
    const { differences, conflicts: conflicting } = await mergedTrees(from, ours);
    const names = { ours: ours.name, theirs: name };
    const changeOf = async ({ path, mode, oid }: TreeDifference) => {
      const content = oid === null ? null : await readObject(oid);
      return { path, mode, content: content && conflicting.includes(path) ? withSideNames(content, names) : content };
    };
    // A submodule has no content that could be published, so a conflict in one is left to people.
    const isSubmodule = ({ mode }: TreeDifference): boolean => mode === '160000';
    const changes = await Promise.all(differences.filter((d) => !isSubmodule(d)).map(changeOf));
    const conflicts = [...new Set([...conflicting, ...differences.filter(isSubmodule).map((d) => d.path)])].sort();
    return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), conflicts };
  }

  return {
    commit,
    tree,
    merge,
    entries: () => listings.of(keyOf(tree), () => reading('list', () => listTree(tree, env))),
    read: ({ oid, mode, path }) => {
      if (mode === '160000') throw new Error(`${path} is a submodule and has no content`);
      return readObject(oid);
    },
    treeWith,
    patched,
    diff: async (changes) => {
      const changed = await treeWith(changes);
      return reading('compare with', () => patchOf(tree, changed, env));
    },
    adopt: (made, of) => mirror.adopt(made, of),
    search: (query, changes = []) =>
      reading('search', async () => {
        const found = await searchTree(await treeWith(changes), query, env);
        if (!found.ok) written.delete(changes);
        return found;
      }),
  };
}
