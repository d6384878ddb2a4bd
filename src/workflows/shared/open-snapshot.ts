import type { RepositoryRef } from '../../domain/repository.ts';
import { type Snapshot, SnapshotError } from '../../ports/snapshot.ts';
import type { WorkflowPorts } from './ports.ts';

/**
 * Opens a commit, trying again while git, the disk or the network fails, as does everything that is then done with it. Not a durable step: the
 * mirror on disk is a cache, which a restart may find gone.
 * @throws SnapshotError when it still fails after the pauses.
 */
export async function openSnapshot(
  { snapshots, clock, waits }: Pick<WorkflowPorts, 'snapshots' | 'clock' | 'waits'>,
  repository: RepositoryRef,
  commit: string,
): Promise<Snapshot> {
  async function patiently<T>(run: () => Promise<T>): Promise<T> {
    for (const pause of waits.git) {
      try {
        return await run();
      } catch (error) {
        if (!mayPass(error)) throw error;
        await clock.sleep(pause);
      }
    }
    return run();
  }

  const snapshot = await patiently(() => snapshots.open(repository, commit));
  const patient: Snapshot = {
    commit: snapshot.commit,
    tree: snapshot.tree,
    entries: () => patiently(() => snapshot.entries()),
    read: (entry) => patiently(() => snapshot.read(entry)),
    search: (query, changes) => patiently(() => snapshot.search(query, changes)),
    treeWith: (changes) => patiently(() => snapshot.treeWith(changes)),
    diff: (changes) => patiently(() => snapshot.diff(changes)),
    patched: (patch) => patiently(() => snapshot.patched(patch)),
    adopt: (made, tree) => patiently(() => snapshot.adopt(made, tree)),
    // Its sides are read without patience of their own: that would multiply with the merge's.
    merge: (base, ours, name) =>
      patiently(() => snapshot.merge(withoutPatience(base), { ...ours, snapshot: withoutPatience(ours.snapshot) }, name)),
  };
  impatient.set(patient, snapshot);
  return patient;
}

/** By the snapshots that this file gives out: those that they pass everything on to. */
const impatient = new WeakMap<Snapshot, Snapshot>();
const withoutPatience = (snapshot: Snapshot): Snapshot => impatient.get(snapshot) ?? snapshot;

/** A full disk, too many open files: what the system refuses now it may grant in a moment. */
const mayPass = (error: unknown): boolean =>
  (error instanceof SnapshotError && !error.isPermanent) || (error instanceof Error && 'syscall' in error && 'errno' in error);
