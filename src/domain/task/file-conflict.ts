import type { Component } from '../plan/plan.ts';

/** Files that a component of some task is changing: it is at work, or its pull request is open. */
export interface FileClaim {
  readonly issue: number;
  readonly component: string;
  /** Null: it has none yet. */
  readonly pull: number | null;
  readonly files: readonly string[];
}

/** A claim of another task's with the files that are also somebody else's. */
export type FileConflict = FileClaim;

/** By component id, the first claim that has a file of the component's. */
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
