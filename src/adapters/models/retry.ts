import { failure, type Outcome } from '../../domain/outcome.ts';
import type { Backoff, Clock } from '../../ports/clock.ts';
import type { ModelFailure, PayForRetry } from '../../ports/model.ts';
import type { ProviderError } from './provider-error.ts';

/** The longest wait that a provider may request. Beyond it, a fallback model or the operator can do more than waiting does. */
export const LONGEST_WAIT_MS = 60_000;

export interface Retrying {
  readonly clock: Clock;
  readonly retries: Backoff;
  /** From 0 up to 1, as Math.random gives it. */
  readonly random: () => number;
  /** Called before each wait. `attempt` is the one that failed, from 1. */
  readonly onWait: (error: ProviderError, attempt: number, waitMs: number) => void;
  /** Missing: attempts that broke off are paid for when the turn ends. */
  readonly payForRetry?: PayForRetry | undefined;
  /** What other calls of the same model, in this process or another, were told about how long to wait; null: nothing is shared. */
  readonly pause?: { until(): number | null; set(until: number): void } | null;
}

/**
 * The only place where a model call is repeated. The SDKs' own retries are off, because they know no upper bound for Retry-After
 * and do not repeat a stream that was cut.
 */
export async function withRetries<T>(
  ask: () => Promise<Outcome<T, ProviderError>>,
  { clock, retries, random, onWait, payForRetry, pause = null }: Retrying,
): Promise<Outcome<T, ModelFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const closed = (pause?.until() ?? 0) - clock.now();
    if (closed > 0) await clock.sleep(closed);
    const outcome = await ask();
    if (outcome.ok) return outcome;
    const error = outcome.reason;
    if (!error.again) return failure(error.failure);
    if (attempt >= Math.min(retries.tries, error.tries ?? retries.tries))
      return givenUp(error, `Given up after ${attempt} attempts.`);
    const requested = requestedWait(error.retryAfter, clock.now());
    if (requested > LONGEST_WAIT_MS) {
      return givenUp(
        error,
        `The provider asks to wait ${inWords(requested)}, which is longer than the limit of ${inWords(LONGEST_WAIT_MS)}.`,
      );
    }
    const paid = error.billed && (await payForRetry?.(error.billed));
    if (paid && !paid.ok) return failure({ kind: 'unaffordable', message: paid.reason });
    // Longer ones end the turn, and a fallback must not wait for them.
    if (requested > 0) pause?.set(clock.now() + requested);
    const wait = Math.round(Math.max(requested, pauseAfter(attempt, retries, random)));
    onWait(error, attempt, wait);
    await clock.sleep(wait);
  }
}

const givenUp = ({ failure: { kind, message } }: ProviderError, how: string) => failure({ kind, message: `${message} ${how}` });

/** Less by up to half, so that the components of a plan do not all try again at once. */
function pauseAfter(attempt: number, { first, factor }: Backoff, random: () => number): number {
  return first * factor ** (attempt - 1) * (1 - random() / 2);
}

/** Milliseconds from `now`; 0 for a header that is missing, in the past or unreadable. */
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
