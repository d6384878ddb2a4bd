import { AsyncLocalStorage } from 'node:async_hooks';
import type { Octokit } from '@octokit/core';
import type { Clock } from '../../../ports/clock.ts';

/** GitHub asks for a second between requests that change something. */
const APART_MS = 1_000;

interface Sent {
  readonly method?: string;
  readonly url?: string;
  /** Of a GraphQL request, the document. */
  readonly query?: unknown;
}

/** A GraphQL request that changes nothing, though it is a POST like those that do. */
export const isQuery = ({ method, url, query }: Sent): boolean =>
  method === 'POST' && url?.endsWith('/graphql') === true && typeof query === 'string' && !/^\s*mutation\b/.test(query);

const queries = new AsyncLocalStorage<true>();

/** An Octokit plugin that marks queries, for the pace below: the throttling plugin takes them for writes, and does not say what it has sent for. */
export const markQueries = (octokit: Octokit) => {
  octokit.hook.wrap('request', async (request, options) =>
    isQuery(options) ? queries.run(true, async () => request(options)) : request(options),
  );
  return {};
};

interface Pace {
  key(installation: string): { schedule<T>(options: object, job: () => T): Promise<T> };
}

/** What the throttling plugin spaces writes by, for each installation; an observation must not wait for all that others are writing. */
export function writePace(clock: Clock): Pace {
  const turns = new Map<string, { readonly last: Promise<number> }>();
  return {
    key: (installation) => ({
      async schedule(_, job) {
        if (queries.getStore()) return job();
        const before = turns.get(installation)?.last ?? Promise.resolve(Number.NEGATIVE_INFINITY);
        const mine = before.then(async (started) => {
          const wait = started + APART_MS - clock.now();
          if (wait > 0) await clock.sleep(wait);
          return clock.now();
        });
        turns.set(installation, { last: mine });
        await mine;
        return job();
      },
    }),
  };
}
