import type { Probot } from 'probot';
import type { Clock } from '../../ports/clock.ts';
import type { Forge, RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import type { Access } from './access.ts';
import { workflowRunOperations } from './actions/workflow-runs.ts';
import { branchOperations } from './branches.ts';
import { checkOperations } from './checks/checks.ts';
import { foreignCheckOperations } from './checks/foreign-checks.ts';
import { rememberReports } from './checks/reported-checks.ts';
import { gitCredentials } from './client/credentials.ts';
import { readinessOperations } from './client/readiness.ts';
import type { CommitAuthor } from './client/sign-off.ts';
import { commentOperations } from './comments.ts';
import { deliveryOperations } from './deliveries.ts';
import { gitDataOperations } from './git-data.ts';
import { imageOperations } from './images/issue-images.ts';
import { installationClients, installedRepositories, newestInstallations } from './installations.ts';
import { issueOperations } from './issues.ts';
import { labelOperations } from './labels.ts';
import { observations } from './observation/observations.ts';
import { permissionOperations, permissionThrough } from './permissions.ts';
import type { AppIdentity } from './person.ts';
import { pullRequestOperations } from './pull-requests.ts';
import { reviewThreadOperations } from './review-threads.ts';
import { reviewOperations } from './reviews.ts';
import { statementOperations } from './statements.ts';

/**
 * GitHub behind the port. `probot` comes from `createProbot`, whose Octokit turns every refusal into a `ForgeError`;
 * `serverUrl` (`https://github.com`, or the Enterprise Server's) is where git reads from.
 */
export function createGitHubForge(probot: Probot, serverUrl: string, clock: Clock): Forge {
  const client = installationClients(probot);
  const identity = appIdentity(probot);
  const newest = newestInstallations();
  const reported = rememberReports(clock);
  const pullNodes = new Map<string, string>();
  const author: CommitAuthor = { current: null };
  const noReplyHost = `users.noreply.${new URL(serverUrl).hostname}`;
  const observed = observations(clock);
  const credential = gitCredentials(probot, serverUrl.replace(/\/+$/, ''), clock);

  const forge: Forge = {
    repository(ref): RepositoryForge {
      newest.note(ref);
      const access: Access = {
        at: { owner: ref.owner, repo: ref.name },
        clock,
        octokit: () => client(newest.of(ref).installation),
        identity,
        reported,
        pullNodes,
        author,
        noReplyHost,
      };
      const repository: RepositoryForge = {
        repository: ref,
        ofOwner: () => forge.repository({ ...ref, name: '.github' }),
        observing: (what) => observed.begin(access, repository, what),
        ...permissionOperations(access),
        ...issueOperations(access),
        ...commentOperations(access),
        ...statementOperations(access),
        ...labelOperations(access),
        ...pullRequestOperations(access),
        ...reviewOperations(access),
        ...reviewThreadOperations(access),
        ...branchOperations(access),
        ...gitDataOperations(access),
        ...checkOperations(access),
        ...foreignCheckOperations(access),
        ...readinessOperations(access),
        ...workflowRunOperations(access),
        ...imageOperations(access, serverUrl),
      };
      return repository;
    },
    permissionThrough: (ref, person) =>
      permissionThrough({ at: { owner: ref.owner, repo: ref.name }, octokit: () => client(ref.installation) }, person),
    repositories: () => installedRepositories(probot, client),
    ...deliveryOperations(probot),
    gitCredential: (ref, startOver) => credential(newest.of(ref), startOver),
  };
  return forge;
}

/** `GET /app`, requested once; requested again only after it failed. */
function appIdentity(probot: Probot): () => Promise<AppIdentity> {
  let known: Promise<AppIdentity> | null = null;
  const ask = async (): Promise<AppIdentity> => {
    const app = await probot.auth();
    const { data } = await app.rest.apps.getAuthenticated();
    if (!data) throw new ForgeError('GitHub answered GET /app without an App.', null);
    return { id: data.id, botLogin: `${data.slug}[bot]` };
  };
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}
