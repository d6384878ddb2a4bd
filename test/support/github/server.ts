// The one HTTP port: REST at /api/v3/* and at /*, git at /OWNER/REPO.git; every request is seen, may be held or spoiled, and is
// told whose token it carries before the emulator gets it.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { objection } from './access.ts';
import { branchesMoved } from './branches.ts';
import { endpointOf, objectionsToAnswer, objectionsToRequest } from './description/description.ts';
import { exchange } from './exchange.ts';
import { gitRequest, serveGit } from './git-http.ts';
import { lengthenToken } from './installations.ts';
import { corrected } from './json.ts';
import type { Lagging } from './lagging.ts';
import { byName, movedTo } from './renames.ts';
import type { CannedResponse, Identity, Incoming, SeenRequest, Traffic } from './traffic.ts';
import { actorOf, appOf, type Json, repositoryNamed, type World } from './world.ts';

const PER_TOKEN = 4000; // emulate stops each token after 5,000 requests

function tokenOf(authorization = ''): string {
  if (/^basic /i.test(authorization))
    return Buffer.from(authorization.slice(6), 'base64').toString().split(':').slice(1).join(':');
  return authorization.replace(/^(bearer|token)\s+/i, '').trim();
}

function identityOf(world: World, token: string): Identity {
  if (token === '') return { kind: 'anonymous', login: '' };
  if (token.startsWith('eyJ')) {
    const claims = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url')) as { iss?: unknown } | string;
    return { kind: 'app', login: appOf(world.tables, Number(typeof claims === 'string' ? 0 : claims.iss))?.slug ?? '' };
  }
  const holder = world.emulator.tokens.get(token);
  if (!holder) return { kind: 'unknown token', login: '' };
  const login = actorOf(world.tables, holder)?.login ?? holder.login;
  return holder.installation
    ? { kind: 'installation', login, permissions: holder.installation.permissions }
    : { kind: 'user', login };
}

/** Answers requests on `server` until it is closed; the function that it returns takes them without a connection, and answers null for one that is cut. */
export function serve(
  server: Server,
  world: World,
  traffic: Traffic,
  lagging: Lagging,
): (request: Incoming) => Promise<Reply | null> {
  const uses = new Map<string, number>();

  /** The header under which the emulator counts this request, so that no token reaches its limit. */
  function alias(token: string): string {
    const holder = world.emulator.tokens.get(token);
    const use = (uses.get(token) ?? 0) + 1;
    uses.set(token, use);
    const name = `${token}#${Math.floor(use / PER_TOKEN)}`;
    if (holder) world.emulator.tokens.set(name, holder);
    return `token ${name}`;
  }

  async function perform(request: Incoming, seen: SeenRequest, token: string): Promise<Reply> {
    const { body } = request;
    if (seen.by.kind === 'unknown token') return replyOf({ status: 401, body: { message: 'Bad credentials' } });
    const elsewhere = movedTo(world, seen.path);
    if (elsewhere) {
      const status = seen.method === 'GET' ? 301 : 307;
      return replyOf({ status, headers: { location: elsewhere }, body: { message: 'Moved Permanently', url: elsewhere } });
    }
    const path = byName(world, seen.path);
    const git = gitRequest(seen.method, path);
    if (git) return performGit(request, git, token);
    const headers = token && seen.by.kind !== 'app' ? { ...request.headers, authorization: alias(token) } : request.headers;
    const answered = await exchange(world.emulator.app, world.url, { method: seen.method, path, headers, body });
    const { status, headers: told } = answered;
    if ('bytes' in answered.body) return { status, headers: told, body: answered.body.bytes };
    const value = corrected(world, answered.body.json as Json);
    const json = seen.path.endsWith('/access_tokens') ? lengthenToken(world, value) : value;
    return { status, headers: told, body: JSON.stringify(json), json };
  }

  async function performGit(request: Incoming, git: NonNullable<ReturnType<typeof gitRequest>>, token: string): Promise<Reply> {
    const repo = repositoryNamed(world.tables, git.fullName);
    const holder = world.emulator.tokens.get(token);
    const pushes = git.service === 'git-receive-pack';
    const refusal = repo && objection(world, repo, holder, pushes ? 'POST' : 'GET', '/git/refs');
    if (!repo || refusal) {
      const status = token === '' ? 401 : (refusal?.status ?? 404);
      const headers = { 'www-authenticate': 'Basic realm="GitHub"' };
      return replyOf({ status, headers, body: refusal?.message ?? 'Not Found' });
    }
    const served = await serveGit(world.git.dirOf(repo), git, request);
    const moves = pushes && git.path === git.service ? await world.git.adopt(repo) : [];
    if (moves.length) await branchesMoved(world, repo, moves, actorOf(world.tables, holder));
    return served;
  }

  /**
   * What becomes of a request, and who is to be told when its sender has it.
   * @param remembers whether its sender may keep answers, and ask whether they have changed.
   */
  async function answer(request: Incoming, remembers: boolean): Promise<Outcome> {
    const { method, body } = request;
    const path = request.url.replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql/, '/graphql');
    const token = tokenOf(request.headers.authorization);
    const isJson = body.length > 0 && gitRequest(method, path) === undefined;
    const seen: SeenRequest = {
      method,
      path,
      status: undefined,
      at: new Date(),
      by: identityOf(world, token),
    };
    if (isJson) seen.body = parsed(body);
    traffic.seen(seen);
    const told = (status: number | undefined) => traffic.answered(seen, status);
    const spoiled = (verdict: 'cut' | CannedResponse): Outcome =>
      verdict === 'cut' ? { how: 'cut', told } : { how: 'whole', reply: replyOf(verdict), told };
    const before = await traffic.interfere(seen, 'before');
    if (before === 'cut within') return spoiled('cut');
    if (before !== 'go on') return spoiled(before);
    let performed: Promise<Reply> | undefined;
    const truth = () => {
      performed ??= perform(request, seen, token);
      return performed;
    };
    const behind = await lagging.answer(seen, async () => asText(await truth()));
    const reply = behind ? replyOf(behind) : await truth();
    if (!behind) lagging.answered(seen, () => asText(reply));
    if (!behind && isBot(seen)) seen.objections = objectionsOf(seen, reply);
    const after = await traffic.interfere(seen, 'after');
    if (after === 'cut within') return { how: 'half', reply, told };
    if (after !== 'go on') return spoiled(after);
    return { how: 'whole', reply: remembers ? unlessKnown(request, token, reply) : reply, told };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const outcome = await answer({ method, url, headers, body: await bodyOf(request) }, true);
    if (outcome.how === 'half') return sendHalf(response, outcome.reply, () => outcome.told(undefined));
    if (outcome.how === 'whole') send(response, outcome.reply);
    else request.socket.destroy();
    outcome.told(outcome.how === 'whole' ? outcome.reply.status : undefined);
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // its sender died while sending
      console.error('the local GitHub failed on', request.method, request.url, error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });

  return async (request) => {
    const outcome = await answer(request, false);
    const reply = outcome.how === 'whole' ? outcome.reply : null;
    outcome.told(reply?.status);
    return reply;
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  return Buffer.concat(chunks);
}

