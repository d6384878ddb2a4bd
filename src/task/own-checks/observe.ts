import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { PLAN_CHECK, SCOPE_CHECK } from '../../replies/checks/own-checks.ts';
import type { OwnChecks } from '../model/view.ts';

/** This App's checks of a commit. A check that is not completed counts as absent. */
export async function observeOwnChecks(repo: RepositoryForge, sha: string): Promise<OwnChecks> {
  const completed = (await repo.ownChecks(sha)).filter((run) => run.status === 'completed');
  const of = (name: string) => completed.find((run) => run.name === name) ?? null;
  return { plan: of(PLAN_CHECK), scope: of(SCOPE_CHECK) };
}
