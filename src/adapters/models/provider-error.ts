import type { ModelFailure } from '../../ports/model.ts';
import { clip, singleLine } from '../../text/truncate.ts';

/** How one attempt at a turn went wrong. */
export interface ProviderError {
  readonly failure: ModelFailure;
  /** Whether asking the same again can help. */
  readonly again: boolean;
  /** The Retry-After header as it came: seconds or an HTTP date. */
  readonly retryAfter: string | null;
}

/** What a provider said when it refused, whether as an HTTP status or in mid-stream with an equivalent one. */
export interface Refusal {
  /** `provider/model-id`. */
  readonly model: string;
  readonly status: number;
  /** The provider's own sentence, if it gave one. */
  readonly said: string | null;
  readonly retryAfter: string | null;
}

/**
 * Reads a refusal by its status alone. A conversation that is too long comes as a plain 400 from Anthropic, told apart only by its
 * wording, so it is `rejected` from every provider; the `context` stop is for a window that filled up while the model was answering.
 */
export function refused({ model, status, said, retryAfter }: Refusal): ProviderError {
  const provider = providerIn(model);
  const because = said ? `${status}: ${oneLine(said)}` : String(status);
  const final = (kind: ModelFailure['kind'], message: string): ProviderError => ({
    failure: { kind, message },
    again: false,
    retryAfter,
  });
  switch (status) {
    // The provider's sentence is left out of these: it may quote part of the key.
    case 401:
    case 403:
      return final('auth', `${provider} refused the key for ${model} (${status}).`);
    case 402:
      return final('auth', `${provider} refuses ${model} because the account has no credit left.`);
    case 404:
      return final('unknown_model', `${provider} does not know ${model} (${because}).`);
    default: {
      // 408 and 409 are a timeout and a lock at the provider.
      const again = status === 408 || status === 409 || status === 429 || status >= 500;
      if (!again) return final('rejected', `${provider} refused the request to ${model} (${because}).`);
      return { failure: { kind: 'unavailable', message: `${model} is not available (${because}).` }, again, retryAfter };
    }
  }
}

/** The connection failed, or the answer broke off before its end. */
export function cutOff(model: string): ProviderError {
  const message = `The connection to ${providerIn(model)} broke off before ${model} had answered.`;
  return { failure: { kind: 'unavailable', message }, again: true, retryAfter: null };
}

const providerIn = (model: string): string => model.slice(0, model.indexOf('/'));

const oneLine = (text: string): string => clip(singleLine(text), 300);
