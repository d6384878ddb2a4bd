import type { ModelStanding } from '../../ports/model.ts';

/** What a failed look-up says about the model; both SDKs' errors have the status of the answer. */
export function standingAfter(error: unknown): ModelStanding {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  if (status === 404) return 'missing';
  return status === 401 || status === 403 ? 'refused' : 'unknown';
}
