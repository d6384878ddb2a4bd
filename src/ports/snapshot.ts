import type { ChangeSet, FileMode } from '../domain/change/change-set.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RepositoryRef } from '../domain/repository.ts';

/** One path of a snapshot. `size` is in bytes, null for a submodule; `oid` is the git object id. */
export interface SnapshotEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly oid: string;
  readonly size: number | null;
}

export interface SearchQuery {
  readonly pattern: string;
  /** false: the pattern is a literal string; true: a Perl-compatible regular expression. */
  readonly regex: boolean;
  /** A file or directory of the snapshot; null searches everything. */
  readonly path: string | null;
  /** Stop after this many hits. */
  readonly limit: number;
}

export interface SearchHit {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Without its line end. Of a very long line only the part around the first match, which begins at `match`. */
  readonly text: string;
  readonly match: number;
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  readonly truncated: boolean;
}

/** What a merge made of a snapshot. */
export interface Merge {
  /** Relative to the snapshot that was merged onto; conflicted files hold conflict markers. */
  readonly changes: ChangeSet;
  /** Paths that both sides changed, and whose conflicts only a person or a model can resolve. Sorted. */
  readonly conflicts: readonly string[];
}

/** One side of a merge: a snapshot, as it is or with changes on top. */
export interface MergeSide {
  readonly snapshot: Snapshot;
  readonly changes?: ChangeSet;
  /** The name of this side in conflict markers. */
  readonly name: string;
}

/** A repository at one commit, read from a bare mirror, never checked out. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
  /** Every path that is valid UTF-8, in git's order. Directories are not entries. */
  entries(): Promise<ReadonlyMap<string, SnapshotEntry>>;
  /**
   * The bytes of a blob of this snapshot (symlinks: the link's target). A submodule has none: asking for them is a bug and throws.
   */
  read(entry: SnapshotEntry): Promise<Buffer>;
  /**
   * Hits in text files in path order, over the snapshot with `changes` applied where they are given; `truncated` when there
   * were more. A pattern that does not compile, or costs too much, is a reason.
   */
  search(query: SearchQuery, changes?: ChangeSet): Promise<Outcome<SearchResult>>;
  /** The git tree id this snapshot would have with the changes applied; writes objects into the mirror only. */
  treeWith(changes: ChangeSet): Promise<string>;
  /**
   * What the changes change, as a unified diff in git's form, file by file in path order, without renames; of a deleted file only
   * the header. Bytes that are not UTF-8 become U+FFFD.
   */
  diff(changes: ChangeSet): Promise<string>;
  /**
   * What a patch in git's form (as `git diff --binary` prints it) changes in this snapshot, sorted by path. A patch that is none, or
   * does not fit, is a reason in git's words.
   */
  patched(patch: Buffer): Promise<Outcome<ChangeSet>>;
  /** Tells of a commit that was just made from a tree of `treeWith`, so that opening it needs no fetch. */
  adopt(commit: string, tree: string): Promise<void>;
  /** Three-way merge onto this snapshot of what `ours` changed since `base`; `name` is this snapshot's in conflict markers. */
  merge(base: Snapshot, ours: MergeSide, name: string): Promise<Merge>;
}

export interface Snapshots {
  /** Fetches the commit when the mirror does not have it yet. Throws `SnapshotError` when git or the network fails. */
  open(repository: RepositoryRef, commit: string): Promise<Snapshot>;
}

/** Git could not deliver a commit: unreachable server, commit gone, disk full. `message` is one sentence without credentials. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** Whether no other attempt can succeed: what was asked for is no commit, or may not be fetched. */
  readonly isPermanent: boolean;

  constructor(message: string, { isPermanent = false } = {}) {
    super(message);
    this.isPermanent = isPermanent;
  }
}
