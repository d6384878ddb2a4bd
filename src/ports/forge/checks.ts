import type { HeadCheck } from '../../domain/task/checks.ts';

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly title: string | null;
  /** What it says this App looked at; null where it is none of ours or does not say. */
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

/** What a failing check run tells of itself. */
interface CheckDetails {
  /** Its title and summary, Markdown. */
  readonly said: string;
  readonly annotations: readonly Annotation[];
  /** The end of the job's log, as it is; null where GitHub gives none. */
  readonly log: string | null;
}

export interface CheckReport {
  readonly name: string;
  /** What was looked at, for the program: titles are for people, and may change. No white space, at most 150 characters. */
  readonly externalId: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

/** Check runs and commit statuses, of this App and of others. */
export interface ChecksFacet {
  /** What everybody but this App says of the commit: of each check suite's runs the latest of a name, of commit statuses that of a context. */
  foreignChecks(sha: string): Promise<readonly HeadCheck[]>;
  /** `logBytes`: as much of its log's end as is wanted. */
  checkDetails(check: { readonly run: number; readonly job: boolean }, logBytes: number): Promise<CheckDetails>;
  /** This App's latest run of each name at the commit. */
  ownChecks(sha: string): Promise<readonly CheckRun[]>;
  /** Finds this App's run of that name at the commit and updates it, or creates it. */
  reportCheck(sha: string, report: CheckReport): Promise<void>;
}
