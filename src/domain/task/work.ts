import type { Spend } from '../model/spend.ts';
import type { ReactionTarget } from './reaction-target.ts';
import { type Blocker, type Job, type Question, type Stack, type TaskRef, taskKey } from './task.ts';

/** Ids are functions of the task, so starting the same work twice finds the first. */
export const planWorkflowId = (task: TaskRef, revision: number, generation: number, attempt: number): string =>
  `plan:${taskKey(task)}:${generation}.${revision}.${attempt}`;

export const componentWorkflowId = (task: TaskRef, component: string, attempt: number): string =>
  `component:${taskKey(task)}/${component}:${attempt}`;

/** Of the look at a component whose grace for its checks is over at this head. */
export const recheckId = (task: TaskRef, component: string, head: { readonly sha: string; readonly seen: string }): string =>
  `look:${taskKey(task)}/${component}:${head.sha}:${head.seen}`;

export const askWorkflowId = (task: TaskRef, comment: number): string => `ask:${taskKey(task)}:${comment}`;

export const reviewWorkflowId = (task: TaskRef, revision: number, generation: number): string =>
  `review:${taskKey(task)}:${generation}.${revision}`;

/** What the ids of all work on a task begin with. */
export const workflowIdPrefixes = (task: TaskRef): readonly string[] => [
  `plan:${taskKey(task)}:`,
  `component:${taskKey(task)}/`,
  `ask:${taskKey(task)}:`,
  `review:${taskKey(task)}:`,
];

/** Everything the planning workflow needs that GitHub may no longer say by the time it runs. */
export interface PlanWork {
  readonly task: TaskRef;
  readonly revision: number;
  readonly generation: number;
  /** Counts the planner's loops for this revision. */
  readonly attempt: number;
  readonly issueTitle: string;
  readonly issueBody: string;
  /** What came with the command that started this revision: answers, feedback or notes. Earlier ones are comments on the issue. */
  readonly notes: { readonly by: string; readonly text: string } | null;
  /** Comments and reviews on the plan count from here on, ISO 8601; null for the first revision. */
  readonly since: string | null;
  /** What stopped components of the former revision. */
  readonly blockers: readonly { readonly component: string; readonly blocker: Blocker }[];
  /** Spec hashes of what is merged, by component id: a revision may keep it as it is. */
  readonly merged: Readonly<Record<string, string>>;
}

export type PlanResult =
  /** `gatheredAt`: what people wrote since then, ISO 8601, was not read for this revision. */
  | { readonly kind: 'planned'; readonly gatheredAt: string; readonly pull: number; readonly spend: readonly Spend[] }
  | { readonly kind: 'questions'; readonly questions: readonly Question[]; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** `below`: the branches its own stands on in turn, the lowest first. */
interface Parent extends Stack {
  readonly branch: string;
  readonly below: readonly string[];
}

/** One component on the executor's bench. The plan itself is read fresh from `planCommit`. */
export interface ComponentWork {
  readonly task: TaskRef;
  readonly component: string;
  readonly attempt: number;
  readonly branch: string;
  readonly job: Job;
  /** Ids of reviews whose text was addressed already. */
  readonly heard: readonly number[];
  /** What the branch is to stand on; null: the base branch. */
  readonly on: Parent | null;
  /** Merge commits of dependencies that what it is to stand on must hold. */
  readonly needs: readonly string[];
  /** Components that were merged into its branch: their files are its branch's, too. */
  readonly holds: readonly string[];
  /** What it stands on so far, where there is something already. */
  readonly stack: Stack | null;
  readonly planPull: number;
  readonly planPath: string;
  readonly planCommit: string;
  readonly blob: string;
  readonly spec: string;
}

export type ComponentResult =
  /**
   * `head`: the branch's now. `stack`: what it stands on now. `summary`: the executor's, null when no executor had a hand in it.
   * `heard`: the reviews whose text was addressed.
   */
  | {
      readonly kind: 'opened';
      readonly pull: number;
      readonly head: string;
      readonly stack: Stack | null;
      readonly summary: string | null;
      readonly heard: readonly number[];
      readonly spend: readonly Spend[];
    }
  | { readonly kind: 'blocked'; readonly blocker: Blocker; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] }
  | { readonly kind: 'withdrawn'; readonly reason: string; readonly spend: readonly Spend[] };

/** A question about a plan; the answer goes where the question was asked, the plan stays as it is. */
export interface AskWork {
  readonly task: TaskRef;
  readonly question: string;
  readonly by: string;
  /** The issue or pull request to answer on, and what it was asked in. */
  readonly on: number;
  readonly comment: ReactionTarget;
  readonly plan: { readonly path: string; readonly commit: string } | null;
}

export type AskResult =
  | { readonly kind: 'answered'; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** The whole, when every component is merged. */
export interface ReviewWork {
  readonly task: TaskRef;
  readonly plan: { readonly path: string; readonly commit: string };
  readonly pulls: readonly { readonly component: string; readonly pull: number }[];
}

export type ReviewResult =
  | { readonly kind: 'reviewed'; readonly text: string; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

export type WorkResult = PlanResult | ComponentResult | AskResult | ReviewResult;
