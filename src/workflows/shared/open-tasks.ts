import { type TaskRef, type TaskState, taskKey } from '../../domain/task/task.ts';
import type { TaskList } from '../../ports/shared-memory.ts';
import type { TaskStates } from '../../ports/task-states.ts';

/** The tasks in which something is expected to happen: changes that no event announces are found by observing them regularly. */
export interface OpenTasks {
  note(task: TaskRef, state: TaskState): Promise<void>;
  /** Its issue is gone. */
  remove(task: TaskRef): Promise<void>;
  /** It is not found however long it is waited for; where there never was a task, there is none to be ended. */
  lost(task: TaskRef): Promise<void>;
  all(): Promise<readonly TaskRef[]>;
}

/** A task in any other state waits for a command, which is an event. */
const OPEN: ReadonlySet<TaskState> = new Set(['planning', 'questions', 'review', 'executing', 'blocked']);

/** A start that finds no other process observes every task, and so fills the list. */
export function trackOpenTasks(list: TaskList, states: TaskStates): OpenTasks {
  async function remove(task: TaskRef): Promise<void> {
    await list.remove(task);
    await states.note(task, 'gone');
  }
  return {
    async note(task, state) {
      await (OPEN.has(state) ? list.add(task) : list.remove(task));
      await states.note(task, state);
    },
    remove,
    async lost(task) {
      if ((await list.of(task.repository)).some((one) => taskKey(one) === taskKey(task))) await remove(task);
    },
    all: () => list.all(),
  };
}
