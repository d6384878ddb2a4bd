import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { cutOff, type ProviderError, refused, timedOut } from '../provider-error.ts';

/** In mid-stream an error has no status, only the type that corresponds to one. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

/** What an error of the SDK, or of the stream that it reads, means. */
export function anthropicErrorIn(error: unknown, model: string): ProviderError {
  if (error instanceof APIConnectionTimeoutError) return timedOut(model);
  // A stream that breaks off rejects with whatever fetch threw, so everything that is not an answer from the API counts as a lost
  // connection.
  if (!(error instanceof APIError) || error instanceof APIConnectionError) return cutOff(model);
  const status = error.status ?? STATUS_OF_TYPE[error.type ?? ''] ?? 500;
  return refused({ model, status, said: error.apiMessage, retryAfter: error.headers?.get('retry-after') ?? null });
}

/**
 * The SDK reports every failure whose message speaks of a timeout as the end of its own limit, without the cause. A connection that
 * took too long to open would then look like a model that is too slow, and be given up early; so only an abort keeps its message.
 */
export async function fetchWithoutTimeoutMessages(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw init?.signal?.aborted ? error : new Error('The connection failed.');
  }
}
