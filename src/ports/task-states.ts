import type { TaskRef, TaskState } from '../domain/task/task.ts';

/** The state that every task was in when it was observed last, as rows: they are counted, and say when a task has ended. */
export interface TaskStates {
  note(task: TaskRef, state: TaskState | 'gone'): Promise<void>;
  /** The tasks of this owner's repositories of these names (null: of all) have ended here: the App has left, or they have another name now. */
  left(owner: string, names: readonly string[] | null): Promise<void>;
  /** Tasks by state. */
  counts(): Promise<Readonly<Record<string, number>>>;
}

/** Nothing happens in these states unless a person asks for it. */
export const ENDED: readonly (TaskState | 'gone')[] = ['done', 'cancelled', 'failed', 'gone'];
