import type { ChangeSet } from '../../domain/change/change-set.ts';
import type { RepositoryRef } from '../../domain/repository.ts';
import type { Snapshot } from '../../ports/snapshot.ts';
import { isGenerated } from '../../settings/generated-paths.ts';
import { openSnapshot } from '../shared/open-snapshot.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { ComponentRun } from './component-run.ts';
import type { ComponentInputs } from './load-inputs.ts';

/** The tree that an attempt begins with. Its changes, and those it begins with, are relative to `snapshot`. */
export interface PreparedTree {
  readonly snapshot: Snapshot;
  /** The component's own changes so far; files in `conflicts` hold both sides of one. */
  readonly given: ChangeSet;
  readonly conflicts: readonly string[];
  /** The parents of the commit that is to be made. */
  readonly parents: readonly [string, ...string[]];
  /** Whether that commit brings the branch onto a base it did not contain before. */
  readonly moves: boolean;
}

/** The names of the two sides in conflict markers. */
export interface Sides {
  readonly ours: string;
  readonly theirs: string;
}

/**
 * A first attempt begins on its base commit as it is. A later one begins with what the branch has changed since it was built,
 * applied to the current base commit: files that left the plan disappear, the parent's changes are not taken for the component's,
 * and the branch moves by an ordinary fast-forward. Nothing is recorded, because the same commits give the same tree.
 */
export async function prepareTree(run: ComponentRun, leaves: (path: string) => boolean, sides: Sides): Promise<PreparedTree> {
  const { ports, work, inputs } = run;
  const { repository } = work.task;
  const { baseCommit, former } = inputs;
  const snapshot = await openSnapshot(ports, repository, baseCommit);
  if (former === null) return { snapshot, given: [], conflicts: [], parents: [baseCommit], moves: false };
  const from = await openSnapshot(ports, repository, former.from);
  const head = await openSnapshot(ports, repository, former.head);
  // A lockfile that both sides changed can only be generated again, and that happens on the new head.
  const generated = await generatedIn(run, from, head);
  const changes = await restored([...new Set([...former.planned.filter(leaves), ...generated])].sort(), from);
  const merged = await snapshot.merge(from, { snapshot: head, changes, name: sides.ours }, sides.theirs);
  const moves = former.from !== baseCommit;
  return {
    snapshot,
    given: merged.changes,
    conflicts: merged.conflicts,
    parents: moves ? [former.head, baseCommit] : [former.head],
    moves,
  };
}

/** Files that the workflow has generated on the component's branch. Those that its plan lists are the executor's. */
async function generatedIn({ inputs, component }: ComponentRun, from: Snapshot, head: Snapshot): Promise<string[]> {
  const matches = isGenerated(inputs.settings);
  const [before, after] = await Promise.all([from.entries(), head.entries()]);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter(
    (path) =>
      matches(path) && before.get(path)?.oid !== after.get(path)?.oid && component.files.every((file) => file.path !== path),
  );
}

/** These paths as they were before the component touched them. */
async function restored(paths: readonly string[], from: Snapshot): Promise<ChangeSet> {
  const entries = await from.entries();
  return Promise.all(
    paths.map(async (path) => {
      const entry = entries.get(path);
      return { path, mode: entry?.mode ?? ('100644' as const), content: entry ? await from.read(entry) : null };
    }),
  );
}

/** The tree for changes to a pull request as it is; null when its branch is gone. */
export async function loadBranchTree(
  ports: WorkflowPorts,
  repository: RepositoryRef,
  { former }: ComponentInputs,
): Promise<PreparedTree | null> {
  if (former === null) return null;
  const snapshot = await openSnapshot(ports, repository, former.head);
  return { snapshot, given: [], conflicts: [], parents: [former.head], moves: false };
}
