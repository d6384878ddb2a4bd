import type { TaskRecord } from '../../domain/task/task-record.ts';
import { planClosed } from '../../replies/comments/lifecycle.ts';
import type { Action } from '../model/action.ts';
import type { PlanView, TaskView } from '../model/view.ts';

/**
 * A person closed the plan's pull request, deleted its branch or merged it somewhere else before everything it plans was merged
 * (afterwards the bot closes it).
 * The people who had approved it may no longer do so.
 */
export const isWithdrawn = ({ pull, mergedElsewhere }: PlanView, { review }: Pick<TaskRecord, 'review'>): boolean =>
  pull.state === 'closed' && (!pull.merged || mergedElsewhere) && review === 'none';

/** Approvals by command no longer count; a command after this does. Reviews count again when it is reopened. */
export function noteClosedPlan(record: TaskRecord, { plan }: TaskView): TaskRecord {
  if (!plan || record.planning.phase !== 'ready' || record.cancelled) return record;
  if (!isWithdrawn(plan, record)) return record.closedPlan === plan.pull.number ? { ...record, closedPlan: null } : record;
  return record.closedPlan === plan.pull.number ? record : { ...record, closedPlan: plan.pull.number, approvals: [] };
}

/** Asks on the pull request that was closed, because the person who closed it reads it there. */
export function askAboutClosedPlan(
  before: TaskRecord | null,
  { closedPlan: on, components }: TaskRecord,
  plan: PlanView | null,
): Action[] {
  if (on === null || before?.closedPlan === on) return [];
  const started = Object.values(components).some((c) => c.attempt > 0);
  return [
    { kind: 'reply', on, key: `plan-closed:${on}`, text: planClosed(started, plan?.mergedElsewhere ? plan.pull.baseRef : null) },
  ];
}
