/** GitHub could not or would not, for a reason no one reading the issue can mend. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  constructor(message: string, status: number | null) {
    super(message);
    this.status = status;
  }
}
