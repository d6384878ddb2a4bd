import type { Usage } from '../../domain/model/usage.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { TurnRequest } from '../../ports/model.ts';
import type { ProviderError } from './provider-error.ts';
import { billedUsage } from './usage.ts';

/**
 * Notes on a failed attempt what the provider bills for it nonetheless: an answer that has begun is paid for, whether or not it
 * arrives. What was rejected before is free.
 * @param usageSoFar by what has come of the answer; null where it had not begun. May throw where that cannot be read.
 */
export function billedIfBegun<T>(
  outcome: Outcome<T, ProviderError>,
  request: TurnRequest,
  usageSoFar: () => Usage | null,
): Outcome<T, ProviderError> {
  if (outcome.ok) return outcome;
  const billed = usageOrEstimate(usageSoFar, request);
  return billed === null ? outcome : { ok: false, reason: { ...outcome.reason, billed } };
}

function usageOrEstimate(usageSoFar: () => Usage | null, request: TurnRequest): Usage | null {
  try {
    return usageSoFar();
  } catch {
    // Something came, whatever it was, so the request was read.
    return billedUsage({}, request, { answer: [], reasoning: '' });
  }
}
