import type { Command } from './command.ts';
import type { Fact, ReviewState } from './fact.ts';
import type { ReactionTarget } from './reaction-target.ts';
import type { WorkResult } from './work.ts';
import { parseWorkId } from './work-id.ts';

/**
 * Why a task should be observed. A hint says only that something changed, and perhaps what GitHub must show by now; the others
 * carry what a person did, which no later observation could tell (who typed it, and what the issue said at that moment).
 */
export type Signal =
  /**
   * `under`: what the name of the branch that it is about begins with, where that is not the default prefix: it may be a person's.
   * `rerun`: the commit at one of whose checks by this App somebody pressed "Re-run".
   */
  | { readonly kind: 'hint'; readonly fact?: Fact; readonly under?: string; readonly rerun?: string }
  /** A workflow is about to end with this result; its status in the engine may not say so yet. */
  | { readonly kind: 'finished'; readonly workflow: string; readonly result: WorkResult }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly by: string;
      /** An App that is not this one. */
      readonly bot?: true;
      /** When the comment or review was written, ISO 8601. */
      readonly at: string;
      readonly comment: ReactionTarget;
      /** The issue or pull request it was written on. */
      readonly on: number;
      readonly issueText: IssueText | null;
    }
  | {
      readonly kind: 'labelled';
      readonly label: string;
      readonly by: string;
      readonly bot?: true;
      readonly at: string;
      readonly issueText: IssueText;
    }
  | { readonly kind: 'unlabelled'; readonly label: string; readonly by: string }
  | { readonly kind: 'closed'; readonly by: string }
  | { readonly kind: 'reopened'; readonly by: string; readonly at: string }
  /** The base branch has changed the path of the plan. */
  | { readonly kind: 'base_moved' }
  /** The issue was deleted, or transferred to the repository that `to` names. */
  | { readonly kind: 'gone'; readonly to: string | null }
  /** A comment that was written as the status comment was deleted, so its absence is no lag. */
  | { readonly kind: 'status_deleted'; readonly comment: number }
  /** A person changed the text of the App's status comment, which holds the record; `at`: then, ISO 8601. */
  | { readonly kind: 'status_edited'; readonly editor: string; readonly at: string; readonly url: string }
  /** The issue's title or body was changed; `digest` is that of the new text. */
  | { readonly kind: 'edited'; readonly by: string; readonly at: string; readonly digest: string }
  | { readonly kind: 'approved'; readonly by: string; readonly on: number; readonly review: number }
  /** A review of a component's pull request that asks for changes. */
  | {
      readonly kind: 'changes_requested';
      readonly by: string;
      readonly at: string;
      readonly comment: ReactionTarget;
      readonly on: number;
    };

/** The issue's title and body as they were when the event happened. */
export interface IssueText {
  readonly title: string;
  readonly body: string;
}

/** What GitHub must show before the signal is decided on; null where the signal says everything itself. */
export function factOf(signal: Signal): Fact | null {
  switch (signal.kind) {
    case 'hint':
      return signal.fact ?? null;
    case 'closed':
      return { kind: 'issue_state', state: 'closed' };
    case 'reopened':
      return { kind: 'issue_state', state: 'open' };
    case 'unlabelled':
      return { kind: 'label_removed', label: signal.label };
    case 'edited':
      return { kind: 'issue_text', digest: signal.digest };
    case 'approved':
      return reviewFact(signal.on, signal.review, 'approved');
    case 'changes_requested':
      return reviewFact(signal.on, signal.comment.id, 'changes_requested');
    case 'finished':
      return publishedBy(signal);
    default:
      return null;
  }
}

const reviewFact = (on: number, id: number, state: ReviewState): Fact => ({ kind: 'review', on, id, state });

function publishedBy({ workflow, result }: Extract<Signal, { kind: 'finished' }>): Fact | null {
  if (result.kind === 'planned') return { kind: 'plan_published', pull: result.pull, blob: result.blob };
  const id = parseWorkId(workflow);
  return result.kind === 'opened' && id?.kind === 'component'
    ? { kind: 'component_published', component: id.component, pull: result.pull }
    : null;
}
