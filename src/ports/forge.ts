import type { FileMode } from '../domain/change/change-set.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RepositoryRef } from '../domain/repository.ts';
import type { HeadCheck } from '../domain/task/checks.ts';

/** `login` is as GitHub writes it; `bot` is true for every App and machine account GitHub types as Bot. */
export interface Person {
  readonly login: string;
  readonly bot: boolean;
}

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: Person;
  readonly state: 'open' | 'closed';
  /** ISO 8601; null while open. */
  readonly closedAt: string | null;
  readonly labels: readonly string[];
  readonly isPullRequest: boolean;
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

export interface Review {
  readonly id: number;
  readonly author: Person;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending';
  readonly body: string;
  /** The head the reviewer looked at; null when GitHub no longer knows. */
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

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly completedAt: string | null;
  readonly mine: boolean;
}

export interface Annotation {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
}

/** What a failing check run tells of itself. */
interface CheckDetails {
  /** Its title and summary, Markdown. */
  readonly said: string;
  readonly annotations: readonly Annotation[];
  /** The end of the job's log, as it is; null where there is none to be had. */
  readonly log: string | null;
}

export interface CheckReport {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

interface CommitInfo {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** A tree entry on its way to GitHub: text inline, anything else as a blob made first, null deletes the path. */
export interface TreeChange {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: { readonly text: string } | { readonly blob: string } | null;
}

export type Reaction = 'eyes' | 'rocket' | 'confused';
export type ReactionTarget =
  | { readonly kind: 'issue_comment' | 'review_comment' | 'issue'; readonly id: number }
  /** A review's own text, which REST cannot react to; `node` is its GraphQL id. */
  | { readonly kind: 'review'; readonly node: string };

/**
 * One repository through one installation. Absence is `null`; a refusal people can mend is an Outcome; everything else
 * (network, 5xx after retries, permissions the App lost) is a `ForgeError`. Creates are never retried by the adapter.
 */
export interface RepositoryForge {
  readonly repository: RepositoryRef;
  permission(login: string): Promise<Permission>;
  defaultBranch(): Promise<{ readonly name: string; readonly sha: string }>;
  issue(number: number): Promise<Issue | null>;
  closeIssue(number: number): Promise<void>;
  /** Issues and pull requests alike share one conversation; oldest first. */
  comments(number: number): Promise<readonly Comment[]>;
  createComment(number: number, body: string): Promise<Comment>;
  updateComment(id: number, body: string): Promise<void>;
  react(target: ReactionTarget, reaction: Reaction): Promise<void>;

  pullRequest(number: number): Promise<PullRequest | null>;
  /** In any state, newest first, from a branch of this repository (never a fork's). */
  pullRequestsFrom(branch: string): Promise<readonly PullRequest[]>;
  /** This App's own open pull requests carrying the label. */
  ownPullsLabelled(label: string): Promise<readonly { readonly number: number; readonly body: string }[]>;
  /** Open ones of anybody's, the latest changed first, at most so many. `fork`: from another repository. */
  openPullRequests(limit: number): Promise<readonly (PullRequest & { readonly fork: boolean })[]>;
  /** Bodies of this App's own pull requests carrying the label: of all that are open, and of those closed that changed since (ISO 8601). */
  ownBodiesLabelled(
    label: string,
    since: string,
  ): Promise<{ readonly open: readonly string[]; readonly closed: readonly string[] }>;
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
  /** Asks somebody for a review; false where GitHub does not let them be asked. */
  requestReview(number: number, login: string): Promise<boolean>;
  reviews(number: number): Promise<readonly Review[]>;
  /** In the order of the diff; empty when there is no such pull request. */
  reviewThreads(number: number): Promise<readonly ReviewThread[]>;
  /** `comment` is the first of its thread; nothing happens when that was deleted. */
  replyToReviewComment(number: number, comment: number, body: string): Promise<void>;

  /** A file at a commit or branch; `sha` is its blob id. */
  file(path: string, ref: string): Promise<{ readonly sha: string; readonly text: string } | null>;
  branchHead(branch: string): Promise<string | null>;
  commit(sha: string): Promise<CommitInfo>;
  /** The best common ancestor of two commits; null where they have none, or one of them is gone. */
  mergeBase(a: string, b: string): Promise<string | null>;
  /**
   * The paths that differ between a head and where it left `base` (a branch or commit), both names of a renamed file; GitHub lists no
   * more than 300. Null where the two have nothing in common, or one is gone.
   */
  changedPaths(base: string, head: string): Promise<readonly string[] | null>;
  /** A blob's text; null when there is no such blob. */
  blobText(sha: string): Promise<string | null>;
  createBlob(content: Buffer): Promise<string>;
  createTree(base: string, changes: readonly TreeChange[]): Promise<string>;
  /** No author and no committer are given: GitHub then signs the commit as the App's. */
  createCommit(commit: { readonly message: string; readonly tree: string; readonly parents: readonly string[] }): Promise<string>;
  /** `exists` when the branch is already there, wherever it points. */
  createBranch(branch: string, sha: string): Promise<'created' | 'exists'>;
  /** Fast-forward only; `rejected` when it would not be one. */
  advanceBranch(branch: string, sha: string): Promise<'moved' | 'rejected'>;

  checkRuns(sha: string, name: string): Promise<readonly CheckRun[]>;
  /** What everybody but this App says of the commit: of each App's check runs the latest of a name, of commit statuses that of a context. */
  foreignChecks(sha: string): Promise<readonly HeadCheck[]>;
  /** `logBytes`: as much of its log's end as is wanted. */
  checkDetails(check: { readonly run: number; readonly job: boolean }, logBytes: number): Promise<CheckDetails>;
  /** This App's latest run of each name at the commit. */
  ownChecks(sha: string): Promise<readonly CheckRun[]>;
  /** Finds this App's run of that name at the commit and updates it, or creates it. */
  reportCheck(sha: string, report: CheckReport): Promise<void>;
  ensureLabel(name: string, color: string, description: string): Promise<void>;
  addLabel(number: number, label: string): Promise<void>;
  /** Fine where it is not there. */
  removeLabel(number: number, label: string): Promise<void>;
  /** Open issues (not pull requests) carrying the label. */
  issuesLabelled(label: string): Promise<readonly Issue[]>;
}

export interface Forge {
  repository(ref: RepositoryRef): RepositoryForge;
  /** Every repository the App is installed on. */
  repositories(): AsyncIterable<RepositoryRef>;
  /** A short-lived credential that reads this repository's contents and nothing else; never store it. `startOver`: the last one does not work. */
  gitCredential(ref: RepositoryRef, startOver: boolean): Promise<{ readonly url: string; readonly token: string }>;
}

/** GitHub could not or would not, for a reason no one reading the issue can mend. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}
