import type { FileMode } from '../../domain/change/change-set.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { SearchQuery, SearchResult, Snapshot } from '../../ports/snapshot.ts';

export interface WorkspaceFile {
  readonly path: string;
  readonly mode: FileMode;
  /** Bytes; null for a submodule. */
  readonly size: number | null;
}

/** What a reading tool sees: a snapshot, or a snapshot with the executor's edits so far on top. */
export interface Workspace {
  /** Every file by path, sorted by path. */
  files(): Promise<ReadonlyMap<string, WorkspaceFile>>;
  /** The file's bytes (a symlink: its target); null when there is no such file or it is a submodule. */
  read(path: string): Promise<Buffer | null>;
  search(query: SearchQuery): Promise<Outcome<SearchResult>>;
}

/** A snapshot as it is, for the planner. */
export function workspaceOf(snapshot: Snapshot): Workspace {
  return {
    files: () => snapshot.entries(),
    async read(path) {
      const entry = (await snapshot.entries()).get(path);
      return entry && entry.mode !== '160000' ? snapshot.read(entry) : null;
    },
    search: (query) => snapshot.search(query),
  };
}
