/** GitHub did not answer, or refused for a reason that nobody reading the issue can fix. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  /** A rate limit: the earliest moment to try again, milliseconds since the epoch. Null for every other refusal. */
  readonly retryAt: number | null;
  constructor(message: string, status: number | null, retryAt: number | null = null) {
    super(message);
    this.status = status;
    this.retryAt = retryAt;
  }
}
