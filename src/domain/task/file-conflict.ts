import type { Component } from '../plan/plan.ts';

/** Files that a component of a task is changing: it is running, or its pull request is open. */
export interface FileClaim {
  readonly issue: number;
  readonly component: string;
  /** Null: it has none yet. */
  readonly pull: number | null;
  readonly files: readonly string[];
}

/** A claim of another task, reduced to the files that both change. */
export type FileConflict = FileClaim;

/** For each component id, the first claim that shares a file with the component. */
export function fileConflictsOf(
  components: readonly Pick<Component, 'id' | 'files'>[],
  claims: readonly FileClaim[],
): Readonly<Record<string, FileConflict>> {
  const found = components.flatMap(({ id, files }): [string, FileConflict][] => {
    const own = new Set(files.map((f) => f.path));
    const first = claims.find((claim) => claim.files.some((path) => own.has(path)));
    return first ? [[id, { ...first, files: first.files.filter((path) => own.has(path)) }]] : [];
  });
  return Object.fromEntries(found);
}
