import type { Outcome } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { BranchName } from '../../domain/task/branch-name.ts';
import type { HeadCheck } from '../../domain/task/checks.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { ComponentResult, PlanResult, ReviewResult } from '../../domain/task/work.ts';
import type { PlanFileFinding } from '../../plan-file/parse.ts';
import type { CheckRun } from '../../ports/forge/checks.ts';
import type { Issue } from '../../ports/forge/issues.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { Review } from '../../ports/forge/reviews.ts';
import type { CapState } from '../../ports/spend.ts';
import type { Settings, SettingsFinding } from '../../settings/repository-settings.ts';

/** What the engine knows of one workflow. `absent`: never started, or the database was lost. */
export type WorkState<R> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'finished'; readonly result: R }
  | { readonly kind: 'crashed'; readonly message: string };

/** A writer's latest deciding review of the plan; `blob` is the PLAN.md that was looked at, null when it can no longer be told. */
export interface Verdict {
  readonly by: string;
  /** The person, whatever they are called. */
  readonly identity: string;
  readonly verdict: 'approved' | 'changes_requested';
  readonly blob: string | null;
}

/** Somebody who approved of a plan, and how. */
export interface Approver {
  readonly way: 'review' | 'merge' | 'command';
  readonly by: string;
  readonly identity: string;
}

/** An `/execute` as GitHub shows it now: unedited, by somebody who may write now. */
export interface CommandApproval extends Pick<Approver, 'by' | 'identity'> {
  /** The comment's GraphQL id. */
  readonly node: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** The beginning of the blob that it names; null where it names none. */
  readonly named: string | null;
  /** Where it names none: the blobs one of which was at the plan's head when it was written; null when GitHub does not tell. */
  readonly blobs: readonly string[] | null;
}

/** The plan that was approved before a blocker's revision, and the people whose reviews or merge of it still stand. */
export interface KeptPlan {
  readonly blob: string;
  readonly plan: Plan;
  readonly by: readonly Approver[];
}

type SeenReview = Pick<Review, 'id' | 'state'>;

export interface PlanView {
  readonly pull: PullRequest;
  /** Merged, but not into the branch that the task is for: that approves of nothing. */
  readonly mergedElsewhere: boolean;
  readonly branch: BranchName;
  readonly path: string;
  /** PLAN.md at the head: its blob id and what it says. Null when the file is not there. */
  readonly blob: string | null;
  /** The commit the planner looked at, as the file's header says; null when it cannot be read. */
  readonly madeAt: string | null;
  /** As the file's header says; null when it cannot be read. */
  readonly revision: number | null;
  readonly file: Outcome<Plan, readonly PlanFileFinding[]> | null;
  /** This App's check at the head, when completed. */
  readonly check: CheckRun | null;
  /** Likewise `planwright / scope`. */
  readonly scope: CheckRun | null;
  readonly verdicts: readonly Verdict[];
  /** What the `/execute` comments that the record points to, and the one behind the signal, are good for. */
  readonly commands: readonly CommandApproval[];
  /** Everybody's reviews of the pull request, whatever they decide. */
  readonly reviews: readonly SeenReview[];
}

/**
 * Where a merged pull request has come to: on the base branch; on the branch of another component that is still open, with which it
 * lands; or on one that leads nowhere any more.
 */
export type Landing = 'landed' | 'with-parent' | 'astray';

/**
 * What it means that a pull request was closed without being merged: a person with write access decided so; or nobody did, because a bot
 * or a person without write access closed it, its base branch was deleted under it, or GitHub does not say who it was.
 */
export type Closing =
  | { readonly kind: 'decided' }
  | { readonly kind: 'by_bot' | 'by_stranger'; readonly by: string }
  | { readonly kind: 'base_deleted' | 'unknown' };

/** This App's completed checks at a pull request's head. */
export interface OwnChecks {
  readonly plan: CheckRun | null;
  readonly scope: CheckRun | null;
}

export interface ComponentView {
  readonly pull: PullRequest | null;
  /** Null where they are not needed: the pull request is not open, or is being worked on. */
  readonly checks: OwnChecks | null;
  /** Null while it is neither merged nor, by some other way than GitHub's merge button, on the base branch. */
  readonly landing: Landing | null;
  /** Null while it is open or merged, and where nobody has to know any more. */
  readonly closing: Closing | null;
  /** A commit that contains its changes although its pull request was never merged; null where GitHub names the merge. */
  readonly landedAt: string | null;
  readonly work: WorkState<ComponentResult>;
}

/** The checks at a pull request's head. */
export interface ChecksView {
  readonly head: string;
  readonly found: readonly HeadCheck[];
  /** Names of checks that fail on what the branch is based on; read only where some fail at the head. */
  readonly failingBelow: readonly string[];
}

/** A task as GitHub and the engine show it at one moment; plain JSON, because it is recorded as one durable step. */
export interface TaskView {
  readonly task: TaskRef;
  /** When the observation began, ISO 8601. */
  readonly at: string;
  readonly issue: Issue;
  readonly settings: Outcome<Settings, readonly SettingsFinding[]>;
  readonly status: { readonly id: number; readonly body: string; readonly url: string } | null;
  readonly record: TaskRecord | null;
  readonly plan: PlanView | null;
  /** Null where no approval of a former plan is to be kept. */
  readonly kept: KeptPlan | null;
  readonly planWork: WorkState<PlanResult>;
  readonly reviewWork: WorkState<ReviewResult>;
  /** Files the plan changes that have changed on the base branch since; null when it was not looked for. */
  readonly stale: readonly string[] | null;
  /** By component id. */
  readonly components: Readonly<Record<string, ComponentView>>;
  /** By component id, where something could come of it. */
  readonly checks: Readonly<Record<string, ChecksView>>;
  /** How long checks may take to appear, in seconds. */
  readonly checksGrace: number;
  /** What other tasks are changing of this one's files, by component id; empty where nothing was about to start. */
  readonly fileConflicts: Readonly<Record<string, FileConflict>>;
  /** Reviews of the component's pull request that the signal is about; null where it is about none. */
  readonly reviews: readonly SeenReview[] | null;
  /** What was spent of the limits beyond the task; empty where nobody asks. */
  readonly caps: readonly CapState[];
  /** What the person behind the signal may do here; null when nobody is behind it. */
  readonly permission: Permission | null;
}
