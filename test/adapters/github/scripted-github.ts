import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProbot } from '../../../src/adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../../../src/adapters/github/forge.ts';
import type { Forge, RepositoryForge } from '../../../src/ports/forge/forge.ts';
import { type StoppedClock, stoppedClock } from './stopped-clock.ts';

/** A request as it came over the wire. */
export interface Seen {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON was sent
  readonly body: any;
}

export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'hang up'
  /** The connection breaks in the middle of an answer. */
  | 'break off';
type Reply = Answer | ((seen: Seen) => Answer);

/** A GitHub that says exactly what a test tells it to: for the refusals and accidents a well-behaved server never shows. */
export interface ScriptedGitHub {
  readonly url: string;
  readonly forge: Forge;
  /** `acme/rocket` through installation 7. */
  readonly rocket: RepositoryForge;
  readonly clock: StoppedClock;
  readonly requests: readonly Seen[];
  /** The answers to `METHOD /path`, one after the other; the last one stays. */
  on(route: string, ...replies: Reply[]): void;
  /** What was sent to `METHOD /path`. */
  sent(route: string): readonly Seen[];
  /** Methods and paths in order, without those that only fetch a token or the App's name. */
  calls(): readonly string[];
  close(): Promise<void>;
}

export const APP_ID = 4711;
export const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

const TOKEN_ROUTE = 'POST /app/installations/7/access_tokens';

/** `prefix` is put before every path, as `/api/v3` is on an Enterprise Server. */
export async function startScriptedGitHub({ prefix = '', paced = false } = {}): Promise<ScriptedGitHub> {
  const script = new Map<string, Reply[]>();
  const requests: Seen[] = [];
  const clock = stoppedClock(Date.now());

  const server = createServer(async (request, response) => {
    const seen = await read(request, prefix);
    requests.push(seen);
    const replies = script.get(`${seen.method} ${seen.path}`) ?? [];
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 418, body: { message: 'Not in the script' } };
    const answer = typeof reply === 'function' ? reply(seen) : reply;
    if (answer === 'hang up') return void request.socket.destroy();
    if (answer === 'break off') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      return void response.write('[{"id": 1}, {', () => response.destroy());
    }
    const raw = typeof answer.body === 'string';
    response.writeHead(answer.status ?? 200, { 'content-type': raw ? 'text/html' : 'application/json', ...answer.headers });
    response.end(raw ? answer.body : answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const on = (route: string, ...replies: Reply[]) => void script.set(route, replies);
  on('GET /app', { body: { id: APP_ID, slug: 'planwright' } });
  on(TOKEN_ROUTE, () => ({
    status: 201,
    body: { token: 'ghs_secret', expires_at: new Date(clock.now() + 3_600_000).toISOString(), permissions: {} },
  }));

  const settings = { appId: APP_ID, privateKey, webhookSecret: 'a secret for tests', logLevel: 'fatal' as const };
  const probot = await createProbot({ ...settings, apiUrl: url + prefix, paced }, clock);
  const forge = createGitHubForge(probot, url, clock);
  return {
    url,
    forge,
    rocket: forge.repository({ owner: 'acme', name: 'rocket', installation: 7 }),
    clock,
    requests,
    on,
    sent: (route) => requests.filter((seen) => `${seen.method} ${seen.path}` === route),
    calls: () =>
      requests.map((seen) => `${seen.method} ${seen.path}`).filter((call) => call !== 'GET /app' && call !== TOKEN_ROUTE),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One page of a listing, and where the next one is. */
export const page =
  (pages: readonly (readonly unknown[])[], wrap: (items: readonly unknown[]) => unknown = (items) => items) =>
  (seen: Seen): Answer => {
    const number = Number(seen.query.page ?? 1);
    const next = new URL(`http://${seen.headers.host}${seen.path}`);
    next.search = new URLSearchParams({ ...seen.query, page: String(number + 1) }).toString();
    return {
      body: wrap(pages[number - 1] ?? []),
      headers: number < pages.length ? { link: `<${next}>; rel="next"` } : {},
    };
  };

async function read(request: IncomingMessage, prefix: string): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://scripted');
  // A path without the prefix is kept whole, so that it matches nothing.
  const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : `OUTSIDE ${url.pathname}`;
  return {
    method: request.method ?? '',
    path: decodeURIComponent(path),
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: text === '' ? null : JSON.parse(text),
  };
}
