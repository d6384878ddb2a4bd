import type { RequestError } from './github-error.ts';
import type { RetrySchedule } from './retry-schedule.ts';

/** A limit that GitHub has just reported. */
interface Limit {
  readonly reason: 'secondary_limit' | 'primary_limit';
  /** Milliseconds since the epoch, by our clock. */
  readonly retryAt: number;
}

/** Secondary limits have no status of their own: they are a 403 or 429, recognised by the message, often without Retry-After. */
const SECONDARY = /secondary rate limit|abuse detection|submitted too quickly/i;
const PRIMARY = /\brate limit exceeded\b/i;

export interface RateLimits {
  /** Until when nothing may be sent (milliseconds since the epoch); null when something may. */
  closedUntil(now: number): number | null;
  /** The limit behind a refusal, or null when it has another reason. */
  refused(error: RequestError, now: number): Limit | null;
  succeeded(method: string): void;
}

/**
 * One installation's state under GitHub's limits. A client that continues under a secondary limit may be banned, so such a limit
 * blocks every request of the installation, for twice as long each time it recurs.
 */
export function createRateLimits(schedule: RetrySchedule): RateLimits {
  let closedUntil = 0;
  let inARow = 0;

  function secondary(announced: number | null, now: number): number {
    // Requests that were on their way when the limit struck are refused with it: that is one limit, not several.
    if (now >= closedUntil) {
      if (now - closedUntil > schedule.longestSecondaryLimitMs) inARow = 0;
      const doubled = Math.min(schedule.secondaryLimitMs * 2 ** inARow, schedule.longestSecondaryLimitMs);
      inARow += 1;
      closedUntil = now + (announced ?? doubled);
    } else closedUntil = Math.max(closedUntil, now + (announced ?? 0));
    return closedUntil;
  }

  return {
    closedUntil: (now) => (now < closedUntil ? closedUntil : null),
    succeeded(method) {
      // A read that succeeds does not show that writes are allowed again.
      if (method !== 'GET' && method !== 'HEAD') inARow = 0;
    },
    refused(error, now) {
      if (error.status !== 403 && error.status !== 429) return null;
      const retryAfter = secondsIn(error, 'retry-after');
      const reset = untilReset(error, now);
      const said = messageOf(error);
      if (SECONDARY.test(said)) return { reason: 'secondary_limit', retryAt: secondary(retryAfter ?? reset, now) };
      if (reset !== null) return { reason: 'primary_limit', retryAt: now + reset };
      if (retryAfter !== null || error.status === 429) return { reason: 'secondary_limit', retryAt: secondary(retryAfter, now) };
      // A 403 that names no limit is about permissions.
      return PRIMARY.test(said) ? { reason: 'primary_limit', retryAt: now + schedule.secondaryLimitMs } : null;
    },
  };
}

/** Milliseconds until the hourly quota is full again, counted by GitHub's own clock; null while something remains of it. */
function untilReset(error: RequestError, now: number): number | null {
  const headers = error.response?.headers;
  if (headers?.['x-ratelimit-remaining'] !== '0') return null;
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  if (!Number.isFinite(reset)) return null;
  const theirs = Date.parse(String(headers.date));
  // One second is added, because both are given in whole seconds.
  return Math.max(reset - (Number.isNaN(theirs) ? now : theirs), 0) + 1000;
}

export function secondsIn(error: RequestError, header: string): number | null {
  const value = error.response?.headers[header];
  const seconds = Number(value);
  return value !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

function messageOf(error: RequestError): string {
  const data = error.response?.data;
  if (typeof data !== 'object' || data === null) return typeof data === 'string' ? data : '';
  const { message, documentation_url } = data as { message?: unknown; documentation_url?: unknown };
  // The documentation's address says `secondary-rate-limits` or `abuse-rate-limits` even where the message was reworded.
  const page = String(documentation_url ?? '');
  const announced = /secondary-rate-limits|abuse-rate-limits/.test(page) ? 'secondary rate limit' : '';
  return `${typeof message === 'string' ? message : ''} ${announced}`;
}
