// People's REST clients. Their requests go the way of everybody's but for the connection, which would cost more than what is asked for:
// scenes look at GitHub several times for each thing that the bot does.
import { Octokit } from '@octokit/rest';
import { type Reply, textOf } from './server.ts';
import type { Incoming } from './traffic.ts';

type Ask = (request: Incoming) => Promise<Reply | null>;

const quiet = () => {};
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** @returns the client of a person, by their token; one for each. */
export function createPeople(url: string, ask: Ask): (token: string) => Octokit {
  const clients = new Map<string, Octokit>();
  const fetch = fetchBy(ask);
  return (token) => {
    const known = clients.get(token);
    if (known) return known;
    // What `fetch` answers as a body is the value already; Octokit would read the text, and look for integers beyond 2^53 in it.
    const request = { fetch, parseSuccessResponseBody: false };
    const client = new Octokit({ auth: token, baseUrl: `${url}/api/v3`, log: SILENT, request });
    clients.set(token, client);
    return client;
  };
}

/** As much of `fetch` as Octokit uses. */
function fetchBy(ask: Ask) {
  return async (url: string, { method, headers, body }: { method: string; headers: Record<string, string>; body?: string }) => {
    const { origin } = new URL(url);
    for (let at = url, hops = 0; ; hops += 1) {
      const reply = await ask({ method, url: at.slice(origin.length), headers, body: Buffer.from(body ?? '') });
      if (!reply) throw new TypeError('fetch failed');
      const { location } = reply.headers;
      if ([301, 302, 307].includes(reply.status) && typeof location === 'string' && location.startsWith(origin) && hops < 5) {
        at = location;
        continue;
      }
      const text = textOf(reply.body);
      const isJson = String(reply.headers['content-type']).startsWith('application/json');
      return {
        status: reply.status,
        statusText: '',
        url: at,
        headers: new Headers(Object.entries(reply.headers).map(([name, value]) => [name, String(value)])),
        body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
        text: async () => text,
        arrayBuffer: async () => new Uint8Array(Buffer.from(reply.body)).buffer,
      };
    }
  };
}
