import type { Usage } from '../../domain/model/usage.ts';
import { failure, type Outcome } from '../../domain/outcome.ts';
import type { ModelFailure } from '../../ports/model.ts';
import { ANSWER_TIMEOUT_MS } from './answer-fetch.ts';

/** How one attempt at a turn went wrong. */
export interface ProviderError {
  /** Its message is shown in public, so it never repeats what the provider said: that may quote the request, the key among it. */
  readonly failure: ModelFailure;
  /** Whether the same request can succeed later. */
  readonly again: boolean;
  /** Attempts in all, where they are fewer than usual. */
  readonly tries?: number;
  /** The Retry-After header as it came: seconds or an HTTP date. */
  readonly retryAfter: string | null;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** The provider's own message, for the operator's log, where it is redacted. */
  readonly said: string | null;
  /** What the provider bills for the attempt; missing where its answer had not begun. */
  readonly billed?: Usage;
}

/** What a provider said when it refused, whether as an HTTP status or in mid-stream with an equivalent one. */
export interface Refusal {
  /** `provider/model-id`. */
  readonly model: string;
  readonly status: number;
  readonly said: string | null;
  readonly retryAfter: string | null;
}

/**
 * Reads a refusal by its status alone. A conversation that is too long is a plain 400 from Anthropic, distinguished only by its
 * wording, so it is `rejected` from every provider; the `context` stop is for a window that filled up while the model was
 * answering.
 */
export function refused({ model, status, said, retryAfter }: Refusal): ProviderError {
  // 408 and 409 are a timeout and a lock at the provider.
  const again = status === 408 || status === 409 || status === 429 || status >= 500;
  return { failure: failureFor(model, status, again), again, retryAfter, status, said };
}

function failureFor(model: string, status: number, again: boolean): ModelFailure {
  const provider = providerIn(model);
  if (again) return { kind: 'unavailable', message: `${model} is not available (${status}).` };
  switch (status) {
    case 401:
    case 403:
      return { kind: 'auth', message: `${provider} refused the key for ${model} (${status}).` };
    case 402:
      return { kind: 'auth', message: `${provider} refuses ${model} because the account has no credit left.` };
    case 404:
      return { kind: 'unknown_model', message: `${provider} does not know ${model} (404).` };
    default:
      return { kind: 'rejected', message: `${provider} refused the request to ${model} (${status}).` };
  }
}

/** The connection failed, or the answer broke off before its end. */
export function cutOff(model: string): ProviderError {
  const message = `The connection to ${providerIn(model)} broke off before ${model} had answered.`;
  return { failure: { kind: 'unavailable', message }, again: true, retryAfter: null, status: null, said: null };
}

/**
 * We have ended the call, because no answer had begun. A second attempt helps where the connection had died unnoticed; a server that
 * is too slow takes as long again.
 */
export function timedOut(model: string): ProviderError {
  const message = `${model} had not begun to answer after ${ANSWER_TIMEOUT_MS / 60_000} minutes.`;
  return { failure: { kind: 'unavailable', message }, again: true, tries: 2, retryAfter: null, status: null, said: null };
}

/**
 * Reads an answer that claims to be one: a gateway may send fields of any type, or none. What cannot be read is like an answer that
 * broke off.
 */
export function unlessUnreadable<T>(model: string, read: () => Outcome<T, ProviderError>): Outcome<T, ProviderError> {
  try {
    return read();
  } catch (error) {
    const message = `${providerIn(model)} sent an answer of ${model} that could not be read.`;
    return failure({
      failure: { kind: 'unavailable', message },
      again: true,
      retryAfter: null,
      status: 200,
      said: error instanceof Error ? error.message : null,
    });
  }
}

const providerIn = (model: string): string => model.slice(0, model.indexOf('/'));
