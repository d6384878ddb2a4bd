import type { Probot, ProbotOctokit } from 'probot';
import type { RepositoryRef } from '../../domain/repository.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { PAGE } from './access.ts';

/** One client per installation for the life of the process: building one is costly, and its token cache is shared anyway. */
export function installationClients(probot: Probot): (installation: number) => Promise<ProbotOctokit> {
  const clients = new Map<number, Promise<ProbotOctokit>>();
  return (installation) => {
    const known = clients.get(installation);
    if (known) return known;
    const client = probot.auth(installation);
    clients.set(installation, client);
    return client;
  };
}

/**
 * An App is installed at an account once, and an installation that comes after another has a higher number. Work that was recorded
 * before the App was removed and installed again continues through the present one.
 */
export function newestInstallations() {
  const newest = new Map<string, number>();
  const known = ({ owner }: RepositoryRef): number => newest.get(owner.toLowerCase()) ?? 0;
  return {
    note: (ref: RepositoryRef): void => void newest.set(ref.owner.toLowerCase(), Math.max(known(ref), ref.installation)),
    of: (ref: RepositoryRef): RepositoryRef => ({ ...ref, installation: Math.max(known(ref), ref.installation) }),
  };
}

/**
 * Every repository of every installation that is not suspended, as the pages arrive, except those that are archived or disabled, in which
 * GitHub refuses every write. One installation that cannot be read
 * (suspended or removed a moment ago) must not hide the others: it is logged and skipped.
 */
export async function* installedRepositories(
  probot: Probot,
  client: (installation: number) => Promise<ProbotOctokit>,
): AsyncGenerator<RepositoryRef> {
  const app = await probot.auth();
  for await (const page of app.paginate.iterator(app.rest.apps.listInstallations, { per_page: PAGE })) {
    for (const installation of page.data) {
      if (installation.suspended_at) continue;
      try {
        yield* repositoriesOf(await client(installation.id), installation.id);
      } catch (error) {
        if (!(error instanceof ForgeError)) throw error;
        probot.log.warn(`Installation ${installation.id} is skipped: ${error.message}`);
      }
    }
  }
}

async function* repositoriesOf(octokit: ProbotOctokit, installation: number): AsyncGenerator<RepositoryRef> {
  const pages = octokit.paginate.iterator(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: PAGE });
  for await (const page of pages) {
    for (const { owner, name, archived, disabled } of page.data)
      if (!archived && !disabled) yield { owner: owner.login, name, installation };
  }
}
