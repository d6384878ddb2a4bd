import type { Octokit } from '@octokit/core';
import type { Clock } from '../../../ports/clock.ts';
import type { RequestLimit, RequestSlots } from '../../../ports/shared-memory.ts';
import { type InstallationOptions, installationKey } from './installation-key.ts';
import { isQuery } from './write-pace.ts';

/** GitHub accepts 80 requests a minute and 500 an hour that create content; a few are left for other users of the App. */
export const CONTENT_LIMITS: readonly RequestLimit[] = [
  { requests: 75, withinMs: 60_000 },
  { requests: 480, withinMs: 3_600_000 },
];

/**
 * Lets requests through as the limits allow. Called with the present moment (milliseconds), it returns 0 and counts the request, or
 * how long to wait before calling again. The windows slide, so that no minute and no hour, wherever it begins, holds more than it
 * may.
 */
export function contentWindow(limits: readonly RequestLimit[]): (now: number) => number {
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

const isWrite = (given: { readonly method?: string; readonly url?: string }): boolean =>
  (WRITES.includes(given.method ?? '') || given.method === 'DELETE') && !isQuery(given);

/** What GitHub asks for between two writes, and between two that notify people; the throttling plugin keeps it for one process. */
const GAP_MS = { write: 1_000, content: 3_000 };

/**
 * An Octokit plugin. The limits apply to an installation, and each installation has its own client. A request that has to wait does
 * so in its durable step, one after the other; meanwhile the events of its task are combined into one observation, so that fifty
 * tasks at once cost less.
 * @param slots where several processes share the installation's limits; null: this process is alone.
 */
export const contentLimits = (clock: Clock, slots: RequestSlots | null) => (octokit: Octokit, options: InstallationOptions) => {
  const admit = contentWindow(CONTENT_LIMITS);
  const key = installationKey(options);
  let last: Promise<void> = Promise.resolve();
  const own = async (): Promise<void> => {
    for (let wait = admit(clock.now()); wait > 0; wait = admit(clock.now())) await clock.sleep(wait);
  };
  const turn = (wait: () => Promise<void>): Promise<void> => {
    const next = last.then(wait);
    // One that could not wait for its turn does not take away the turns of others.
    last = next.catch(() => {});
    return next;
  };
  octokit.hook.wrap('request', async (request, given) => {
    if (slots === null) {
      if (isContent(given)) await turn(own);
    } else if (isWrite(given)) {
      if (isContent(given)) await clock.sleep(await slots.reserve(`${key} content`, CONTENT_LIMITS, GAP_MS.content));
      await clock.sleep(await slots.reserve(`${key} writes`, [], GAP_MS.write));
    }
    return request(given);
  });
  return {};
};
