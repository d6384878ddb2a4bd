/**
 * What a delivery or a finished piece of work announces. GitHub's replicas lag behind its webhooks by seconds, so a view of the
 * task that does not contain it is older than the announcement, and must not be decided on.
 */
export type Fact =
  | { readonly kind: 'issue_state'; readonly state: 'open' | 'closed' }
  | { readonly kind: 'issue_locked'; readonly locked: boolean }
  | { readonly kind: 'label_removed'; readonly label: string }
  /** The digest of the title and body. */
  | { readonly kind: 'issue_text'; readonly digest: string }
  | { readonly kind: 'review'; readonly on: number; readonly id: number; readonly state: ReviewState }
  | { readonly kind: 'pull'; readonly number: number; readonly state: 'open' | 'closed'; readonly merged: boolean }
  /** A branch is no longer at this commit; its present head is not named, because the next push may have changed it already. */
  | { readonly kind: 'head_moved'; readonly branch: string; readonly from: string }
  /** A check run (by its id) or a commit status (`run` null) has completed. */
  | { readonly kind: 'check'; readonly head: string; readonly name: string; readonly run: number | null }
  /** PLAN.md with this blob id is at the head of this pull request. */
  | { readonly kind: 'plan_published'; readonly pull: number; readonly blob: string }
  | { readonly kind: 'component_published'; readonly component: string; readonly pull: number };

export type ReviewState = 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending';
