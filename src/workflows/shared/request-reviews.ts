import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { mayWrite } from '../../task/model/authorise.ts';

/** Asks those who approved the plan, as far as they may still write here. Whom GitHub does not let be asked is not asked. */
export async function requestReviews(repo: RepositoryForge, number: number, of: readonly string[]): Promise<void> {
  // One by one: GitHub refuses all of a request for one of them.
  for (const login of of) if (mayWrite(await repo.permission(login))) await repo.requestReview(number, login);
}
