import { issueDigest } from '../../domain/task/issue-digest.ts';
import type { IssueText } from '../../domain/task/signal.ts';
import type { TaskRecord, TaskRef } from '../../domain/task/task.ts';
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
}

/** The record of a task that plans anew: the next revision when one was posted already, else another attempt at the same. */
export function startPlanning(record: TaskRecord | null, view: TaskView, request: PlanningRequest): TaskRecord {
  const trigger = { by: request.by, at: request.at, digest: issueDigest(request.issueText) };
  if (!record) {
    return {
      version: 1,
      trigger,
      cancelled: false,
      planning: {
        phase: 'running',
        revision: 1,
        generation: 1,
        attempt: 1,
        cause: request.cause,
        answers: [],
        posted_at: null,
        reason: null,
        questions: [],
        spend: [],
      },
      plan_pull: null,
      closed_plan: null,
      approvals: [],
      approved: {},
      stale: null,
      review: 'none',
      ended: false,
      obeyed: [],
      components: {},
    };
  }
  const { planning } = record;
  const posted = planning.phase === 'ready';
  // A merged or closed plan pull request cannot carry another revision: the next one gets a branch of its own.
  const over = view.plan !== null && view.plan.pull.state === 'closed' && view.plan.branch.generation === planning.generation;
  return {
    ...record,
    trigger,
    cancelled: false,
    planning: {
      ...planning,
      phase: 'running',
      revision: posted ? planning.revision + 1 : planning.revision,
      generation: over ? planning.generation + 1 : planning.generation,
      attempt: posted || over ? 1 : planning.attempt + 1,
      cause: request.cause,
      answers: blockedNow(record),
      reason: null,
      questions: [],
    },
    plan_pull: over ? null : record.plan_pull,
    // What people ask to be planned anew they no longer stand by; what a blocker does not touch they still do.
    approved: request.cause === 'blocker' ? record.approved : {},
    approvals: request.cause === 'blocker' ? record.approvals : [],
    stale: null,
    review: 'none',
    ended: false,
    components: isDone(record, view.plan?.file?.ok ? view.plan.file.value : null)
      ? forgetDone(record.components)
      : record.components,
  };
}

/** Which blockers a revision answers, so that each leads to one revision only. */
export const blockedNow = ({ components }: TaskRecord): string[] =>
  Object.entries(components).flatMap(([id, c]) => (c.state === 'blocked' ? [`${id}:${c.attempt}`] : []));

/** After a finished task the next plan starts from nothing, but its branches and workflow ids must not meet the old ones. */
const forgetDone = (components: TaskRecord['components']): TaskRecord['components'] =>
  Object.fromEntries(
    Object.entries(components).map(([id, c]) => [
      id,
      {
        ...c,
        state: 'waiting' as const,
        generation: c.generation + 1,
        spec: '',
        blob: '',
        pull: null,
        asked: null,
        reason: null,
        blocker: null,
        held_by: null,
      },
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
      revision: record.planning.revision,
      generation: record.planning.generation,
      attempt: record.planning.attempt,
      issueTitle: issueText.title,
      issueBody: issueText.body,
      notes,
      since: record.planning.posted_at,
      blockers: Object.entries(record.components).flatMap(([id, c]) =>
        c.state === 'blocked' && c.blocker ? [{ component: id, blocker: c.blocker }] : [],
      ),
      merged: mergedSpecs(record),
    },
  };
}
