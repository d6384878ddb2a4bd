/**
 * The text a person addressed the bot in, to react to; `node` is its GraphQL id, which signals that an older build recorded lack
 * where it is a comment.
 */
export type ReactionTarget =
  | { readonly kind: 'issue_comment'; readonly id: number; readonly node?: string }
  | { readonly kind: 'review'; readonly id: number; readonly node: string };
