import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import type { Access } from '../access.ts';
import { hasStatus } from './github-error.ts';

/** REST can open a draft, but has no way to end one. */
const MARK_READY =
  'mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }';

/** How a pull request is handed over to people. */
export const readinessOperations = (access: Access): Pick<RepositoryForge, 'markReady' | 'requestReview'> => ({
  async markReady(number) {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.pulls.get({ ...access.at, pull_number: number });
    if (!data.draft) return true;
    try {
      await octokit.graphql(MARK_READY, { id: data.node_id });
      return true;
    } catch (error) {
      // GraphQL refuses in an answer of status 200: closed meanwhile, or a rule of the repository.
      if (error instanceof Error && error.name === 'GraphqlResponseError') return false;
      throw error;
    }
  },

  async requestReview(number, login) {
    const { pulls } = (await access.octokit()).rest;
    try {
      await pulls.requestReviewers({ ...access.at, pull_number: number, reviewers: [login] });
      return true;
    } catch (error) {
      // 422: the author, or nobody who may see the repository. 403: somebody who is blocked, or whose account is suspended.
      if (hasStatus(error, 403, 422)) return false;
      throw error;
    }
  },
});
