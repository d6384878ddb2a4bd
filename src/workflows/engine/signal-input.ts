import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { Action } from '../../task/model/action.ts';

/** One signal on its way to its task. */
export interface SignalInput {
  readonly kind: 'signal';
  readonly task: TaskRef;
  readonly signal: Signal;
  /** The id it was given first, such as its delivery's: later observations for the same signal are numbered under it. */
  readonly id: string;
  /** When the signal arrived, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** How often the task was observed without showing what the signal announces. */
  readonly lagged: number;
  /**
   * What was decided when the signal was handled before, and failed in the middle: the record had been written by then, so the next decision
   * takes it for done.
   */
  readonly unsaid?: readonly Action[];
}
