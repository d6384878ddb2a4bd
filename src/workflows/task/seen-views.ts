import type { Fact } from '../../domain/task/fact.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { TaskView } from '../../task/model/view.ts';
import { viewContains } from '../../task/model/view-contains.ts';

/** What this process has observed and written for each task. Losing this memory costs an extra observation, never a missing one. */
export interface SeenViews {
  /**
   * Whether an observation since then (milliseconds since the epoch) has shown this fact, or any observation where there is none.
   */
  hasSeen(task: TaskRef, since: number, fact: Fact | null): boolean;
  /** The task is observed from this moment on; what happened before it will be in the view. */
  observing(task: TaskRef, at: number): void;
  observed(task: TaskRef, view: TaskView): void;
  /** Whether the view shows an older status comment than the one this process wrote. */
  isOutdated(task: TaskRef, status: TaskView['status']): boolean;
  wrote(task: TaskRef, status: string): void;
  /** GitHub says that this comment was deleted: if it is the status comment, no observation will show it again. */
  statusDeleted(task: TaskRef, comment: number): void;
  /**
   * The status comment differs from what was written, and that is no lag: it was deleted, or a person has restored an older text.
   */
  acceptStatus(task: TaskRef): void;
  /** Acting on what was seen has failed: the next signal observes again. */
  forget(task: TaskRef): void;
}

/**
 * How many views are kept, because views hold whole plans; for tasks that were observed longer ago, each delivery leads to an
 * observation.
 */
const VIEWS_KEPT = 50;
const TEXTS_KEPT = 10;

export function rememberViews(): SeenViews {
  const startedAt = new Map<string, number>();
  const views = new Map<string, TaskView>();
  /** The texts of its status comment, the latest last. */
  const written = new Map<string, readonly string[]>();

  return {
    hasSeen(task, since, fact) {
      const key = taskKey(task);
      if ((startedAt.get(key) ?? 0) <= since) return false;
      const view = views.get(key);
      return fact === null || (view !== undefined && viewContains(view, fact));
    },
    observing: (task, at) => void startedAt.set(taskKey(task), at),
    observed(task, view) {
      const key = taskKey(task);
      views.delete(key);
      views.set(key, view);
      for (const oldest of views.keys()) if (views.size > VIEWS_KEPT) views.delete(oldest);
    },
    isOutdated(task, status) {
      const texts = written.get(taskKey(task));
      if (!texts) return false;
      // A text that this process never wrote is newer than all of them, or a person's edit.
      return status === null || (status.body !== texts.at(-1) && texts.includes(status.body));
    },
    wrote(task, status) {
      const key = taskKey(task);
      const before = (written.get(key) ?? []).filter((text) => text !== status);
      written.set(key, [...before, status].slice(-TEXTS_KEPT));
    },
    statusDeleted(task, comment) {
      const key = taskKey(task);
      // Where no view has shown the status comment yet, it is the one that was just written.
      if ((views.get(key)?.status?.id ?? comment) === comment) written.delete(key);
    },
    acceptStatus: (task) => void written.delete(taskKey(task)),
    forget: (task) => void startedAt.delete(taskKey(task)),
  };
}
