import { DBOS } from '@dbos-inc/dbos-sdk';
import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { ComponentWork, Work } from '../../domain/task/work.ts';
import type { Attempt } from './durable-retry.ts';
import type { Resumption } from './resume-later.ts';
import type { SignalInput } from './signal-input.ts';

/**
 * A workflow of a task that has not ended: work, a signal to be handled (`signal` is null for everything else), or work that waits.
 */
interface Active {
  readonly id: string;
  /** The component's work, if it is a component. */
  readonly component: ComponentWork | null;
  readonly task: TaskRef;
  readonly signal: Signal | null;
}

/** The inputs of the workflows that belong to a task; those that belong to a repository name none. */
type TaskInput = Work | Resumption | Attempt<SignalInput | { readonly kind?: undefined }>;

/** Everything the engine runs or will run for these tasks. Not for use inside a workflow: there it goes into a step. */
async function activeWork(concerns: (task: TaskRef) => boolean): Promise<Active[]> {
  const found = await DBOS.listWorkflows({ status: ['PENDING', 'ENQUEUED', 'DELAYED'], loadInput: true, loadOutput: false });
  return found.flatMap(({ workflowID: id, input }): Active[] => {
    const given = input?.[0] as TaskInput | undefined;
    if (given?.kind === undefined) return [];
    if (given.kind !== 'attempt')
      return concerns(given.task)
        ? [{ id, task: given.task, component: given.kind === 'component' ? given : null, signal: null }]
        : [];
    const { what } = given;
    return what.kind === 'signal' && concerns(what.task) ? [{ id, task: what.task, component: null, signal: what.signal }] : [];
  });
}

/** The components of these tasks that are being worked on. */
export const runningComponents = async (concerns: (task: TaskRef) => boolean): Promise<ComponentWork[]> =>
  (await activeWork(concerns)).flatMap(({ component }) => component ?? []);

/**
 * Stops all work of a repository, and all signals for it. Finished steps are recorded, and the work resumes from there when it is
 * requested again.
 */
export async function stopRepositoryWork(concerns: (repository: RepositoryRef) => boolean): Promise<void> {
  for (const { id } of await activeWork((task) => concerns(task.repository))) await DBOS.cancelWorkflow(id);
}

/** Stops the work of one task; signals for it find nothing to do. */
export async function stopTaskWork({ repository, issue }: TaskRef): Promise<void> {
  const concerns = (task: TaskRef): boolean => task.issue === issue && isSame(task.repository, repository);
  for (const { id, signal } of await activeWork(concerns)) if (signal === null) await DBOS.cancelWorkflow(id);
}

/** What the engine runs or will run for a repository, and the signals that were not handled yet (null for what is none). */
export const unhandledWork = async (repository: {
  readonly owner: string;
  readonly name: string;
}): Promise<{ readonly id: string; readonly issue: number; readonly signal: Signal | null }[]> =>
  (await activeWork((active) => isSame(active.repository, repository))).map(({ id, task, signal }) => ({
    id,
    issue: task.issue,
    signal,
  }));

export async function stopWorkflows(ids: readonly string[]): Promise<void> {
  for (const id of ids) await DBOS.cancelWorkflow(id);
}

/** GitHub's names are case-insensitive. */
export const isSame = (a: { owner: string; name: string }, b: { owner: string; name: string }): boolean =>
  fullName(a).toLowerCase() === fullName(b).toLowerCase();
