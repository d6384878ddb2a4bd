import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { mayWrite } from '../../task/model/authorise.ts';

/** Requests reviews from those who approved the plan, as far as they still have write access. Those whom GitHub refuses are left out. */
export async function requestReviews(repo: RepositoryForge, number: number, of: readonly string[]): Promise<void> {
  // One at a time, because GitHub refuses a whole request for one of its reviewers.
  for (const login of of) if (mayWrite(await repo.permission(login))) await repo.requestReview(number, login);
}
