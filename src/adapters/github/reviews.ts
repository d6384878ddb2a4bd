import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Review } from '../../ports/forge/reviews.ts';
import { type Access, PAGE } from './access.ts';
import { personFrom } from './person.ts';

const STATES: Readonly<Record<string, Review['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
  PENDING: 'pending',
};

export const reviewOperations = (access: Access): Pick<RepositoryForge, 'reviews'> => ({
  async reviews(number) {
    const octokit = await access.octokit();
    const found = await octokit.paginate(octokit.rest.pulls.listReviews, { ...access.at, pull_number: number, per_page: PAGE });
    return found.map((payload) => ({
      id: payload.id,
      author: personFrom(payload.user),
      // A state GitHub may add one day says nothing about approval.
      state: STATES[payload.state.toUpperCase()] ?? 'commented',
      body: payload.body ?? '',
      commit: payload.commit_id ?? null,
      // Pending reviews, which only their author sees, have no date yet.
      submittedAt: payload.submitted_at ?? '',
    }));
  },
});
