import type { LoopPorts } from '../../agent/loop.ts';
import type { RepositoryRef } from '../../domain/repository.ts';
import type { LocalBranches } from '../../ports/local-branches.ts';
import type { Snapshots } from '../../ports/snapshot.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { TryProgress } from './progress.ts';

/** The subject of a try; the same from its first process to its last. */
export interface TrySubject {
  /** Used in place of an issue's number. */
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly repository: RepositoryRef;
  /** The commit everything starts from. */
  readonly head: string;
  /** `.github/planwright.yml` at that commit, or the defaults. */
  readonly settings: Settings;
}

/** The ports through which the workflows of a try reach everything outside. */
export interface TryPorts extends Omit<LoopPorts, 'record'> {
  readonly subject: TrySubject;
  readonly snapshots: Snapshots;
  readonly branches: LocalBranches;
  /** Called for each turn while it happens, and never again for one that was recorded. */
  readonly report: (progress: TryProgress) => void;
}
