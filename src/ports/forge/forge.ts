import type { RepositoryRef } from '../../domain/repository.ts';
import type { BranchesFacet } from './branches.ts';
import type { ChecksFacet } from './checks.ts';
import type { DeliveriesFacet } from './deliveries.ts';
import type { GitDataFacet } from './git-data.ts';
import type { ImagesFacet } from './images.ts';
import type { IssuesFacet } from './issues.ts';
import type { LabelsFacet } from './labels.ts';
import type { PeopleFacet, Permission } from './people.ts';
import type { PullsFacet } from './pulls.ts';
import type { ReviewsFacet } from './reviews.ts';
import type { WorkflowRunsFacet } from './workflow-runs.ts';

/** What an observation is about. */
export interface Observed {
  readonly issue: number;
  /** Files of the default branch that it reads. */
  readonly files: readonly string[];
  /** What was read of this task so many milliseconds ago at most is good enough; null: GitHub is asked. */
  readonly maxAgeMs: number | null;
}

/**
 * One repository through one installation. Absence is `null`; a refusal that people can fix is an Outcome; everything else
 * (network, 5xx after retries, permissions the App lost) is a `ForgeError`. Creates are never retried by the adapter.
 */
export interface RepositoryForge
  extends PeopleFacet,
    IssuesFacet,
    PullsFacet,
    ReviewsFacet,
    BranchesFacet,
    GitDataFacet,
    ChecksFacet,
    LabelsFacet,
    WorkflowRunsFacet,
    ImagesFacet {
  readonly repository: RepositoryRef;
  /** Its owner's `.github` repository, which holds files for all that have none of their own. It may not be there. */
  ofOwner(): Pick<RepositoryForge, 'entry'>;
  /** The same for one observation of a task, in which nothing is read twice. It never hears of what changes, so it must not outlive that. */
  observing(what: Observed): RepositoryForge;
}

export interface Forge extends DeliveriesFacet {
  repository(ref: RepositoryRef): RepositoryForge;
  /**
   * What one account may do in the repository, through exactly this installation: `none` where that is gone or suspended, so that what was
   * recorded for an owner is not shown to one who took their name; and where the login belongs to another account by now.
   */
  permissionThrough(ref: RepositoryRef, person: { readonly id: number; readonly login: string }): Promise<Permission>;
  /** Every repository the App is installed on and that can be written to. */
  repositories(): AsyncIterable<RepositoryRef>;
  /**
   * A short-lived credential that reads this repository's contents and nothing else; never store it. `startOver`: the last one does
   * not work, so a new one is needed.
   */
  gitCredential(ref: RepositoryRef, startOver: boolean): Promise<{ readonly url: string; readonly token: string }>;
}
