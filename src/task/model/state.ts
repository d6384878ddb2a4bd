import type { Plan } from '../../domain/plan/plan.ts';
import type { ComponentState } from '../../domain/task/component-record.ts';
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
      const has = (...states: readonly ComponentState[]): boolean =>
        Object.values(record.components).some((c) => states.includes(c.state));
      if (has('running', 'open')) return 'executing';
      // What waits beside a dropped component does not depend on it, and starts when there is room, or another task's files are free.
      return has('blocked', 'failed', 'held') || (has('dropped') && !has('waiting')) ? 'blocked' : 'executing';
    }
  }
}
