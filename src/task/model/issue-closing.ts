import type { Signal } from '../../domain/task/signal.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Issue } from '../../ports/forge/issues.ts';
import { stoppedByClosing } from '../../replies/comments/lifecycle.ts';
import type { Action } from './action.ts';
import type { Deciding, Phase } from './deciding.ts';
import { isDone } from './done.ts';
import type { TaskView } from './view.ts';

/** Work is in progress, or waits for people. */
export const isLive = (state: TaskState | 'none'): boolean =>
  ['planning', 'questions', 'review', 'executing', 'blocked'].includes(state);

/** Likewise where a blocker's revision has failed: what that blocker does not affect is still being executed. */
const mayStillRun = (state: TaskState | 'none', { planning }: TaskRecord): boolean =>
  isLive(state) || (state === 'failed' && planning.cause === 'blocker');

/** Closed since the task began: a task may be started on an issue that is closed already, and continues there. */
export const isClosedSince = ({ state, closedAt }: Pick<Issue, 'state' | 'closedAt'>, { trigger }: TaskRecord): boolean =>
  state === 'closed' && (closedAt === null || Date.parse(closedAt) > Date.parse(trigger.at));

/** The task is cancelled with its issue, which is said once. */
export const stopOnClosedIssue: Phase = (state, { stateBefore, view, signal }): Deciding => {
  const record = applyIssueClosing(state.record, stateBefore, view, signal);
  const isStopped = record.cancelled && !state.record.cancelled;
  return { ...state, record, actions: [...(isStopped ? [issueClosedReply(record, view, signal)] : []), ...state.actions] };
};

/**
 * A closed issue stops what is running, whichever event showed that it was closed; the bot itself closes it only after everything
 * is merged.
 */
export function applyIssueClosing(record: TaskRecord, before: TaskState | 'none', view: TaskView, signal: Signal): TaskRecord {
  const closed =
    signal.kind === 'closed' ? view.issue.state === 'closed' : signal.kind !== 'reopened' && isClosedSince(view.issue, record);
  return closed && mayStillRun(before, record) && !isDone(record, view.plan?.file?.ok ? view.plan.file.value : null)
    ? { ...record, cancelled: true }
    : record;
}

/** One reply for each closing, however often it is observed. */
export const issueClosedReply = (record: TaskRecord, { issue }: TaskView, signal: Signal): Action => ({
  kind: 'reply',
  on: issue.number,
  key: `closed:${issue.closedAt}`,
  text: stoppedByClosing(signal.kind === 'closed' ? signal.by : null, record.planPull !== null),
});
