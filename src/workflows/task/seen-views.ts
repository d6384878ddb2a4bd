import { createHash } from 'node:crypto';
import { remember } from '../../domain/remember.ts';
import type { Fact } from '../../domain/task/fact.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { StatusTexts } from '../../ports/shared-memory.ts';
import type { TaskView } from '../../task/model/view.ts';
import { viewContains } from '../../task/model/view-contains.ts';

/** What this process has observed of each task, and what was written. Losing this memory costs an extra observation, never a missing one. */
export interface SeenViews {
  /**
   * Whether an observation since then (milliseconds since the epoch) has shown this fact, or any observation where there is none.
   */
  hasSeen(task: TaskRef, since: number, fact: Fact | null): boolean;
  /** The task is observed from this moment on; what happened before it will be in the view. */
  observing(task: TaskRef, at: number): void;
  observed(task: TaskRef, view: TaskView): void;
  /** Whether the view shows an older status comment than the one that was written last. */
  isOutdated(task: TaskRef, status: TaskView['status']): Promise<boolean>;
  wrote(task: TaskRef, status: string): Promise<void>;
  /** GitHub says that this comment was deleted: if it is the status comment, no observation will show it again. */
  statusDeleted(task: TaskRef, comment: number): Promise<void>;
  /**
   * The status comment differs from what was written, and that is no lag: it was deleted, or a person has restored an older text.
   */
  acceptStatus(task: TaskRef): Promise<void>;
  /** Acting on what was seen has failed: the next signal observes again. */
  forget(task: TaskRef): void;
}

/**
 * How many views are kept, because views hold whole plans; for tasks that were observed longer ago, each delivery leads to an
 * observation.
 */
const VIEWS_KEPT = 50;
/** Of whose last observation the moment is kept. */
const TASKS_KEPT = 10_000;

const digestOf = (status: string): string => createHash('sha256').update(status).digest('hex');

export function rememberViews(texts: StatusTexts): SeenViews {
  const startedAt = new Map<string, number>();
  const views = new Map<string, TaskView>();

  return {
    hasSeen(task, since, fact) {
      const key = taskKey(task);
      if ((startedAt.get(key) ?? 0) <= since) return false;
      const view = views.get(key);
      return fact === null || (view !== undefined && viewContains(view, fact));
    },
    observing: (task, at) => remember(startedAt, taskKey(task), at, TASKS_KEPT),
    observed: (task, view) => remember(views, taskKey(task), view, VIEWS_KEPT),
    async isOutdated(task, status) {
      const written = await texts.written(task);
      if (written.length === 0) return false;
      // A text that was never written by us is newer than all of them, or a person's edit.
      if (status === null) return true;
      const shown = digestOf(status.body);
      return shown !== written.at(-1) && written.includes(shown);
    },
    wrote: (task, status) => texts.wrote(task, digestOf(status)),
    async statusDeleted(task, comment) {
      // Where no view has shown the status comment yet, it is the one that was just written.
      if ((views.get(taskKey(task))?.status?.id ?? comment) === comment) await texts.forget(task);
    },
    acceptStatus: (task) => texts.forget(task),
    forget: (task) => void startedAt.delete(taskKey(task)),
  };
}
