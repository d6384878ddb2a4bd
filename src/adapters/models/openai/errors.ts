import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { cutOff, type ProviderError, refused, timedOut } from '../provider-error.ts';

/** Codes that arrive in mid-stream or with a failed response, where there is no status. Any other code counts as an outage. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  context_length_exceeded: 400,
  invalid_prompt: 400,
  bio_policy: 400,
  misalignment_policy_violation: 400,
  data_residency_mismatch: 400,
  insufficient_quota: 402,
  model_not_found: 404,
  rate_limit_exceeded: 429,
};

/** Servers other than OpenAI's own give the status itself as the code. */
export function statusOf(code: unknown): number {
  if (typeof code === 'number' && code >= 400 && code < 600) return code;
  return STATUS_OF_CODE[String(code)] ?? 500;
}

/** What an error of the SDK, or of the stream that it reads, means. */
export function openaiErrorIn(error: unknown, model: string): ProviderError {
  // A stream that breaks off rejects with whatever fetch threw, so everything that is not an answer from the API counts as a lost
  // connection.
  if (error instanceof APIConnectionTimeoutError && isAbort(error.cause)) return timedOut(model);
  if (!(error instanceof APIError) || error instanceof APIConnectionError) return cutOff(model);
  // An empty account is a 429 like a rate limit, but waiting does not fill it.
  const status = error.code === 'insufficient_quota' ? 402 : (error.status ?? statusOf(error.code));
  return refused({ model, status, said: messageIn(error.error), retryAfter: error.headers?.get('retry-after') ?? null });
}

const messageIn = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string' ? body.message : null;

/** The SDK gives the same error where the connection took too long to open; only its own limit ends a call by an abort. */
const isAbort = (cause: unknown): boolean => cause instanceof Error && cause.name === 'AbortError';
