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
  /** Its conversation is: GitHub refuses an App's comments there, and everybody's reactions. */
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

export type Reaction = 'eyes' | 'rocket' | 'confused';

/** Issues and the conversations on issues and pull requests. */
export interface IssuesFacet {
  issue(number: number): Promise<Issue | null>;
  closeIssue(number: number): Promise<void>;
  /** Issues and pull requests alike share one conversation; oldest first. */
  comments(number: number): Promise<readonly Comment[]>;
  createComment(number: number, body: string): Promise<Comment>;
  updateComment(id: number, body: string): Promise<void>;
  react(target: ReactionTarget, reaction: Reaction): Promise<void>;
}
