export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Growing pauses between the attempts at something. */
export interface Backoff {
  /** Milliseconds before the second attempt. */
  readonly first: number;
  readonly factor: number;
  /** Attempts in all. */
  readonly tries: number;
}
