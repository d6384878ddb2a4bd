import { fullName, type RepositoryRef } from '../../domain/repository.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { Forge } from '../../ports/forge/forge.ts';
import { isStop } from '../engine/failure.ts';
import { isSame, stopRepositoryWork, stopWorkflows, unhandledWork } from '../engine/running-work.ts';
import { step } from '../engine/steps.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';
import { tasksOf } from './recover-tasks.ts';

/** What happens to repositories as a whole. */
export type InstallationChange =
  /** Something about the whole repository changed that its tasks depend on. */
  | { readonly kind: 'observe_repository'; readonly repository: RepositoryRef }
  /** The App may work there (again). Null: GitHub did not say where; all repositories of the installation. */
  | {
      readonly kind: 'installed';
      /** Null where GitHub does not say. */
      readonly owner: string | null;
      readonly installation: number;
      readonly repositories: readonly RepositoryRef[] | null;
      readonly ids?: RepositoryIds;
    }
  /** The App may not work there any more. Null: at none of the owner's repositories. Those without an id are gone for good. */
  | { readonly kind: 'left'; readonly owner: string; readonly names: readonly string[] | null; readonly ids?: RepositoryIds }
  /** An account has another name, and so have all its repositories. */
  | { readonly kind: 'owner_moved'; readonly from: string; readonly installation: number }
  | {
      readonly kind: 'moved';
      readonly from: { readonly owner: string; readonly name: string };
      readonly repository: RepositoryRef;
    };

/** GitHub's ids, which a repository keeps under any name, by the full name in lower case. */
export type RepositoryIds = Readonly<Record<string, number>>;

const idOf = (ids: RepositoryIds, repository: { readonly owner: string; readonly name: string }): number | null =>
  ids[fullName(repository).toLowerCase()] ?? null;

/** Changes of one account are handled in their order: an App that left and came back must not be stopped at the end. */
export function accountOf(change: InstallationChange): string {
  switch (change.kind) {
    case 'observe_repository':
    case 'moved':
      return change.repository.owner.toLowerCase();
    case 'installed':
      return (change.owner ?? `installation ${change.installation}`).toLowerCase();
    case 'left':
      return change.owner.toLowerCase();
    case 'owner_moved':
      return change.from.toLowerCase();
  }
}

/** Where it happened: OWNER/NAME, or an account where it is about all of its repositories. */
export const placeOf = (change: InstallationChange): string =>
  'repository' in change ? fullName(change.repository) : accountOf(change);

/**
 * What becomes of tasks when the App comes and goes, or a repository gets another name. Runs in a workflow.
 * @param id of the delivery: the signals that follow from it are numbered under it.
 */
export async function followInstallationChange(
  ports: WorkflowPorts,
  workflows: TaskSignals,
  change: InstallationChange,
  id: string,
): Promise<void> {
  switch (change.kind) {
    case 'observe_repository':
      ports.settings.forget(change.repository.owner);
      return observeAll(ports, workflows, { repositories: [change.repository], id });
    // Work that was stopped when the App left resumes with everything that was recorded.
    case 'installed':
      return observeAll(ports, workflows, {
        repositories: change.repositories ?? (await repositoriesOf(ports.forge, change.installation)),
        areBack: true,
        ids: change.ids ?? {},
        id,
      });
    // Nothing could be read or published there: whatever is still to be paid for stops.
    case 'left': {
      const { owner, names, ids = {} } = change;
      return step('stop all work', async () => {
        await stopRepositoryWork(
          (r) =>
            r.owner.toLowerCase() === owner.toLowerCase() &&
            (names === null || names.some((name) => isSame(r, { owner: r.owner, name }))),
        );
        await ports.taskStates.left(owner, names);
        await ports.openTaskList.left(owner, names);
        if (names === null) await ports.history.left(owner);
        for (const name of names ?? []) {
          const github = idOf(ids, { owner, name });
          if (github === null) await ports.history.detach({ owner, name });
          else await ports.history.leftRepository({ owner, name }, github);
        }
      });
    }
    case 'moved':
      return move(ports, workflows, [{ from: change.from, to: change.repository }], id);
    case 'owner_moved': {
      const now = await repositoriesOf(ports.forge, change.installation);
      return move(
        ports,
        workflows,
        now.map((to) => ({ from: { owner: change.from, name: to.name }, to })),
        id,
      );
    }
  }
}

