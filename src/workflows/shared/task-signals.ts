import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { OpenTasks } from './open-tasks.ts';

export interface TaskSignals {
  /**
   * Makes a signal durable and returns; its task handles it in turn, after `delayMs` where given. A second call with the same id
   * does nothing.
   */
  signal(task: TaskRef, signal: Signal, id: string, delayMs?: number): Promise<void>;
  /** The same at once for a delivery, in time or not at all. @throws IntakeError */
  accept(task: TaskRef, signal: Signal, id: string): Promise<void>;
  readonly openTasks: OpenTasks;
}