type Outcome = { readonly told: (status: number | undefined) => void } & (
  | { readonly how: 'whole' | 'half'; readonly reply: Reply }
  | { readonly how: 'cut' }
);

/** The App under test, whose every request and answer is held against GitHub's description. */
const isBot = ({ by, path }: SeenRequest) =>
  (by.kind === 'app' || (by.kind === 'installation' && by.login.startsWith('planwright'))) && path !== '/graphql';

function objectionsOf({ method, path, body }: SeenRequest, reply: Reply): string[] {
  if (gitRequest(method, path)) return [];
  const matched = endpointOf(method, path);
  const answer = !matched || reply.status === 302 ? [] : objectionsToAnswer(matched.endpoint, reply.status, reply.json ?? null);
  return [...objectionsToRequest(method, path, body, matched), ...answer];
}

/**
 * Names what a read is answered with, and says no more than that nothing has changed to those who know that name. The token is part of it,
 * as on GitHub, where an installation's next token is told everything again.
 */
function unlessKnown(request: Incoming, token: string, reply: Reply): Reply {
  if (request.method !== 'GET' || reply.status !== 200 || !String(reply.headers['content-type']).startsWith('application/json'))
    return reply;
  const etag = `W/"${hash('sha1', token + reply.body)}"`;
  if (request.headers['if-none-match'] !== etag) return { ...reply, headers: { ...reply.headers, etag } };
  return { status: 304, headers: { etag }, body: '' };
}

export interface Reply {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string | Uint8Array;
  /** What `body` is the JSON of, where the reply is the emulator's or a route's. */
  json?: unknown;
}

export const textOf = (body: Reply['body']): string => (typeof body === 'string' ? body : Buffer.from(body).toString());

const asText = ({ status, headers, body }: Reply) => ({ status, headers: headers as Record<string, string>, body: textOf(body) });

function replyOf({ status, headers = {}, body }: CannedResponse): Reply {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json; charset=utf-8';
  return {
    status,
    headers: { 'content-type': type, ...headers },
    body: text,
    ...(typeof body === 'string' ? {} : { json: body }),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** The connection breaks when half of the answer has been sent. */
function sendHalf(response: ServerResponse, { status, headers, body: whole }: Reply, done: () => void): void {
  const body = Buffer.from(whole);
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), () => {
    response.destroy();
    done();
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return body.toString();
  }
}
