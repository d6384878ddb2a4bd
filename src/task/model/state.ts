import type { Plan } from '../../domain/plan/plan.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { isDone } from './done.ts';

/** The state people read, from the record, the plan at the head, and whether that plan is approved. */
export function stateOf(record: TaskRecord, plan: Plan | null, approved: boolean): TaskState {
  const done = isDone(record, plan);
  if (done && record.review !== 'running') return 'done';
  if (record.cancelled) return 'cancelled';
  if (done) return 'executing';
  switch (record.planning.phase) {
    case 'running':
      return 'planning';
    case 'questions':
      return 'questions';
    case 'failed':
      return 'failed';
    case 'ready': {
      if (!approved || record.stale?.accepted === false) return 'review';
      const components = Object.values(record.components);
      const moving = components.some((c) => c.state === 'running' || c.state === 'open');
      const detectLoop = components.some(
        (c) => c.state === 'blocked' || c.state === 'failed' || c.state === 'held' || c.state === 'dropped',
      );
      return detectLoop && !moving ? 'blocked' : 'executing';
    }
  }
}
