import { newComponent } from '../../domain/task/component-record.ts';
import { issueDigest } from '../../domain/task/issue-digest.ts';
import type { IssueText } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import { newTaskRecord, type TaskRecord } from '../../domain/task/task-record.ts';
import type { PlanWork } from '../../domain/task/work.ts';
import { planWorkflowId } from '../../domain/task/work-id.ts';
import type { Action } from '../model/action.ts';
import { isDone } from '../model/done.ts';
import { mergedSpecs } from '../model/merged-specs.ts';
import type { TaskView } from '../model/view.ts';

export interface PlanningRequest {
  readonly by: string;
  readonly at: string;
  readonly issueText: IssueText;
  readonly cause: TaskRecord['planning']['cause'];
  /** What a new task begins with. */
  readonly branches: TaskBranches;
}

/** The record of a task that plans again: the next revision when one was posted already, else another attempt at the same. */
export function startPlanning(record: TaskRecord | null, view: TaskView, request: PlanningRequest): TaskRecord {
  const trigger = { by: request.by, at: request.at, digest: issueDigest(request.issueText) };
  if (!record) return newTaskRecord(trigger, request.cause, request.branches);
  const { planning } = record;
  const posted = planning.phase === 'ready';
  // A merged or closed plan pull request cannot carry another revision: the next one gets a branch of its own.
  const over = view.plan !== null && view.plan.pull.state === 'closed' && view.plan.branch.generation === planning.generation;
  return {
    ...record,
    trigger,
    branches: {
      prefix: record.branches.prefix,
      base: mayChangeBase(record, view) ? request.branches.base : record.branches.base,
    },
    cancelled: false,
    planning: {
      ...planning,
      phase: 'running',
      revision: posted ? planning.revision + 1 : planning.revision,
      generation: over ? planning.generation + 1 : planning.generation,
      attempt: posted || over ? 1 : planning.attempt + 1,
      cause: request.cause,
      answers: blockerKeys(record),
      reason: null,
      questions: [],
    },
    planPull: over ? null : record.planPull,
    // A person who requests another plan no longer approves this one; what a blocker does not affect stays approved.
    lastApproved: request.cause === 'blocker' ? record.lastApproved : null,
    approvals: request.cause === 'blocker' ? record.approvals : [],
    stale: null,
    review: 'none',
    reviewSkipped: false,
    ended: false,
    components: isDone(record, view.plan?.file?.ok ? view.plan.file.value : null)
      ? forgetDone(record.components)
      : record.components,
  };
}

/** Nothing has been published for its base yet, or everything that was is done with. */
export const mayChangeBase = (record: TaskRecord, view: TaskView): boolean =>
  isDone(record, view.plan?.file?.ok ? view.plan.file.value : null) || view.plan === null;

/** The present blockers, as the keys that a revision keeps of those it answers, so that each leads to one revision only. */
export const blockerKeys = ({ components }: TaskRecord): string[] =>
  Object.entries(components).flatMap(([id, c]) => (c.state === 'blocked' ? [`${id}:${c.attempt}`] : []));

/** After a finished task the next plan starts from nothing, but its branches and workflow ids must differ from the old ones. */
const forgetDone = (components: TaskRecord['components']): TaskRecord['components'] =>
  Object.fromEntries(
    Object.entries(components).map(([id, { attempt, generation, spend, billedAttempt }]) => [
      id,
      { ...newComponent(), attempt, generation: generation + 1, spend, billedAttempt },
    ]),
  );

export const planWorkflowOf = (task: TaskRef, { planning }: TaskRecord): string =>
  planWorkflowId(task, planning.revision, planning.generation, planning.attempt);

export function planAction(record: TaskRecord, view: TaskView, issueText: IssueText, notes: PlanWork['notes']): Action {
  return {
    kind: 'plan',
    workflow: planWorkflowOf(view.task, record),
    work: {
      kind: 'plan',
      task: view.task,
      // The prefix as it is proven; the base as the next plan will say it, which may be another one than the present plan's.
      branches: { prefix: view.branches.prefix, base: record.branches.base },
      requester: record.trigger.by,
      revision: record.planning.revision,
      generation: record.planning.generation,
      attempt: record.planning.attempt,
      issueTitle: issueText.title,
      issueBody: issueText.body,
      notes,
      since: record.planning.posted?.at ?? null,
      blockers: Object.entries(record.components).flatMap(([id, c]) =>
        c.state === 'blocked' && c.blocker ? [{ component: id, blocker: c.blocker }] : [],
      ),
      merged: mergedSpecs(record),
      planPull: record.planPull,
    },
  };
}
