import { type TaskRef, type TaskState, taskKey } from '../../domain/task/task.ts';

/** The tasks in which something is expected to happen: changes that no event announces are found by observing them regularly. */
export interface OpenTasks {
  note(task: TaskRef, state: TaskState): void;
  remove(task: TaskRef): void;
  all(): readonly TaskRef[];
}

/** A task in any other state waits for a command, which is an event. */
const OPEN: ReadonlySet<TaskState> = new Set(['planning', 'questions', 'review', 'executing', 'blocked']);

/** Kept in this process; a start observes every task, and so fills it. */
export function trackOpenTasks(): OpenTasks {
  const open = new Map<string, TaskRef>();
  return {
    note: (task, state) => void (OPEN.has(state) ? open.set(taskKey(task), task) : open.delete(taskKey(task))),
    remove: (task) => void open.delete(taskKey(task)),
    all: () => [...open.values()],
  };
}
