/** The text a person addressed the bot in, to react to; `node` is a review's GraphQL id. */
export type ReactionTarget =
  | { readonly kind: 'issue_comment'; readonly id: number }
  | { readonly kind: 'review'; readonly id: number; readonly node: string };
