import type { Octokit } from '@octokit/core';
import type { Clock } from '../../../ports/clock.ts';
import { asGitHubError, isRequestError, type RequestError } from './github-error.ts';

/** A request is sent this often in all. */
const ATTEMPTS = 4;
/** What GitHub asks for beyond this is not waited for here: the caller's durable step comes back later instead of holding a slot. */
const LONGEST_WAIT_MS = 60_000;

/** How rate limits are waited for, in milliseconds. */
export interface LimitWaits {
  /** After a secondary limit that does not say how long to wait; doubled while it lasts. */
  readonly secondary: number;
  /** A longer wait is the caller's: whoever runs into a limit must let go of its place in a queue. */
  readonly inline: number;
}

const GITHUBS_LIMITS: LimitWaits = { secondary: 60_000, inline: 10_000 };

/** Minting a token changes nothing anyone sees, and every other call depends on it. */
const MINTS_TOKEN = /\/app\/installations\/[^/]+\/access_tokens$/;

/**
 * An Octokit plugin, the outermost of all: it decides what is sent again, and turns what is left into a `ForgeError`.
 * The plugins Probot brings do not fit: the retry plugin repeats POSTs on a 502 (one comment was sent four times) and
 * ignores Retry-After, the throttling plugin tells a rate limit by its wording and waits for its reset without a bound.
 */
export const retryPolicy =
  (clock: Clock, limits: LimitWaits = GITHUBS_LIMITS) =>
  (octokit: Octokit) => {
    // An installation has a client of its own, and the limits are an installation's.
    let secondaryWaitMs = limits.secondary;
    octokit.hook.wrap('request', async (request, options) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const answer = await request(options);
          secondaryWaitMs = limits.secondary;
          return answer;
        } catch (error) {
          // Already a ForgeError: the token this request needed could not be minted.
          if (!isRequestError(error)) throw error;
          if (attempt === 1 && wantsNewToken(error)) {
            await octokit.auth({ type: 'installation', refresh: true });
            continue;
          }
          const limited = rateLimitWait(error, clock.now(), secondaryWaitMs);
          if (limited !== null && isSecondary(error)) secondaryWaitMs = Math.min(secondaryWaitMs * 2, LONGEST_SECONDARY_WAIT_MS);
          const wait = limited ?? pauseBeforeRepeat(error, attempt);
          const longest = limited === null ? LONGEST_WAIT_MS : limits.inline;
          if (wait === null || wait > longest || attempt === ATTEMPTS)
            throw asGitHubError(error, limited === null ? null : clock.now() + limited);
          octokit.log.info(`${asGitHubError(error).message}; asking again in ${Math.ceil(wait / 1000)} s`);
          await clock.sleep(wait);
        }
      }
    });
    return {};
  };

/**
 * GitHub may end a token before its hour is over (an installation suspended and resumed, a restored server), while
 * Octokit keeps it for 59 minutes. A 401 refuses before anything is done, so this is safe for writes as well.
 * The App's own statements ("bearer") are signed anew for each request: a new one would fare no better.
 */
const wantsNewToken = (error: RequestError): boolean =>
  error.status === 401 && error.request.headers.authorization?.startsWith('token ') === true;

/** Milliseconds to wait before sending the request again, or null when it must not be sent again. */
function pauseBeforeRepeat(error: RequestError, attempt: number): number | null {
  if (!isRepeatable(error) || error.status < 500) return null;
  return secondsIn(error, 'retry-after') ?? attempt ** 2 * 1000;
}

const LONGEST_SECONDARY_WAIT_MS = 3_600_000;

/** GitHub tells a secondary limit by its message alone, as often as not without Retry-After. */
const isSecondary = (error: RequestError): boolean => /secondary rate limit|abuse detection/i.test(error.message);

/**
 * GitHub's rule: Retry-After when given, else until the reset when nothing remains, else at least a minute, doubled while it lasts. A rate
 * limit refuses before anything is done, so repeating is safe for writes as well.
 */
function rateLimitWait(error: RequestError, now: number, secondaryWaitMs: number): number | null {
  if (error.status !== 429 && error.status !== 403) return null;
  const told = secondsIn(error, 'retry-after');
  if (told !== null) return told;
  const headers = error.response?.headers;
  if (headers?.['x-ratelimit-remaining'] === '0') {
    // One second on top: the reset is given in whole seconds.
    return Math.max(Number(headers['x-ratelimit-reset']) * 1000 - now, 0) + 1000;
  }
  // A 403 that names no limit is about permissions.
  return error.status === 429 || isSecondary(error) ? secondaryWaitMs : null;
}

function isRepeatable({ request }: RequestError): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  return request.method === 'POST' && MINTS_TOKEN.test(new URL(request.url).pathname);
}

function secondsIn(error: RequestError, header: string): number | null {
  const value = error.response?.headers[header];
  const seconds = Number(value);
  return value !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
