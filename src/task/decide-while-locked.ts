import type { Signal } from '../domain/task/signal.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';
import { pausedByLock } from '../replies/checks/own-checks.ts';
import type { Action, Decision } from './model/action.ts';
import { authorise } from './model/authorise.ts';
import { isLive } from './model/issue-closing.ts';
import { stateOf } from './model/state.ts';
import type { TaskView } from './model/view.ts';
import { stopAll } from './stop-all.ts';

/**
 * In a locked conversation GitHub refuses an App's comments and all reactions, so that people could not be informed: nothing
 * starts, and running work is stopped as by `/cancel`; the first observation after the unlocking finds it stopped, and continues
 * with everything that was recorded. The checks of the open pull requests, which are not locked, say so. Of people's commands only
 * a stop counts.
 */
export function decideWhileLocked(view: TaskView, signal: Signal, record: TaskRecord | null): Decision {
  if (!record) return { acknowledgements: [], record, actions: [] };
  const state = stateOf(record, null, true);
  const isCancel = signal.kind === 'command' && signal.command.kind === 'cancel' && authorise(signal, view.permission) !== null;
  const after = { ...record, cancelled: record.cancelled || (isCancel && isLive(state)) };
  return {
    acknowledgements: [],
    record: after,
    actions: [...stopAll(after, view), ...(after.cancelled ? [] : pausedChecks(view))],
  };
}

/** Once for each head: afterwards the check's id says that it is paused, and it gets its own id again when the task continues. */
function pausedChecks({ issue, plan, components }: TaskView): Action[] {
  const open = [plan, ...Object.values(components).map(({ pull, checks }) => ({ pull, check: checks?.plan ?? null }))];
  return open.flatMap((seen): Action[] => {
    const { pull, check } = seen ?? {};
    if (pull?.state !== 'open' || !check) return [];
    const report = pausedByLock(issue.number, check);
    return report.externalId === check.externalId ? [] : [{ kind: 'report_check', head: pull.headSha, report }];
  });
}
