import type { Outcome } from '../../domain/outcome.ts';
import type { Person } from './people.ts';

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  readonly merged: boolean;
  readonly mergedBy: Person | null;
  readonly mergeCommit: string | null;
  readonly author: Person;
  readonly mine: boolean;
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly url: string;
}

/** Pull requests; what is said in reviews is in reviews.ts. */
export interface PullsFacet {
  pullRequest(number: number): Promise<PullRequest | null>;
  /** In any state, newest first, from a branch of this repository (never a fork's). */
  pullRequestsFrom(branch: string): Promise<readonly PullRequest[]>;
  /** This App's own open pull requests, known by their author: labels are put on later, and people take them off. */
  ownPulls(): Promise<readonly { readonly number: number; readonly body: string }[]>;
  /** Open pull requests of any author, the latest changed first, at most so many. `fork`: from another repository. */
  openPullRequests(limit: number): Promise<readonly (PullRequest & { readonly fork: boolean })[]>;
  /** Likewise, and those closed that changed since (ISO 8601). */
  ownPullsSince(since: string): Promise<Record<'open' | 'closed', readonly { readonly number: number; readonly body: string }[]>>;
  createPullRequest(pr: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
  }): Promise<Outcome<PullRequest>>;
  updatePullRequest(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'closed'; readonly base?: string },
  ): Promise<void>;
  /** A draft no longer; one that is none already stays as it is. False where GitHub refuses. */
  markReady(number: number): Promise<boolean>;
  /** Requests a person's review; false where GitHub refuses the request. */
  requestReview(number: number, login: string): Promise<boolean>;
}
