import type { Outcome } from '../domain/outcome.ts';
import type { AppFailure } from '../ports/inspection.ts';

/** Milliseconds after which the key is checked again. */
const FRESH_MS = { accepted: 60_000, refused: 10_000 };
/** A readiness request waits for GitHub no longer than this, and then gets the last known result. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Whether GitHub refuses the App's key, checked again now and then. A GitHub that does not answer refuses nothing: no restart would
 * help.
 * @returns a function that gives the reason, or null.
 */
export function watchAppKey(ask: () => Promise<Outcome<unknown, AppFailure>>, now: () => number): () => Promise<string | null> {
  let reason: string | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;
  const refresh = async (): Promise<void> => {
    const answer = await ask();
    if (answer.ok) reason = null;
    else if (answer.reason.kind === 'refused')
      reason = `GitHub refuses the App's key: check APP_ID and PRIVATE_KEY (${answer.reason.message})`;
    askedAt = now();
    asking = null;
  };
  return async () => {
    if (now() - askedAt >= (reason === null ? FRESH_MS.accepted : FRESH_MS.refused)) asking ??= refresh();
    if (asking !== null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ANSWER_TIMEOUT_MS);
      await Promise.race([asking, promise]);
      clearTimeout(timer);
    }
    return reason;
  };
}
