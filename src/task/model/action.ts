import type { ReactionTarget } from '../../domain/task/reaction-target.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { AskWork, ComponentWork, PlanWork, ReviewWork } from '../../domain/task/work.ts';
import type { CheckReport } from '../../ports/forge/checks.ts';
import type { Reaction } from '../../ports/forge/issues.ts';

/** Something to be done. Applying an action needs no further decision, and every action may be applied twice without harm. */
export type Action =
  | { readonly kind: 'react'; readonly target: ReactionTarget; readonly reaction: Reaction }
  /** One reply for each key: the same key finds the first. */
  | {
      readonly kind: 'reply';
      readonly on: number;
      readonly key: string;
      readonly text: string;
      /** Other conversations in which the same key counts as posted. */
      readonly orOn?: readonly number[];
    }
  | { readonly kind: 'stop'; readonly workflow: string }
  | { readonly kind: 'plan'; readonly workflow: string; readonly work: PlanWork }
  | { readonly kind: 'execute'; readonly workflow: string; readonly work: ComponentWork }
  | { readonly kind: 'ask'; readonly workflow: string; readonly work: AskWork }
  | { readonly kind: 'review_whole'; readonly workflow: string; readonly work: ReviewWork }
  /**
   * Check the PLAN.md at this head: a person edited it, or the check was lost. `base` is the branch it is to be merged into, `branches`
   * what the task began with.
   */
  | {
      readonly kind: 'check_plan';
      readonly head: string;
      readonly base: string;
      readonly branches: TaskBranches;
      readonly path: string;
      readonly merged: PlanWork['merged'];
      readonly again?: true;
    }
  /** Check what a component's branch changes: a person pushed to it, or the check was lost. */
  | {
      readonly kind: 'check_scope';
      readonly head: string;
      readonly base: string;
      readonly branches: TaskBranches;
      /** The plan it was made from. */
      readonly blob: string;
      /** The spec hash of what it was made for. */
      readonly spec: string;
      /** The component, and those that were merged into its branch. */
      readonly components: readonly string[];
      readonly again?: true;
    }
  | { readonly kind: 'report_check'; readonly head: string; readonly report: CheckReport; readonly again?: true }
  /** Brings a pull request's body up to date. */
  | { readonly kind: 'describe_pull'; readonly number: number; readonly body: string }
  | { readonly kind: 'close_pull'; readonly number: number }
  /** A draft becomes ready for review. */
  | { readonly kind: 'make_ready'; readonly number: number }
  | { readonly kind: 'request_review'; readonly number: number; readonly of: readonly string[] }
  /** Whether its checks fail and are left to people. */
  | { readonly kind: 'flag_checks'; readonly number: number; readonly failing: boolean }
  /** The task is observed again after so many seconds; the same workflow finds the first. */
  | { readonly kind: 'observe_later'; readonly workflow: string; readonly seconds: number }
  | { readonly kind: 'close_issue' };

export interface Decision {
  /** To be kept in the status comment; null where there is no task. */
  readonly record: TaskRecord | null;
  /** Applied before any work, and before the status comment is updated. */
  readonly acknowledgements: readonly Action[];
  /** Applied after the status comment is updated. */
  readonly actions: readonly Action[];
}
