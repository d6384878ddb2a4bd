import type { HeadCheck } from '../../domain/task/checks.ts';

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly title: string | null;
  /** What this App checked, according to the run; null where the run is not ours or does not say. */
  readonly externalId: string | null;
  readonly completedAt: string | null;
  readonly mine: boolean;
}

export interface Annotation {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
}

/** The details of a failing check run. */
interface CheckDetails {
  /** Its title and summary, Markdown. */
  readonly said: string;
  readonly annotations: readonly Annotation[];
  /** The end of the job's log, as it is; null where GitHub gives none. */
  readonly log: string | null;
}

export interface CheckReport {
  readonly name: string;
  /** What was checked, for the program: titles are for people, and may change. No white space, at most 150 characters. */
  readonly externalId: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

/** Check runs and commit statuses, of this App and of others. */
export interface ChecksFacet {
  /**
   * The checks of all other Apps and systems on the commit: the latest run of each name in a check suite, the latest status of each
   * context.
   */
  foreignChecks(sha: string): Promise<readonly HeadCheck[]>;
  /** `logBytes`: how much of the end of its log to read. */
  checkDetails(check: { readonly run: number; readonly job: boolean }, logBytes: number): Promise<CheckDetails>;
  /** This App's latest run of each name at the commit. */
  ownChecks(sha: string): Promise<readonly CheckRun[]>;
  /**
   * Finds this App's run of that name at the commit and updates it, or creates it. `again`: makes another run of the same report, because a
   * person asked for one, and GitHub leaves the former as it is.
   */
  reportCheck(sha: string, report: CheckReport, again?: boolean): Promise<void>;
}
