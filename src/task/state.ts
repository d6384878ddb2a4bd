import type { TaskRecord, TaskState } from '../domain/task.ts';

/** The state people read, from the record and whether the plan at the head is approved. */
export function stateOf(record: TaskRecord, approved: boolean): TaskState {
  const components = Object.values(record.components);
  if (
    components.length > 0 &&
    record.planning.phase === 'ready' &&
    components.every((c) => c.state === 'merged' || c.state === 'dropped')
  ) {
    if (record.review === 'running') return 'executing';
    return components.some((c) => c.state === 'merged') ? 'done' : 'blocked';
  }
  if (record.cancelled) return 'cancelled';
  switch (record.planning.phase) {
    case 'running':
      return 'planning';
    case 'questions':
      return 'questions';
    case 'failed':
      return 'failed';
    case 'ready': {
      if (!approved) return 'review';
      const moving = components.some((c) => c.state === 'running' || c.state === 'open');
      const stuck = components.some((c) => c.state === 'blocked' || c.state === 'failed' || c.state === 'held');
      return stuck && !moving ? 'blocked' : 'executing';
    }
  }
}
