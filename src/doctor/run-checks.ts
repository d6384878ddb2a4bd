import type { AppInspection, MachineInspection } from '../ports/inspection.ts';
import type { Environment } from '../settings/environment/environment.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';
import { githubChecks } from './github-checks.ts';
import { machineChecks } from './machine-checks.ts';
import { type ModelInspection, modelChecks } from './model-checks.ts';

export interface Inspections {
  readonly github: AppInspection;
  readonly machine: MachineInspection;
  readonly models: ModelInspection;
  readonly now: () => number;
}

/** All checks of a set-up whose environment is valid; changes nothing and costs nothing. */
export async function runChecks(env: Environment, { github, machine, models, now }: Inspections): Promise<Check[]> {
  const [onMachine, database, onGitHub, onModels] = await Promise.all([
    machineChecks(machine),
    databaseCheck(machine),
    githubChecks(env, github, now),
    modelChecks(env, models),
  ]);
  return [...onMachine, database, ...onGitHub, await fetchCheck(onGitHub, github, machine), ...onModels];
}

async function databaseCheck({ database }: MachineInspection): Promise<Check> {
  const answer = await database();
  return answer.ok
    ? ok('database', answer.value)
    : fail(
        'database',
        answer.reason,
        'Check DATABASE_URL, or unset it to use the embedded database; for a running server read its log.',
      );
}

async function fetchCheck(onGitHub: readonly Check[], github: AppInspection, machine: MachineInspection): Promise<Check> {
  const name = 'git fetch';
  const stuck = onGitHub.find(({ name, status }) => status === 'fail' && (name === 'GitHub' || name === 'private key'));
  if (stuck) return skipped(name, `needs: ${stuck.name}`);
  const repository = await github.someRepository();
  if (!repository.ok) return warn(name, `${repository.reason.message}.`, 'See the GitHub checks above.');
  if (repository.value === null) return skipped(name, 'the App is installed on no repository');
  const fetched = await machine.canFetch(repository.value);
  if (fetched.ok) return ok(name, fetched.value);
  const isCertificate = /certificate|SSL|CAfile/i.test(fetched.reason);
  return fail(
    name,
    `git cannot read ${repository.value.owner}/${repository.value.name}: ${fetched.reason}.`,
    isCertificate
      ? 'Set NODE_EXTRA_CA_CERTS (or GIT_SSL_CAINFO, for git alone) to the file of your certificate authority.'
      : 'Check GITHUB_SERVER_URL, and HTTPS_PROXY if this machine needs a proxy.',
  );
}
