import type { Command } from './command.ts';
import type { ReactionTarget } from './reaction-target.ts';
import type { WorkResult } from './work.ts';

/**
 * Why somebody should look at a task. A hint says only that something changed; the others carry what a person did, which no
 * later look at GitHub could tell (who typed it, and what the issue said at that moment).
 */
export type Signal =
  | { readonly kind: 'hint' }
  /** A workflow is about to end with this result; its status in the engine may not say so yet. */
  | { readonly kind: 'finished'; readonly workflow: string; readonly result: WorkResult }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly by: string;
      /** When the comment or review was written, ISO 8601. */
      readonly at: string;
      readonly comment: ReactionTarget;
      /** The issue or pull request it was written on. */
      readonly on: number;
      readonly issueText: IssueText | null;
    }
  | { readonly kind: 'labelled'; readonly label: string; readonly by: string; readonly at: string; readonly issueText: IssueText }
  | { readonly kind: 'unlabelled'; readonly label: string; readonly by: string }
  | { readonly kind: 'closed'; readonly by: string }
  | { readonly kind: 'reopened'; readonly by: string; readonly at: string }
  /** The base branch has changed where the plan lies. */
  | { readonly kind: 'base_moved' }
  /** The issue was deleted, or transferred to the repository that `to` names. */
  | { readonly kind: 'gone'; readonly to: string | null }
  /** The issue's title or body was changed. */
  | { readonly kind: 'edited'; readonly by: string; readonly at: string }
  | { readonly kind: 'approved'; readonly by: string; readonly on: number }
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
