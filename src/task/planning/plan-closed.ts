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
 * may no longer do so. It stays withdrawn while it is closed, whatever becomes of that person and of the base branch.
 */
export const isWithdrawn = (plan: PlanView, record: Pick<TaskRecord, 'review' | 'closedPlan'>): boolean =>
  isClosed(plan, record) && (undecided(plan) === null || record.closedPlan === plan.pull.number);

/** Approvals by command no longer count; a command after this does. Reviews count again when it is reopened. */
export function noteClosedPlan(record: TaskRecord, { plan }: TaskView): TaskRecord {
  if (!plan || record.planning.phase !== 'ready' || record.cancelled) return record;
  const { number } = plan.pull;
  const forgotten = (noted: number | null): number | null => (noted === number ? null : noted);
  if (!isClosed(plan, record))
    return { ...record, closedPlan: forgotten(record.closedPlan), undecidedPlan: forgotten(record.undecidedPlan) };
  if (record.closedPlan === number) return record;
  if (undecided(plan)) return { ...record, undecidedPlan: number };
  return { ...record, closedPlan: number, undecidedPlan: null, approvals: [] };
}

/** Said on the pull request that was closed, because those who closed it read it there. */
export function askAboutClosedPlan(
  before: TaskRecord | null,
  { closedPlan: on, undecidedPlan, components }: TaskRecord,
  plan: PlanView | null,
): Action[] {
  const closing = plan && undecided(plan);
  if (closing && undecidedPlan !== null && before?.undecidedPlan !== undecidedPlan) {
    const key = `plan-closed:${undecidedPlan}:${closing.kind}`;
    return [{ kind: 'reply', on: undecidedPlan, key, text: planClosedUndecided(closing) }];
  }
  if (on === null || before?.closedPlan === on) return [];
  const started = Object.values(components).some((c) => c.attempt > 0);
  return [
    { kind: 'reply', on, key: `plan-closed:${on}`, text: planClosed(started, plan?.mergedElsewhere ? plan.pull.baseRef : null) },
  ];
}
