import type { Blocker, Question, Spend, TaskRef } from './task.ts';
import { taskKey } from './task.ts';

/** Ids are functions of the task, so starting the same work twice finds the first. */
export const planWorkflowId = (task: TaskRef, revision: number, generation: number, attempt: number): string =>
  `plan:${taskKey(task)}:${generation}.${revision}.${attempt}`;

export const componentWorkflowId = (task: TaskRef, component: string, attempt: number): string =>
  `component:${taskKey(task)}/${component}:${attempt}`;

/** Everything the planning workflow needs that GitHub may no longer say by the time it runs. */
export interface PlanWork {
  readonly task: TaskRef;
  readonly revision: number;
  readonly generation: number;
  readonly issueTitle: string;
  readonly issueBody: string;
  /** What came with the command that started this revision: answers, feedback or notes. Earlier ones are comments on the issue. */
  readonly notes: { readonly by: string; readonly text: string } | null;
}

export type PlanResult =
  | { readonly kind: 'planned'; readonly pull: number; readonly spend: Spend }
  | { readonly kind: 'questions'; readonly questions: readonly Question[]; readonly spend: Spend }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: Spend | null };

/** One component on the executor's bench. The plan itself is read fresh from `planCommit`. */
export interface ComponentWork {
  readonly task: TaskRef;
  readonly component: string;
  readonly branch: string;
  readonly planPull: number;
  readonly planPath: string;
  readonly planCommit: string;
  readonly blob: string;
  readonly spec: string;
}

export type ComponentResult =
  | { readonly kind: 'opened'; readonly pull: number; readonly spend: Spend | null }
  | { readonly kind: 'blocked'; readonly blocker: Blocker; readonly spend: Spend }
  | { readonly kind: 'failed'; readonly reason: string; readonly spend: Spend | null }
  | { readonly kind: 'withdrawn'; readonly reason: string };
