import { Error as EngineError } from '@dbos-inc/dbos-sdk';

/**
 * GitHub may be out for longer than a step is tried again, and a command or a finished component must not be lost with it: what could
 * not be acted on comes back after these seconds. Then it is given up; the next event or start looks again.
 */
const RETRY_DELAYS_S = [15, 60, 300, 900, 1800, 3600];

/** Seconds to wait before trying again, after `tries` that failed; null where another try would not help. */
export const retryDelaySeconds = (error: unknown, tries: number): number | null =>
  error instanceof EngineError.DBOSMaxStepRetriesError ? (RETRY_DELAYS_S[tries] ?? null) : null;
