import type { Octokit } from '@octokit/core';
import type { Clock } from '../../../ports/clock.ts';
import { ForgeError } from '../../../ports/forge/forge-error.ts';
import type { Pauses } from '../../../ports/shared-memory.ts';
import { asGitHubError, GitHubError, isRequestError, type RequestError } from './github-error.ts';
import { type InstallationOptions, installationKey } from './installation-key.ts';
import { createRateLimits, secondsIn } from './rate-limits.ts';
import type { RetrySchedule } from './retry-schedule.ts';
import { isQuery } from './write-pace.ts';

/** Minting a token changes nothing anyone sees, and every other call depends on it. */
const MINTS_TOKEN = /\/app\/installations\/[^/]+\/access_tokens$/;

/**
 * An Octokit plugin, the outermost of all: it decides what is sent again, and turns what is left into a `ForgeError`.
 * The plugins Probot brings do not fit: the retry plugin repeats POSTs on a 502 (one comment was sent four times) and
 * ignores Retry-After, the throttling plugin waits for a limit's end without a bound. An installation has a client, and therefore
 * limits, of its own.
 */
export const retryPolicy =
  (clock: Clock, schedule: RetrySchedule, pauses: Pauses | null) => (octokit: Octokit, client: InstallationOptions) => {
    const limits = createRateLimits(schedule);
    const key = installationKey(client);

    /** While a limit lasts longer than the client is prepared to wait, nothing is requested. */
    async function awaitOpenDoor(): Promise<void> {
      const now = clock.now();
      // Another process may have run into the limit of this installation.
      const retryAt = limits.closedUntil(now) ?? pauses?.until(key) ?? null;
      if (retryAt === null) return;
      if (retryAt - now <= schedule.longestPauseMs) return clock.sleep(retryAt - now);
      const until = new Date(retryAt).toISOString();
      throw new ForgeError(`GitHub asked for fewer requests; none is sent before ${until}`, 429, retryAt, 'secondary_limit');
    }

    octokit.hook.wrap('request', async (request, options) => {
      for (let attempt = 0; ; attempt++) {
        await awaitOpenDoor();
        try {
          const answer = await request(options);
          if (isMalformed(answer, options.method)) throw malformed(options);
          limits.succeeded(isQuery(options) ? 'GET' : options.method);
          return answer;
        } catch (error) {
          // Already a ForgeError: the token this request needed could not be minted.
          if (!isRequestError(error)) throw error;
          if (attempt === 0 && wantsNewToken(error)) {
            await octokit.auth({ type: 'installation', refresh: true });
            continue;
          }
          const now = clock.now();
          // A rate limit refuses before anything is done, so repeating is safe for writes as well.
          const limit = limits.refused(error, now);
          if (limit?.reason === 'secondary_limit') pauses?.pause(key, limit.retryAt);
          const retryAt = limit?.retryAt ?? retryAtOf(error, schedule.pausesMs[attempt], now);
          // An outage whose Retry-After is hours away is reported as an outage: people should not wait for it without being told.
          const refusal = asGitHubError(error, limit ?? {});
          if (retryAt === null || attempt >= schedule.pausesMs.length || retryAt - now > schedule.longestPauseMs) throw refusal;
          octokit.log.info(`${refusal.message}; trying again in ${Math.ceil((retryAt - now) / 1000)} s`);
          await clock.sleep(retryAt - now);
        }
      }
    });
    return {};
  };

/**
 * GitHub may revoke a token before its hour is over (an installation suspended and resumed, a restored server), while
 * Octokit keeps it for 59 minutes. A 401 refuses before anything is done, so this is safe for writes as well.
 * The App's own statements ("bearer") are signed for each request: a new one would fare no better.
 */
const wantsNewToken = (error: RequestError): boolean =>
  error.status === 401 && error.request.headers.authorization?.startsWith('token ') === true;

interface Received {
  readonly status: number;
  readonly headers: { readonly 'content-type'?: string; readonly 'content-length'?: number | undefined };
  readonly data: unknown;
}

/** Of answers that have no body. */
const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Octokit swallows what breaks an answer off in the middle and passes on what it has: text where JSON was promised, which is empty as a rule,
 * no bytes, or nothing. Such a list would be taken for an empty one. A proxy's page in place of JSON looks the same.
 */
function isMalformed({ status, headers, data }: Received, method: string): boolean {
  if (method === 'HEAD' || BODYLESS.has(status)) return false;
  if (data === undefined) return true;
  const promised = Number(headers['content-length'] ?? Number.NaN);
  if (data instanceof ArrayBuffer) return data.byteLength === 0 && promised > 0;
  const isJson = /^application\/(?:[\w.+-]*\+)?json/.test(headers['content-type'] ?? '');
  return typeof data === 'string' && isJson && promised !== 0;
}

/** As after no answer at all, it is unknown whether a write was done. */
const malformed = ({ method, url }: { readonly method: string; readonly url: string }): GitHubError =>
  new GitHubError(`GitHub's answer to ${method} ${url.replace(/^https?:\/\/[^/]+/, '')} is not whole`, {
    status: null,
    said: 'the answer is not whole',
    reason: 'unavailable',
    retryAt: null,
  });

/** When a read may be sent again after an outage; null when the request must not be. */
function retryAtOf(error: RequestError, pause: number | undefined, now: number): number | null {
  if (!isRepeatable(error) || error.status < 500) return null;
  const wait = secondsIn(error, 'retry-after') ?? pause;
  return wait === undefined ? null : now + wait;
}

function isRepeatable({ request }: RequestError): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  return request.method === 'POST' && MINTS_TOKEN.test(new URL(request.url).pathname);
}
