import type { Message, ToolSpec, Turn } from '../domain/model/conversation.ts';
import type { Charge, Usage } from '../domain/model/usage.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Backoff } from './clock.ts';

/** Between the attempts at one turn: 1, 3, 9 and 27 seconds. */
export const TURN_RETRIES: Backoff = { first: 1_000, factor: 3, tries: 5 };

export type Effort = 'low' | 'medium' | 'high';

export interface TurnRequest {
  /** `provider/model-id`; the provider decides which adapter answers. */
  readonly model: string;
  readonly effort: Effort;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  /** Conversations that share a prefix share this key, so that providers that route by key find their cache. */
  readonly cacheKey: string;
  readonly maxOutputTokens: number;
}

/**
 * Why no turn came back, after the retries that made sense: `unconfigured` no key for this provider; `auth` the key or the account
 * behind it was refused; `unknown_model`; `rejected` the request itself was refused (4xx), a conversation too long for the context
 * window among them; `unavailable` 5xx, overload, rate limit or a cut connection, still so after the retries; `unaffordable` the
 * task's budget does not cover the call, or another attempt at it, so it was not made.
 */
export interface ModelFailure {
  readonly kind: 'unconfigured' | 'auth' | 'unknown_model' | 'rejected' | 'unavailable' | 'unaffordable';
  /** One sentence for people. It is shown in public, so it repeats nothing that the provider said. */
  readonly message: string;
  /** Attempts that are billed although no turn came back: their answers broke off. Missing where there were none. */
  readonly unfinished?: readonly Charge[];
}

/** What a provider says about a model id; `refused` is about the key; `unknown` means that the provider could not be reached. */
export type ModelStanding = 'exists' | 'missing' | 'refused' | 'unknown';

/**
 * Called after an attempt that is billed although its answer broke off, before another is made: pays for it, and makes sure that the
 * other can be paid for. A failure says why it cannot; then no other is made.
 */
export type PayForRetry = (billed: Usage) => Promise<Outcome<unknown>>;

export interface Models {
  /**
   * A conversation in, one turn out. A turn that made calls needs a result for each of them in the next request, however it
   * stopped.
   */
  turn(request: TurnRequest, payForRetry?: PayForRetry): Promise<Outcome<Turn, ModelFailure>>;
  /** For the check at start-up: queries the provider once, and never fails. */
  knows(model: string): Promise<ModelStanding>;
}

/**
 * Models that also say when an answer begins to arrive, once for each attempt: from then on the provider can read from its cache
 * what the request has written to it.
 */
export interface StreamingModels extends Pick<Models, 'knows'> {
  turn(request: TurnRequest, begun: () => void, payForRetry?: PayForRetry): Promise<Outcome<Turn, ModelFailure>>;
}
