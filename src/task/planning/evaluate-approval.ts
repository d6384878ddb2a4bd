import { parsePlanMarker } from '../../domain/task/marker.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import { planIn } from '../model/deciding.ts';
import { isDone } from '../model/done.ts';
import type { PlanView, TaskView } from '../model/view.ts';
import { approvalOf, isApproved, keptSpecs, specsOf } from './approval.ts';
import { isWithdrawn } from './plan-closed.ts';

/**
 * Decides which components' specs are approved now. Components are worked on while the plan is ready and not stale; while a
 * blocker's revision is made, those that it does not affect continue.
 */
export const evaluateApproval: Phase = (given, { view, settings }): Deciding => {
  // Its base may well be deleted when everything is merged.
  const isUnderWay = given.record.planning.phase === 'ready' && !given.record.cancelled && !isDone(given.record, planIn(view));
  const record = { ...given.record, baseIsGone: view.baseIsGone && isUnderWay };
  const before = { ...given, record };
  const { plan: shownPlan } = view;
  const plan = planIn(view);
  const { specs: approved, of: lastApproved } = approvedSpecs(record, view, settings);
  const state = { ...before, approved };
  // Without its base there is nothing to build on or to merge into.
  if (record.cancelled || record.baseIsGone || !shownPlan || shownPlan.blob === null || plan === null) return state;
  const execution = { view, shownPlan, plan, blob: shownPlan.blob, approved, settings };
  if (record.planning.phase !== 'ready')
    return record.planning.cause === 'blocker'
      ? { ...state, execution: { ...execution, reviewers: reviewersOf([], record, settings) } }
      : state;
  const stale = staleness(record, view, settings);
  const weighed = { ...state, record: { ...record, lastApproved, stale } };
  if (stale && !stale.accepted) return weighed;
  const { by } = approvalOf(shownPlan, record, view.issue.author, settings.approval);
  // Specs that a blocker's revision has kept are still approved, by people who have not approved the new text.
  return { ...weighed, execution: { ...execution, reviewers: reviewersOf(by, record, settings) } };
};

/** The people who approved the plan, and the person who asked for it; nobody where the repository asks people in another way. */
const reviewersOf = (approvers: readonly string[], { trigger }: TaskRecord, { pull_requests }: Settings): string[] =>
  pull_requests.reviewers === 'none' ? [] : [...new Set([...approvers, trigger.by])];

interface ApprovedSpecs {
  readonly specs: Readonly<Record<string, string>>;
  readonly of: TaskRecord['lastApproved'];
}

/** All specs of the plan at the head, or those of the last approval that a blocker's revision has kept. */
function approvedSpecs(record: TaskRecord, view: TaskView, settings: Settings): ApprovedSpecs {
  const plan = planIn(view);
  const isReady = record.planning.phase === 'ready';
  const kept = (): ApprovedSpecs => ({ specs: keptSpecs(record, view, settings), of: record.lastApproved });
  if (view.plan === null || view.plan.blob === null || plan === null) return isReady ? { specs: {}, of: null } : kept();
  if (isApproved(record, view, settings))
    return { specs: specsOf(plan), of: { blob: view.plan.blob, pull: view.plan.pull.number } };
  if (!isReady) return kept();
  // A person's edit of the planner's text voids what was approved.
  const isKept = record.planning.cause === 'blocker' && isAsPosted(view.plan, record) && !isWithdrawn(view.plan, record);
  return isKept ? kept() : { specs: {}, of: null };
}

/** Nobody has changed the text that the planner wrote. */
export const isAsPosted = ({ blob, pull }: PlanView, { planning }: TaskRecord): boolean =>
  blob !== null && blob === (planning.posted?.blob ?? parsePlanMarker(pull.body)?.blob);

/** A plan for files that have changed since starts only when a writer confirms it after a warning. */
function staleness(record: TaskRecord, view: TaskView, settings: Settings): TaskRecord['stale'] {
  if (record.stale?.accepted || !view.stale || !isApproved(record, view, settings)) return record.stale;
  return view.stale.length > 0 ? { files: view.stale.slice(0, 20), accepted: false } : null;
}
