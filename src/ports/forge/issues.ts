import type { ReactionTarget } from '../../domain/task/reaction-target.ts';
import type { Person } from './people.ts';

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: Person;
  readonly state: 'open' | 'closed';
  /** ISO 8601; null while open. */
  readonly closedAt: string | null;
  /** Who closed it last; null while it is open, and where GitHub does not say. */
  readonly closedBy: Person | null;
  readonly labels: readonly string[];
  readonly isPullRequest: boolean;
  /** Whether its conversation is locked: GitHub then refuses an App's comments, and all reactions. */
  readonly locked: boolean;
}

export interface Comment {
  readonly id: number;
  readonly author: Person;
  /** Written by this App, through its own installation. */
  readonly mine: boolean;
  readonly body: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly url: string;
}

/** A comment or the text of a review, read again as evidence of an approval. */
interface Statement {
  readonly author: Person;
  readonly body: string;
  /** Whether anyone has changed it since it was written. */
  readonly edited: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly url: string;
  /** The issue or pull request it is on. */
  readonly on: number;
  /** Where it is on one of this App's pull requests: the branch that is to be merged. */
  readonly ownBranch: string | null;
}

export type Reaction = 'eyes' | 'rocket' | 'confused';

/** Issues and the conversations on issues and pull requests. */
export interface IssuesFacet {
  /** `gone`: it was deleted. Null: GitHub does not show it, or not yet, or it is in another repository now. */
  issue(number: number): Promise<Issue | 'gone' | null>;
  closeIssue(number: number): Promise<void>;
  /** Issues and pull requests alike share one conversation; oldest first. */
  comments(number: number): Promise<readonly Comment[]>;
  /**
   * What this App has said in issues and pull requests alike and has changed since (ISO 8601), the latest change first. It is looked for among
   * the comments of all that were changed last, so that what is older may be missing where much is said.
   */
  ownCommentsSince(since: string): Promise<readonly { readonly on: number; readonly body: string }[]>;
  /** By the GraphQL id of a comment or a review; null where there is none in this repository. */
  statement(node: string): Promise<Statement | null>;
  createComment(number: number, body: string): Promise<Comment>;
  updateComment(id: number, body: string): Promise<void>;
  react(target: ReactionTarget, reaction: Reaction): Promise<void>;
}
