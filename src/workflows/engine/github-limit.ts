import { ForgeError } from '../../ports/forge/forge-error.ts';

/**
 * GitHub accepts no more requests of this installation before a moment (milliseconds since the epoch). Work that ran into the limit
 * waits without occupying a place in its queue.
 */
export class GitHubLimit extends Error {
  override readonly name = 'GitHubLimit';
  readonly until: number;
  constructor(until: number) {
    super(`GitHub takes no more requests until ${new Date(until).toISOString()}`);
    this.until = until;
  }
}

/**
 * What a step records in place of its result when it ran into a limit, so that the same work sends the request again in its next
 * step.
 */
export interface LimitReached {
  readonly limitedUntil: number;
}

export const isLimitReached = (result: unknown): result is LimitReached =>
  typeof result === 'object' && result !== null && 'limitedUntil' in result;

/** When to try again, if an error or its cause is a limit; null for every other error. */
export function limitedUntil(error: unknown): number | null {
  if (error instanceof GitHubLimit) return error.until;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ForgeError && cause.retryAt !== null) return cause.retryAt;
  return null;
}
