import { specHash } from '../../domain/plan/spec-hash.ts';
import { parsePlanMarker } from '../../domain/task/marker.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import { planIn } from '../model/deciding.ts';
import type { PlanView, TaskView } from '../model/view.ts';
import { approvalOf, isApproved } from './approval.ts';
import { isWithdrawn } from './plan-closed.ts';

/**
 * Which components' specs are approved now. Components are worked on while the plan is ready and still fits the base branch; while a
 * blocker's revision is made, those that it does not concern continue.
 */
export const weighApproval: Phase = (before, { view, settings }): Deciding => {
  const { record } = before;
  const { plan: shownPlan } = view;
  const plan = planIn(view);
  const approved = approvedSpecs(record, view, settings);
  const state = { ...before, approved };
  if (record.cancelled || !shownPlan || shownPlan.blob === null || plan === null) return state;
  const execution = { view, shownPlan, plan, blob: shownPlan.blob, approved, settings };
  if (record.planning.phase !== 'ready')
    return record.planning.cause === 'blocker'
      ? { ...state, execution: { ...execution, reviewers: [record.trigger.by] } }
      : state;
  const stale = staleness(record, view, settings);
  const weighed = { ...state, record: { ...record, approved, stale } };
  if (stale && !stale.accepted) return weighed;
  const { by } = approvalOf(shownPlan, record, view.issue.author.login, settings.approval);
  // What a blocker's revision has kept is still approved, by people whom the new text does not name.
  return { ...weighed, execution: { ...execution, reviewers: by.length > 0 ? by : [record.trigger.by] } };
};

/** All of the plan at the head, or what a blocker's revision has kept of the last approval. */
function approvedSpecs(record: TaskRecord, view: TaskView, settings: Settings): TaskRecord['approved'] {
  const plan = planIn(view);
  const isReady = record.planning.phase === 'ready';
  if (view.plan === null || plan === null) return isReady ? {} : record.approved;
  if (isApproved(record, view, settings)) return Object.fromEntries(plan.components.map(({ id }) => [id, specHash(plan, id)]));
  if (!isReady) return record.approved;
  // A person's edit of the planner's text voids what was approved.
  const isKept = record.planning.cause === 'blocker' && isAsPosted(view.plan, record) && !isWithdrawn(view.plan, record);
  return isKept ? record.approved : {};
}

const isAsPosted = ({ blob, pull }: PlanView, { planning }: TaskRecord): boolean =>
  blob !== null && blob === (planning.posted?.blob ?? parsePlanMarker(pull.body)?.blob);

/** A plan made for files that have changed since starts only when a writer says so knowing it. */
function staleness(record: TaskRecord, view: TaskView, settings: Settings): TaskRecord['stale'] {
  if (record.stale?.accepted || !view.stale || !isApproved(record, view, settings)) return record.stale;
  return view.stale.length > 0 ? { files: view.stale.slice(0, 20), accepted: false } : null;
}
