import type { RepositoryRef } from '../domain/repository.ts';
import type { Signal } from '../domain/task/signal.ts';
import type { InstallationChange } from '../workflows/repository/installation-changes.ts';
import type { QueuedCommit } from '../workflows/repository/merge-queue.ts';
import type { OtherPullRequest } from '../workflows/repository/other-pull-requests.ts';
import type { PullRequestComment } from '../workflows/repository/pull-request-comments.ts';
import type { Pushed } from '../workflows/repository/pushes.ts';

/** The meaning of a delivery; GitHub's payload is not passed on beyond this. */
export type ClassifiedEvent =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'signal'; readonly repository: RepositoryRef; readonly issue: number; readonly signal: Signal }
  /** A command on a bot's pull request that does not say to which task it belongs. */
  | { readonly kind: 'on_pull_request'; readonly comment: PullRequestComment }
  /** Our checks are to be made again on a pull request that may be anybody's. */
  | { readonly kind: 'check_again'; readonly pull: OtherPullRequest }
  | { readonly kind: 'pushed'; readonly push: Pushed }
  | { readonly kind: 'queued'; readonly commit: QueuedCommit }
  | InstallationChange;

export const IGNORED: ClassifiedEvent = { kind: 'ignored' };
