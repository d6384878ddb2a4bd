import { failure, type Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelFailure } from '../../ports/model.ts';
import type { ProviderError } from './provider-error.ts';

/** A turn is asked for this often in all. */
export const ATTEMPTS = 5;
/** What a provider asks for beyond this is not waited for: a fallback model, or the operator, can do more in that time. */
export const LONGEST_WAIT_MS = 60_000;

export interface Retrying {
  readonly clock: Clock;
  /** From 0 up to 1, as Math.random gives it. */
  readonly random: () => number;
  /** Told before each wait. `attempt` is the one that failed, from 1. */
  readonly onWait: (trouble: ProviderError, attempt: number, waitMs: number) => void;
}

/**
 * The only place where a model call is repeated; the SDKs' own retries are off, since they know no upper bound for Retry-After and do
 * not repeat a stream that was cut.
 */
export async function withRetries<T>(
  ask: () => Promise<Outcome<T, ProviderError>>,
  { clock, random, onWait }: Retrying,
): Promise<Outcome<T, ModelFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await ask();
    if (outcome.ok) return outcome;
    const trouble = outcome.reason;
    if (!trouble.again) return failure(trouble.failure);
    if (attempt === ATTEMPTS) return givenUp(trouble, `Given up after ${ATTEMPTS} attempts.`);
    const asked = requestedWait(trouble.retryAfter, clock.now());
    if (asked > LONGEST_WAIT_MS) {
      return givenUp(
        trouble,
        `The provider asks to wait ${inWords(asked)}, which is longer than the limit of ${inWords(LONGEST_WAIT_MS)}.`,
      );
    }
    const wait = Math.round(Math.max(asked, backoff(attempt, random)));
    onWait(trouble, attempt, wait);
    await clock.sleep(wait);
  }
}

const givenUp = ({ failure: { kind, message } }: ProviderError, how: string) => failure({ kind, message: `${message} ${how}` });

/** 1, 3, 9 and 27 seconds, up to half of it off, so that the components of a plan do not all come back at once. */
function backoff(attempt: number, random: () => number): number {
  return 1000 * 3 ** (attempt - 1) * (1 - random() / 2);
}

/** Milliseconds from `now`; 0 for a header that is missing, past or not understood. */
export function requestedWait(retryAfter: string | null, now: number): number {
  if (retryAfter === null || retryAfter.trim() === '') return 0;
  const seconds = Number(retryAfter);
  const wait = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1000;
  return Number.isNaN(wait) ? 0 : Math.max(wait, 0);
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
