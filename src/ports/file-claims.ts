import type { FileClaim } from '../domain/task/file-conflict.ts';
import type { TaskRef } from '../domain/task/task.ts';

/** A moment of the store's clock. */
type StoreMoment = string;

/** Which files tasks are about to change, before the engine and GitHub show it, and which tasks wait for others: seen by all processes. */
export interface FileClaims {
  /** Notes that the task may have to wait, so that a task that ends from now on notifies it. What is read after the moment it gives shows all claims settled before it. */
  mayWait(task: TaskRef): Promise<StoreMoment>;
  /**
   * One task of a repository after the other: gives what other tasks have claimed and what is settled only since that moment, and claims in
   * its place what `choose` then starts.
   */
  claim(task: TaskRef, since: StoreMoment, choose: (others: readonly FileClaim[]) => readonly FileClaim[]): Promise<void>;
  /** What the task has started is in the engine's hands now. */
  settled(task: TaskRef, waits: boolean): Promise<void>;
  /** The other tasks of its repository that are waiting. */
  waiting(task: TaskRef): Promise<readonly TaskRef[]>;
}
