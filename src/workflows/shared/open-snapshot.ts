import type { RepositoryRef } from '../../domain/repository.ts';
import { type Snapshot, SnapshotError } from '../../ports/snapshot.ts';
import type { WorkflowPorts } from './ports.ts';

/**
 * Opens a commit, trying again while git or the network fails. Not a durable step: the mirror on disk is a cache, which a restart
 * may find gone.
 * @throws SnapshotError when it still fails after the pauses.
 */
export async function openSnapshot(
  { snapshots, clock, waits }: WorkflowPorts,
  repository: RepositoryRef,
  commit: string,
): Promise<Snapshot> {
  for (const pause of waits.git) {
    try {
      return await snapshots.open(repository, commit);
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      await clock.sleep(pause);
    }
  }
  return snapshots.open(repository, commit);
}
