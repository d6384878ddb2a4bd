import type { Paths } from '../../domain/change/planned-action.ts';
import type { RepositoryRef } from '../../domain/repository.ts';
import type { SnapshotEntry } from '../../ports/snapshot.ts';
import { openSnapshot } from './open-snapshot.ts';
import type { WorkflowPorts } from './ports.ts';

/** One path that differs between two commits; `content` is null where the second has none. */
export interface ChangedPath {
  readonly path: string;
  readonly content: SnapshotEntry | null;
}

/** The changes, read from the published commits themselves, not from what we intended to publish. Sorted by path. */
export async function changesBetween(
  ports: WorkflowPorts,
  repository: RepositoryRef,
  { from, head }: { readonly from: string; readonly head: string },
): Promise<{ readonly changes: readonly ChangedPath[]; readonly before: Paths }> {
  const before = await (await openSnapshot(ports, repository, from)).entries();
  const after = await (await openSnapshot(ports, repository, head)).entries();
  const paths = new Set([...after.keys(), ...before.keys()]);
  const changed = [...paths].filter(
    (p) => after.get(p)?.oid !== before.get(p)?.oid || after.get(p)?.mode !== before.get(p)?.mode,
  );
  return { changes: changed.sort().map((path) => ({ path, content: after.get(path) ?? null })), before };
}
