import type { Spend } from '../model/spend.ts';
import type { ReactionTarget } from './reaction-target.ts';
import type { Blocker, Job, Question, Stack, TaskRef } from './task.ts';
import type { TaskBranches } from './task-branches.ts';

/** Everything the planning workflow needs that GitHub may no longer show by the time it runs. */
export interface PlanWork {
  readonly kind: 'plan';
  readonly task: TaskRef;
  readonly branches: TaskBranches;
  /** Whose label or command started the task, as the record says; null where that is unknown. */
  readonly requester: string | null;
  readonly revision: number;
  readonly generation: number;
  /** Counts the planner's loops for this revision. */
  readonly attempt: number;
  readonly issueTitle: string;
  readonly issueBody: string;
  /**
   * The text that came with the command that started this revision: answers, feedback or notes. Earlier ones are comments on the
   * issue.
   */
  readonly notes: { readonly by: string; readonly text: string } | null;
  /** Comments and reviews on the plan count from here on, ISO 8601; null for the first revision. */
  readonly since: string | null;
  /** What stopped components of the former revision. */
  readonly blockers: readonly { readonly component: string; readonly blocker: Blocker }[];
  /** Spec hashes of what is merged, by component id: a revision may keep it as it is. */
  readonly merged: Readonly<Record<string, string>>;
  /** The pull request of the revision before, as the record knows it; missing where an older version started this work. */
  readonly planPull?: number | null;
}

export type PlanResult =
  /** `gatheredAt`: what people wrote since then, ISO 8601, was not read for this revision. `blob`: of PLAN.md. */
  | {
      readonly kind: 'planned';
      readonly gatheredAt: string;
      readonly pull: number;
      readonly blob: string;
      readonly spend: readonly Spend[];
    }
  | { readonly kind: 'questions'; readonly questions: readonly Question[]; readonly spend: readonly Spend[] }
  /** `published`: whether the plan has reached its branch all the same. */
  | { readonly kind: 'failed'; readonly reason: string; readonly published?: boolean; readonly spend: readonly Spend[] };

/** The open pull request a component is stacked on. `below`: the branches that one is based on in turn, the lowest first. */
interface Parent extends Stack {
  readonly branch: string;
  readonly below: readonly string[];
}

/** One attempt at one component. The plan itself is read fresh from `planCommit`. */
export interface ComponentWork {
  readonly kind: 'component';
  readonly task: TaskRef;
  readonly component: string;
  readonly attempt: number;
  readonly branches: TaskBranches;
  readonly requester: string | null;
  readonly branch: string;
  readonly job: Job;
  /** Ids of reviews whose text was addressed already. */
  readonly addressed: readonly number[];
  /** What the branch is to be based on; null: the base branch. */
  readonly parent: Parent | null;
  /** Merge commits of dependencies that the branch's base must contain. */
  readonly needs: readonly string[];
  /** Components that were merged into its branch: their files are part of the branch, too. */
  readonly contains: readonly string[];
  /** What the branch is based on so far, where it exists already. */
  readonly stack: Stack | null;
  readonly planPull: number;
  readonly planPath: string;
  readonly planCommit: string;
  readonly blob: string;
  readonly spec: string;
}

export type ComponentResult =
  /**
   * `head`: the branch's head now. `stack`: what the branch is based on now. `summary`: the executor's, null when no executor was
   * involved. `addressed`: the reviews whose text was addressed.
   */
  | {
      readonly kind: 'opened';
      readonly pull: number;
      readonly head: string;
      readonly stack: Stack | null;
      readonly summary: string | null;
      readonly addressed: readonly number[];
      readonly spend: readonly Spend[];
    }
  | { readonly kind: 'blocked'; readonly blocker: Blocker; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] }
  | { readonly kind: 'withdrawn'; readonly reason: string; readonly spend: readonly Spend[] };

/** A question about a plan. The answer goes where the question was asked; the plan stays as it is. */
export interface AskWork {
  readonly kind: 'ask';
  readonly task: TaskRef;
  readonly branches: TaskBranches;
  readonly question: string;
  readonly by: string;
  /** The issue or pull request to answer on, and the comment or review that asked. */
  readonly on: number;
  readonly comment: ReactionTarget;
  readonly plan: { readonly path: string; readonly commit: string } | null;
}

export type AskResult =
  | { readonly kind: 'answered'; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

/** The review of the whole result, when every component is merged. */
export interface ReviewWork {
  readonly kind: 'review';
  readonly task: TaskRef;
  readonly branches: TaskBranches;
  readonly plan: { readonly path: string; readonly commit: string };
  readonly pulls: readonly { readonly component: string; readonly pull: number }[];
}

export type ReviewResult =
  | { readonly kind: 'reviewed'; readonly text: string; readonly spend: readonly Spend[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: readonly Spend[] };

export type WorkResult = PlanResult | ComponentResult | AskResult | ReviewResult;

/** All work that calls models. */
export type Work = PlanWork | ComponentWork | AskWork | ReviewWork;
