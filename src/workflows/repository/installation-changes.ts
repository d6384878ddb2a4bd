import type { RepositoryRef } from '../../domain/repository.ts';
import type { Forge } from '../../ports/forge/forge.ts';
import { isSame, stopRepositoryWork, transferWork } from '../engine/running-work.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';
import { recoverTasks } from './recover-tasks.ts';

/** What happens to tasks when the App is installed or removed, or a repository gets another name. */
export interface InstallationChanges {
  /** Work that was stopped when the App left resumes with everything that was recorded. Null: everywhere in the installation. */
  installed(installation: number, repositories: readonly RepositoryRef[] | null): Promise<void>;
  /** Nothing can be read or published there: all work that would cost money stops. Null: in all repositories of the owner. */
  left(owner: string, names: readonly string[] | null): Promise<void>;
  /**
   * Work is known by its repository's name, and git follows no redirects with a token: under the old name it stops, and the tasks
   * are found again under the new one, from their state on GitHub. Signals that were not handled yet move along.
   */
  moved(from: { readonly owner: string; readonly name: string }, to: RepositoryRef): Promise<void>;
  /** The same for all repositories of an account that has another name. */
  ownerMoved(from: string, installation: number): Promise<void>;
}

export function handleInstallationChanges(ports: WorkflowPorts, workflows: TaskSignals): InstallationChanges {
  const moved: InstallationChanges['moved'] = async (from, to) => {
    await transferWork(from, (issue, signal, id) => workflows.signal({ repository: to, issue }, signal, id));
    await recoverTasks(ports, workflows, [to]);
  };
  return {
    async installed(installation, repositories) {
      await recoverTasks(ports, workflows, repositories ?? ofInstallation(ports.forge, installation));
    },

    left: (owner, names) => {
      const lower = owner.toLowerCase();
      return stopRepositoryWork(
        (r) => r.owner.toLowerCase() === lower && (names === null || names.some((name) => isSame(r, { owner, name }))),
      );
    },

    moved,
    async ownerMoved(from, installation) {
      for await (const to of ofInstallation(ports.forge, installation)) await moved({ owner: from, name: to.name }, to);
    },
  };
}

async function* ofInstallation(forge: Forge, installation: number): AsyncGenerator<RepositoryRef> {
  for await (const repository of forge.repositories()) if (repository.installation === installation) yield repository;
}
