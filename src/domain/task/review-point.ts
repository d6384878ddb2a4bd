/** A change to a pull request that people with write access request. */
export type ReviewPoint = ThreadPoint | TextPoint;

/** An unresolved conversation about a place in the diff. */
export interface ThreadPoint {
  readonly kind: 'thread';
  /** The id of its first comment, to which answers go. */
  readonly comment: number;
  readonly path: string;
  /** 1-based; null when it is about the whole file. */
  readonly line: number | null;
  /** The place has changed since; `line` is then where it was. */
  readonly outdated: boolean;
  /** The part of the diff that leads to the line. */
  readonly hunk: string;
  /** It was answered before, and there is no comment since. */
  readonly answered: boolean;
  /** Oldest first. */
  readonly said: readonly { readonly by: string; readonly text: string }[];
}

/** The text of a review, or what came with `/revise`. */
export interface TextPoint {
  readonly kind: 'review' | 'notes';
  readonly by: string;
  readonly text: string;
}
