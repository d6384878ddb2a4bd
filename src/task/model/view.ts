import type { Outcome } from '../../domain/outcome.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { BranchName } from '../../domain/task/branch-name.ts';
import type { HeadCheck } from '../../domain/task/checks.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { ComponentResult, PlanResult, ReviewResult } from '../../domain/task/work.ts';
import type { PlanFileFinding } from '../../plan-file/parse.ts';
import type { CheckRun } from '../../ports/forge/checks.ts';
import type { Issue } from '../../ports/forge/issues.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { Review } from '../../ports/forge/reviews.ts';
import type { WorkflowRunSeen } from '../../ports/forge/workflow-runs.ts';
import type { CapState } from '../../ports/spend.ts';
import type { Settings, SettingsFinding } from '../../settings/repository-settings.ts';

/** What the engine knows of one workflow. `absent`: never started, or the database was lost. */
export type WorkState<R> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'finished'; readonly result: R }
  | { readonly kind: 'crashed'; readonly message: string };

/**
 * The latest deciding review of the plan by a person with write access; `blob` is the PLAN.md that was reviewed, null when that is
 * no longer known.
 */
export interface Verdict {
  readonly by: string;
  /** Identifies the person, independently of the login. */
  readonly identity: string;
  readonly verdict: 'approved' | 'changes_requested';
  readonly blob: string | null;
  /** The review it is from, and when that was submitted, ISO 8601; missing in what an older build recorded. */
  readonly given?: { readonly review: number; readonly at: string };
}

/** A person who approved a plan, and how. */
export interface Approver {
  readonly way: 'review' | 'merge' | 'command';
  readonly by: string;
  readonly identity: string;
  /** When it was given, ISO 8601, and the review, where GitHub tells. */
  readonly at?: string;
  readonly review?: number;
  /** The comment's address. */
  readonly url?: string;
}

/** An `/execute` as GitHub shows it now: unedited, by a person who has write access now. */
export interface CommandApproval extends Pick<Approver, 'by' | 'identity'> {
  /** The comment's GraphQL id. */
  readonly node: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** Its address; missing in what an older build recorded. */
  readonly url?: string;
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
  /** Merged, but not into the branch that the task is for: that approves nothing. */
  readonly mergedElsewhere: boolean;
  readonly branch: BranchName;
  /** The branch that its text says it is for; null: the default branch. */
  readonly base: string | null;
  readonly path: string;
  /** PLAN.md at the head: its blob id and what it says. Null when the file is not there. */
  readonly blob: string | null;
  /** The commit that the planner read, according to the file's header; null when it cannot be read. */
  readonly madeAt: string | null;
  /** As the file's header says; null when it cannot be read. */
  readonly revision: number | null;
  readonly file: Outcome<Plan, readonly PlanFileFinding[]> | null;
  /** This App's check at the head, when completed. */
  readonly check: CheckRun | null;
  /** Likewise `planwright / scope`. */
  readonly scope: CheckRun | null;
  readonly verdicts: readonly Verdict[];
  /** The proven approvals among the `/execute` comments that the record points to, and the one behind the signal. */
  readonly commands: readonly CommandApproval[];
  /** All reviews of the pull request, whatever they decide. */
  readonly reviews: readonly SeenReview[];
}

/**
 * Where a merged pull request landed: on the base branch; on the branch of another component that is still open, with which it
 * lands; or on one that leads nowhere any more.
 */
export type Landing = 'landed' | 'with-parent' | 'astray';

/**
 * Why a pull request was closed without being merged: a person with write access decided so; or it was no decision, because a bot
 * or a person without write access closed it, its base branch was deleted, or GitHub does not say who closed it.
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
  /** Null while it is open or merged, and where people have decided, or are asked to. */
  readonly closing: Closing | null;
  /** A commit that contains its changes although its pull request was never merged; null where GitHub names the merge. */
  readonly landedAt: string | null;
  readonly work: WorkState<ComponentResult>;
}

/** The checks at a pull request's head. */
export interface ChecksView {
  readonly head: string;
  readonly found: readonly HeadCheck[];
  /** Names of the failing ones that fail just as well on what the branch is based on. */
  readonly failingBelow: readonly string[];
}

/** `execution.workflow` at a pull request's head. */
export interface RunView {
  readonly head: string;
  readonly seen: WorkflowRunSeen;
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
  /** What its branches are called, as far as that is proven, and which branch it is for: as the plan says where there is one. */
  readonly branches: TaskBranches;
  /** The branch that it is for is gone. */
  readonly baseIsGone: boolean;
  /** Whether the branch that `/plan --base` names is there; null where the signal names none. */
  readonly requestedBase: 'there' | 'missing' | null;
  readonly plan: PlanView | null;
  /** Null where no approval of a former plan is to be kept. */
  readonly kept: KeptPlan | null;
  readonly planWork: WorkState<PlanResult>;
  readonly reviewWork: WorkState<ReviewResult>;
  /** Files the plan changes that have changed on the base branch since; null when that was not checked. */
  readonly stale: readonly string[] | null;
  /** By component id. */
  readonly components: Readonly<Record<string, ComponentView>>;
  /** By component id, where the checks can make a difference. */
  readonly checks: Readonly<Record<string, ChecksView>>;
  /** By component id, where a patch of `execution.workflow` may have to be applied. */
  readonly runs: Readonly<Record<string, RunView>>;
  /** For how long a run of `execution.workflow` is waited for, in seconds. */
  readonly workflowLimit: number;
  /** How long checks may take to appear, in seconds. */
  readonly checksGrace: number;
  /** Which of this task's files other tasks are changing, by component id; empty where nothing was about to start. */
  readonly fileConflicts: Readonly<Record<string, FileConflict>>;
  /** Reviews of the component's pull request that the signal is about; null where it is about none. */
  readonly reviews: readonly SeenReview[] | null;
  /** What was spent of the limits beyond the task; empty where it was not requested. */
  readonly caps: readonly CapState[];
  /** The permission of the person behind the signal; null when there is no person behind it. */
  readonly permission: Permission | null;
}
