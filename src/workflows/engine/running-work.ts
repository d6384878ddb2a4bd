import { DBOS } from '@dbos-inc/dbos-sdk';
import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { ComponentWork } from '../../domain/task/work.ts';

/** A workflow of ours that has not ended: work, or a signal on its way (`signal` null for work). */
interface Active {
  readonly id: string;
  /** What it is to do where it is a component. */
  readonly component: ComponentWork | null;
  readonly task: TaskRef;
  readonly signal: Signal | null;
}

/** Everything the engine runs or will run for these tasks. Not for use inside a workflow: there it goes into a step. */
async function activeWork(concerns: (task: TaskRef) => boolean): Promise<Active[]> {
  const found = await DBOS.listWorkflows({ status: ['PENDING', 'ENQUEUED', 'DELAYED'], loadInput: true, loadOutput: false });
  return found.flatMap(({ workflowID: id, input }) => {
    // Every workflow of ours is given one value that names its task.
    const given = input?.[0] as { readonly task?: TaskRef; readonly signal?: Signal } | undefined;
    if (!given?.task || !concerns(given.task)) return [];
    const component = 'component' in given && 'blob' in given ? (given as ComponentWork) : null;
    return [{ id, task: given.task, component, signal: given.signal ?? null }];
  });
}

/** The components of these tasks that are at work. */
export const componentsAtWork = async (concerns: (task: TaskRef) => boolean): Promise<ComponentWork[]> =>
  (await activeWork(concerns)).flatMap(({ component }) => component ?? []);

/** Ends all work of a repository, and all signals for it; what has ended its step is recorded, and goes on when it is asked for again. */
export async function stopWorkIn(concerns: (repository: RepositoryRef) => boolean): Promise<void> {
  for (const { id } of await activeWork((task) => concerns(task.repository))) await DBOS.cancelWorkflow(id);
}

/** Ends the work of one task; signals for it find nothing to do. */
export async function stopWorkOf({ repository, issue }: TaskRef): Promise<void> {
  const concerns = (task: TaskRef): boolean => task.issue === issue && isSame(task.repository, repository);
  for (const { id, signal } of await activeWork(concerns)) if (signal === null) await DBOS.cancelWorkflow(id);
}

/** The same, but what people had asked for and nobody had dealt with yet is handed on. */
export async function moveWork(
  from: { readonly owner: string; readonly name: string },
  handOn: (issue: number, signal: Signal, id: string) => Promise<void>,
): Promise<void> {
  for (const { id, task, signal } of await activeWork((active) => isSame(active.repository, from))) {
    await DBOS.cancelWorkflow(id);
    // How work under the old name ended is of no use under the new one.
    if (signal !== null && signal.kind !== 'finished') await handOn(task.issue, signal, `${id}:moved`);
  }
}

/** GitHub's names are case-insensitive. */
export const isSame = (a: { owner: string; name: string }, b: { owner: string; name: string }): boolean =>
  fullName(a).toLowerCase() === fullName(b).toLowerCase();
