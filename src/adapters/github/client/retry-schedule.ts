/** Every wait of the GitHub client in one value, so that a scenario can run it in milliseconds. */
export interface RetrySchedule {
  /** Before each repetition of a read that met a 5xx or no answer; then it is given up. */
  readonly pausesMs: readonly number[];
  /**
   * The client itself waits no longer than this. For longer waits the caller learns when to come back, and leaves its queue
   * meanwhile.
   */
  readonly longestPauseMs: number;
  /** For a secondary limit without Retry-After: GitHub asks for at least a minute, and for more each further time. */
  readonly secondaryLimitMs: number;
  readonly longestSecondaryLimitMs: number;
}

export const RETRY_SCHEDULE: RetrySchedule = {
  pausesMs: [1_000, 2_000, 4_000],
  longestPauseMs: 5_000,
  secondaryLimitMs: 60_000,
  longestSecondaryLimitMs: 3_600_000,
};
