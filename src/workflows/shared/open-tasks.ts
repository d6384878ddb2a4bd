import type { TaskRef, TaskState } from '../../domain/task/task.ts';
import type { TaskList } from '../../ports/shared-memory.ts';

/** The tasks in which something is expected to happen: changes that no event announces are found by observing them regularly. */
export interface OpenTasks {
  note(task: TaskRef, state: TaskState): Promise<void>;
  remove(task: TaskRef): Promise<void>;
  all(): Promise<readonly TaskRef[]>;
}

/** A task in any other state waits for a command, which is an event. */
const OPEN: ReadonlySet<TaskState> = new Set(['planning', 'questions', 'review', 'executing', 'blocked']);

/** A start that finds no other process observes every task, and so fills the list. */
export const trackOpenTasks = (list: TaskList): OpenTasks => ({
  note: (task, state) => (OPEN.has(state) ? list.add(task) : list.remove(task)),
  remove: (task) => list.remove(task),
  all: () => list.all(),
});
