import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import { type Access, pullNodeKey } from '../access.ts';
import { MARK_READY } from '../graphql-documents.ts';
import { GitHubError, hasStatus } from './github-error.ts';
import { graphql } from './graphql.ts';

/** How a pull request becomes ready for review by people. */
export const readinessOperations = (access: Access): Pick<RepositoryForge, 'markReady' | 'requestReview'> => ({
  async markReady(number) {
    const octokit = await access.octokit();
    const known = access.pullNodes.get(pullNodeKey(access, number));
    if (known !== undefined && (await endDraft(access, known))) return true;
    const { data } = await octokit.rest.pulls.get({ ...access.at, pull_number: number });
    return !data.draft || endDraft(access, data.node_id);
  },

  async requestReview(number, login) {
    const { pulls } = (await access.octokit()).rest;
    try {
      await pulls.requestReviewers({ ...access.at, pull_number: number, reviewers: [login] });
      return true;
    } catch (error) {
      // 422: the author, or a person who may not see the repository. 403: a person who is blocked, or whose account is suspended.
      // 403 and 429 are also the statuses of rate limits, which are no answer.
      // Nor is that a pull request made a moment ago is not found everywhere yet.
      if (hasStatus(error, 403, 422) && error.retryAt === null && error.reason !== 'not_visible_yet') return false;
      throw error;
    }
  },
});

async function endDraft(access: Access, id: string): Promise<boolean> {
  try {
    await graphql(access, MARK_READY, { id });
    return true;
  } catch (error) {
    // It was closed meanwhile, or a rule of the repository forbids it; a limit or an outage is no refusal, and is retried.
    if (error instanceof GitHubError && error.retryAt === null && error.reason !== 'unavailable') return false;
    throw error;
  }
}
