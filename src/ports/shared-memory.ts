import type { TaskRef } from '../domain/task/task.ts';

/** What one process knows and the others need: kept in memory where there is one process, in rows where there are several. */

/** Which texts of a task's status comment were written, so that an older one is known for what it is. */
export interface StatusTexts {
  /** Digests of the texts that were written lately, the latest last. */
  written(task: TaskRef): Promise<readonly string[]>;
  wrote(task: TaskRef, digest: string): Promise<void>;
  forget(task: TaskRef): Promise<void>;
}

/** The tasks that something is expected of. */
export interface TaskList {
  add(task: TaskRef): Promise<void>;
  remove(task: TaskRef): Promise<void>;
  /**
   * The App may not work at this owner's repositories of these names (null: at none of them). Their tasks stay listed, because they continue once it
   * may again, and are out of reach until they are added again.
   */
  left(owner: string, names: readonly string[] | null): Promise<void>;
  /** Those within reach. */
  all(): Promise<readonly TaskRef[]>;
  /** Those of one repository, within reach or not. */
  of(repository: { readonly owner: string; readonly name: string }): Promise<readonly TaskRef[]>;
}

/** The last settings file of each repository (OWNER/NAME) that could be read and had no mistakes; its text is null where there was no file. */
export interface GoodSettings {
  put(repository: string, text: string | null): Promise<void>;
  get(repository: string): Promise<{ readonly text: string | null } | null>;
}

/** Until when something refuses requests, milliseconds since the epoch by the local clock; known without asking the database. */
export interface Pauses {
  until(key: string): number | null;
  pause(key: string, until: number): void;
}

/** A limit of requests in any span of time. */
export interface RequestLimit {
  readonly requests: number;
  readonly withinMs: number;
}

/** When the next request of a kind may be sent. */
export interface RequestSlots {
  /**
   * Reserves the next moment at which the limits and the gap to the request before allow one, over all processes.
   * @returns how long to wait until then, in milliseconds.
   */
  reserve(key: string, limits: readonly RequestLimit[], gapMs: number): Promise<number>;
}
