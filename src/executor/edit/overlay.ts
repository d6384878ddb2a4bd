import { fileText } from '../../agent/files/file-text.ts';
import type { Workspace, WorkspaceFile } from '../../agent/files/workspace.ts';
import type { ChangeSet, FileChange, FileMode } from '../../domain/change/change-set.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Snapshot, SnapshotEntry } from '../../ports/snapshot.ts';
import { blobId } from './blob-id.ts';
import { overLimits } from './size.ts';

/** One path's state after an edit, as JSON: what a durable step keeps. `content` is base64; null deletes the path. */
export type EditRecord = {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: string | null;
};

/** The edits so far on top of a snapshot. Through it the reading tools see the edited repository. */
export interface Overlay extends Workspace {
  /** Writes all changes, or none where the result would be larger than one component's may be: then the reason is for the model. */
  write(...changes: readonly FileChange[]): Promise<Outcome<null>>;
  /** The mode of the file that is or was last at this path, also of one that was deleted; null when there never was one. */
  lastMode(path: string): Promise<FileMode | null>;
  /** The text that was at this path before the conversation; null when there was none. */
  textBefore(path: string): Promise<string | null>;
  /** Why a write was last refused for its size; null when none was. */
  limitMet(): string | null;
  /** The edits since it was last called, with the last state of each path: a turn's record. */
  takeRecords(): EditRecord[];
  /** Restores recorded edits, oldest first, after a restart. They are not taken again. */
  applyEdits(records: readonly EditRecord[]): void;
  /** Sorted by path, one entry per path; what equals the snapshot again is left out. */
  changeSet(): Promise<ChangeSet>;
}

/** @param given the changes to begin with: the work so far, or the result of a merge. */
export function createOverlay(snapshot: Snapshot, given: ChangeSet = []): Overlay {
  const edits = new Map<string, FileChange>(given.map((change) => [change.path, change]));
  const untaken = new Map<string, FileChange>();
  let files: Promise<ReadonlyMap<string, WorkspaceFile>> | null = null;
  let changes: Promise<ChangeSet> | null = null;
  let limit: string | null = null;

  const put = (change: FileChange) => {
    edits.set(change.path, change);
    files = null;
    changes = null;
  };
  const changeSet = () => {
    changes ??= snapshot.entries().then((base) => differences(base, edits));
    return changes;
  };

  return {
    files() {
      files ??= snapshot.entries().then((base) => merge(base, edits));
      return files;
    },
    async read(path) {
      const edited = edits.get(path);
      if (edited) return edited.content;
      const entry = (await snapshot.entries()).get(path);
      return entry && entry.mode !== '160000' ? snapshot.read(entry) : null;
    },
    search: async (query) => snapshot.search(query, await changeSet()),
    async write(...written) {
      const base = await snapshot.entries();
      const after = differences(base, new Map([...edits, ...written.map((change) => [change.path, change] as const)]));
      const over = overLimits(after, base);
      if (over.length > 0) {
        limit = over.join(' ');
        return failure(limit);
      }
      for (const change of written) {
        put(change);
        untaken.set(change.path, change);
      }
      return success(null);
    },
    lastMode: async (path) => edits.get(path)?.mode ?? (await snapshot.entries()).get(path)?.mode ?? null,
    async textBefore(path) {
      const earlier = given.findLast((change) => change.path === path && change.content !== null);
      const entry = (await snapshot.entries()).get(path);
      if (earlier?.content) return textOf({ ...earlier, size: earlier.content.length }, earlier.content);
      return entry && entry.mode !== '160000' ? textOf(entry, await snapshot.read(entry)) : null;
    },
    limitMet: () => limit,
    takeRecords() {
      const records = [...untaken.values()].map(toRecord);
      untaken.clear();
      return records;
    },
    applyEdits(records) {
      for (const record of records) put(fromRecord(record));
    },
    changeSet,
  };
}

function textOf(file: WorkspaceFile, bytes: Buffer): string | null {
  const text = fileText(file, bytes);
  return text.ok ? text.value : null;
}

const toRecord = ({ path, mode, content }: FileChange): EditRecord => ({
  path,
  mode,
  content: content?.toString('base64') ?? null,
});

const fromRecord = ({ path, mode, content }: EditRecord): FileChange => ({
  path,
  mode,
  content: content === null ? null : Buffer.from(content, 'base64'),
});

function merge(
  base: ReadonlyMap<string, SnapshotEntry>,
  edits: ReadonlyMap<string, FileChange>,
): ReadonlyMap<string, WorkspaceFile> {
  const files = new Map<string, WorkspaceFile>(base);
  for (const { path, mode, content } of edits.values()) {
    if (content === null) files.delete(path);
    else files.set(path, { path, mode, size: content.length });
  }
  return new Map([...files].sort(([a], [b]) => compare(a, b)));
}

function differences(base: ReadonlyMap<string, SnapshotEntry>, edits: ReadonlyMap<string, FileChange>): ChangeSet {
  return [...edits.values()].filter((change) => differs(base.get(change.path), change)).sort((a, b) => compare(a.path, b.path));
}

function differs(before: SnapshotEntry | undefined, { mode, content }: FileChange): boolean {
  if (content === null || !before) return (content === null) !== (before === undefined);
  return before.mode !== mode || before.oid !== blobId(content);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
