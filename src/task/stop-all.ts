import type { TaskRecord } from '../domain/task/task.ts';
import { componentWorkflowId, reviewWorkflowId } from '../domain/task/work-id.ts';
import type { Action } from './model/action.ts';
import type { TaskView } from './model/view.ts';
import { planWorkflowOf } from './planning/start.ts';

/** Everything of a task that runs; the record says on what it can go on. */
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
