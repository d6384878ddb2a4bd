import type { Person } from './people.ts';

export interface Review {
  readonly id: number;
  readonly author: Person;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending';
  readonly body: string;
  /** The head that was reviewed; null when GitHub no longer knows. */
  readonly commit: string | null;
  readonly submittedAt: string;
}

/** A conversation about a place in a pull request's diff. */
export interface ReviewThread {
  readonly resolved: boolean;
  /** The place has changed since; `line` is then where it was. */
  readonly outdated: boolean;
  readonly path: string;
  /** 1-based; null when it is about the whole file. */
  readonly line: number | null;
  /** The part of the diff that leads to the line, as GitHub shows it above the conversation; empty for a whole file. */
  readonly hunk: string;
  /** Oldest first. GitHub takes answers to the first one only. */
  readonly comments: readonly [ReviewComment, ...ReviewComment[]];
}

export interface ReviewComment {
  readonly id: number;
  readonly author: Person;
  readonly mine: boolean;
  readonly body: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Reviews of pull requests and the conversations on their lines. */
export interface ReviewsFacet {
  reviews(number: number): Promise<readonly Review[]>;
  /** In the order of the diff; empty when there is no such pull request. */
  reviewThreads(number: number): Promise<readonly ReviewThread[]>;
  /** `comment` is the first of its thread; nothing happens when that was deleted. */
  replyToReviewComment(number: number, comment: number, body: string): Promise<void>;
}