interface Move {
  readonly from: { readonly owner: string; readonly name: string };
  readonly to: RepositoryRef;
}

/**
 * Work is known by its repository's name, and git follows no redirects with a token: under the old name it stops, and the tasks are found again
 * under the new one, from their state on GitHub. Signals that were not handled yet move along.
 */
async function move(ports: WorkflowPorts, workflows: TaskSignals, moves: readonly Move[], id: string): Promise<void> {
  const moved: TaskRef[] = [];
  for (const { from, to } of moves) {
    // Listed and recorded before anything is stopped, because what is stopped is not found again.
    const left = await step('work under the old name', async () => {
      const open = (await ports.openTaskList.of(from)).map(({ issue }) => ({ id: null, issue, signal: null }));
      return [...(await unhandledWork(from)), ...open];
    });
    moved.push(...left.map(({ issue }) => ({ repository: to, issue })));
    await step('stop all work', async () => {
      await stopWorkflows(left.flatMap(({ id }) => id ?? []));
      await ports.taskStates.left(from.owner, [from.name]);
      for (const task of await ports.openTaskList.of(from)) await ports.openTaskList.remove(task);
      await ports.history.detach(from);
    });
    // The result of work under the old name is of no use under the new one.
    for (const { id: before, issue, signal } of left)
      if (before !== null && signal !== null && signal.kind !== 'finished')
        await workflows.signal({ repository: to, issue }, signal, `${before}:moved`);
  }
  await observeAll(ports, workflows, { repositories: moves.map(({ to }) => to), tasks: moved, id });
}

interface ToObserve {
  readonly repositories: readonly RepositoryRef[];
  /** Known already, whatever is found in the repositories. */
  readonly tasks?: readonly TaskRef[];
  /** The App may work in them again. */
  readonly areBack?: boolean;
  readonly ids?: RepositoryIds;
  readonly id: string;
}

/** A repository that cannot be read does not hold up the others; it is why all of this is tried again later. */
async function observeAll(
  ports: WorkflowPorts,
  workflows: TaskSignals,
  { repositories, tasks = [], areBack = false, ids = {}, id }: ToObserve,
): Promise<void> {
  const others = new Map(tasks.map((task) => [taskKey(task), task]));
  const hint = async (task: TaskRef): Promise<void> => {
    others.delete(taskKey(task));
    await workflows.signal(task, { kind: 'hint' }, `${id}:${taskKey(task)}`);
  };
  let failed: { readonly error: unknown } | null = null;
  for (const repository of repositories) {
    try {
      const issues = await step('tasks', async () => {
        if (areBack) await ports.history.returned(repository, idOf(ids, repository));
        const open = await ports.openTaskList.of(repository);
        return [...new Set([...(await tasksOf(ports, repository)), ...open.map(({ issue }) => issue)])];
      });
      for (const issue of issues) await hint({ repository, issue });
    } catch (error) {
      if (isStop(error)) throw error;
      ports.log.warn({ err: error, repository: fullName(repository) }, 'Tasks of this repository could not be recovered yet');
      failed ??= { error };
    }
  }
  // The engine knows what a workflow does by its order, so that what an older build has begun continues with these at its end.
  for (const task of others.values()) await hint(task);
  if (failed) throw failed.error;
}

const repositoriesOf = (forge: Forge, installation: number): Promise<RepositoryRef[]> =>
  step('repositories', async () => {
    const found: RepositoryRef[] = [];
    for await (const repository of forge.repositories()) if (repository.installation === installation) found.push(repository);
    return found;
  });
