import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { mayWrite } from '../../task/model/authorise.ts';

/**
 * Requests reviews from the people who approved the plan, if they still have write access. Those whom GitHub refuses are skipped.
 */
export async function requestReviews(repo: RepositoryForge, number: number, of: readonly string[]): Promise<void> {
  // One at a time, because GitHub refuses a whole request for one of its reviewers.
  for (const login of of) if (mayWrite(await repo.permission(login))) await repo.requestReview(number, login);
}
