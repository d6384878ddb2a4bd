import type { Octokit } from '@octokit/core';
import type { Clock } from '../../../ports/clock.ts';

/** GitHub accepts 80 requests a minute and 500 an hour that create content; a few are left for other users of the App. */
export const CONTENT_LIMITS: readonly Limit[] = [
  { requests: 75, withinMs: 60_000 },
  { requests: 480, withinMs: 3_600_000 },
];

interface Limit {
  readonly requests: number;
  readonly withinMs: number;
}

/**
 * Lets requests through as the limits allow. Called with the present moment (milliseconds), it returns 0 and counts the request, or
 * how long to wait before calling again. The windows slide, so that no minute and no hour, wherever it begins, holds more than it
 * may.
 */
export function contentWindow(limits: readonly Limit[]): (now: number) => number {
  const longest = Math.max(...limits.map((limit) => limit.withinMs));
  let sent: number[] = [];
  return (now) => {
    sent = sent.filter((at) => at > now - longest);
    const waits = limits.map(({ requests, withinMs }) => {
      const first = sent.at(-requests);
      return first === undefined ? 0 : first + withinMs - now;
    });
    const wait = Math.max(0, ...waits);
    if (wait === 0) sent.push(now);
    return wait;
  };
}

/** Comments, their edits, issues, pull requests and answers in conversations; labels, reactions, checks and git are not content. */
const CONTENT = /\/(?:issues|pulls)(?:\/[^/]+)?(?:\/comments(?:\/[^/]+(?:\/replies)?)?)?$/;
const WRITES = ['POST', 'PATCH', 'PUT'];

export const isContent = ({ method, url }: { readonly method?: string; readonly url?: string }): boolean =>
  WRITES.includes(method ?? '') && CONTENT.test(url ?? '');

/**
 * An Octokit plugin. The limits apply to an installation, and each installation has its own client. A request that has to wait does
 * so in its durable step, one after the other; meanwhile the events of its task are combined into one observation, so that fifty
 * tasks at once cost less.
 */
export const contentLimits = (clock: Clock) => (octokit: Octokit) => {
  const admit = contentWindow(CONTENT_LIMITS);
  let last: Promise<void> = Promise.resolve();
  const turn = (): Promise<void> => {
    last = last.then(async () => {
      for (let wait = admit(clock.now()); wait > 0; wait = admit(clock.now())) await clock.sleep(wait);
    });
    return last;
  };
  octokit.hook.wrap('request', async (request, options) => {
    if (isContent(options)) await turn();
    return request(options);
  });
  return {};
};
