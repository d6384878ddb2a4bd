import type { TaskRecord } from '../domain/task/task-record.ts';
import { componentWorkflowId, reviewWorkflowId } from '../domain/task/work-id.ts';
import type { Action } from './model/action.ts';
import type { Deciding, Phase } from './model/deciding.ts';
import type { TaskView } from './model/view.ts';
import { planWorkflowOf } from './planning/start.ts';

/** In a cancelled task nothing starts, and everything that runs is stopped; a pending question is still answered. */
export const stopCancelled: Phase = (state, { view }): Deciding =>
  state.record.cancelled
    ? { ...state, actions: [...state.actions.filter(({ kind }) => !STARTS.has(kind)), ...stopAll(state.record, view)] }
    : state;

const STARTS: ReadonlySet<Action['kind']> = new Set(['plan', 'execute', 'review_whole']);

/** The actions that stop all running work of a task; the record says from where it can continue. */
export function stopAll(record: TaskRecord, view: TaskView): Action[] {
  const stop: Action[] = [];
  const { revision, generation } = record.planning;
  if (record.review === 'running' && view.reviewWork.kind === 'running')
    stop.push({ kind: 'stop', workflow: reviewWorkflowId(view.task, revision, generation) });
  if (record.planning.phase === 'running' && view.planWork.kind === 'running') {
    stop.push({ kind: 'stop', workflow: planWorkflowOf(view.task, record) });
  }
  for (const [id, c] of Object.entries(record.components)) {
    if (c.state === 'running' && view.components[id]?.work.kind !== 'cancelled')
      stop.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
  }
  return stop;
}
