import type { TaskRecord } from '../../domain/task/task-record.ts';
import { planClosed, planClosedUndecided } from '../../replies/comments/lifecycle.ts';
import type { Action } from '../model/action.ts';
import type { PlanView, TaskView } from '../model/view.ts';

/** It will not be merged as it is, before everything it plans was merged (afterwards the bot closes it). */
const isClosed = ({ pull, mergedElsewhere }: PlanView, { review }: Pick<TaskRecord, 'review'>): boolean =>
  pull.state === 'closed' && (!pull.merged || mergedElsewhere) && review === 'none';

/** How it was closed, where that was nobody's decision: by another bot, or by a person who could not approve it either. */
const undecided = ({ closing }: PlanView) => (closing && closing.kind !== 'decided' ? closing : null);

/**
 * A person with write access closed the plan's pull request, deleted its branch or merged it somewhere else. The people who had approved it
 * may no longer do so.
 */
export const isWithdrawn = (plan: PlanView, record: Pick<TaskRecord, 'review'>): boolean =>
  isClosed(plan, record) && undecided(plan) === null;

/** Approvals by command no longer count; a command after this does. Reviews count again when it is reopened. */
export function noteClosedPlan(record: TaskRecord, { plan }: TaskView): TaskRecord {
  if (!plan || record.planning.phase !== 'ready' || record.cancelled) return record;
  const isNoted = record.closedPlan === plan.pull.number;
  if (!isClosed(plan, record)) return isNoted ? { ...record, closedPlan: null } : record;
  if (isNoted) return record;
  return { ...record, closedPlan: plan.pull.number, approvals: isWithdrawn(plan, record) ? [] : record.approvals };
}

/** Said on the pull request that was closed, because those who closed it read it there. */
export function askAboutClosedPlan(
  before: TaskRecord | null,
  { closedPlan: on, components }: TaskRecord,
  plan: PlanView | null,
): Action[] {
  if (on === null || before?.closedPlan === on) return [];
  const closing = plan && undecided(plan);
  if (closing) return [{ kind: 'reply', on, key: `plan-closed:${on}:${closing.kind}`, text: planClosedUndecided(closing) }];
  const started = Object.values(components).some((c) => c.attempt > 0);
  return [
    { kind: 'reply', on, key: `plan-closed:${on}`, text: planClosed(started, plan?.mergedElsewhere ? plan.pull.baseRef : null) },
  ];
}
