/** What the generator sends. */
export interface Load {
  readonly url: string;
  readonly secret: string;
  readonly event: string;
  /** The bytes of each delivery. */
  readonly bodyFile: string;
  /** A second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What came back; times in milliseconds. */
export interface Loaded {
  readonly sent: number;
  /** The ids of the deliveries that were answered with 2xx. */
  readonly accepted: readonly string[];
  readonly refused: number;
  readonly unanswered: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}
