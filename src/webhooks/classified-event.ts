import type { RepositoryRef } from '../domain/repository.ts';
import type { Signal } from '../domain/task/signal.ts';
import type { PullRequestComment } from '../workflows/repository/pull-request-comments.ts';
import type { Pushed } from '../workflows/repository/pushes.ts';

/** The meaning of a delivery; GitHub's payload is not passed on beyond this. */
export type ClassifiedEvent =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'signal'; readonly repository: RepositoryRef; readonly issue: number; readonly signal: Signal }
  /** A command on a bot's pull request that does not say to which task it belongs. */
  | { readonly kind: 'on_pull_request'; readonly comment: PullRequestComment }
  /** To the default branch. */
  | { readonly kind: 'pushed'; readonly push: Pushed }
  /** Something about the whole repository changed that its tasks depend on. */
  | { readonly kind: 'observe_repository'; readonly repository: RepositoryRef }
  /** The App may work there (again). Null: GitHub did not say where; all repositories of the installation. */
  | { readonly kind: 'installed'; readonly installation: number; readonly repositories: readonly RepositoryRef[] | null }
  /** The App may not work there any more. Null: at none of the owner's repositories. */
  | { readonly kind: 'left'; readonly owner: string; readonly names: readonly string[] | null }
  /** An account has another name, and so have all its repositories. */
  | { readonly kind: 'owner_moved'; readonly from: string; readonly installation: number }
  | {
      readonly kind: 'moved';
      readonly from: { readonly owner: string; readonly name: string };
      readonly repository: RepositoryRef;
    };

export const IGNORED: ClassifiedEvent = { kind: 'ignored' };
