// What GitHub says when there were too many requests, to be used as a fault's answer.
import type { CannedResponse } from './traffic.ts';

/** As it comes most often: with no word on when to come back. */
export const SECONDARY_LIMIT: CannedResponse = {
  status: 403,
  body: {
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
  },
};

export const ABUSE_DETECTED: CannedResponse = {
  status: 403,
  body: { message: 'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.' },
};

/** The hourly quota is used up, and full again after so many seconds. */
export const primaryLimit = (seconds: number): CannedResponse => ({
  status: 403,
  headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds) },
  body: { message: 'API rate limit exceeded for installation ID 50001.' },
});
