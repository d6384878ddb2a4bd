// The one HTTP port: REST at /api/v3/* and at /*, git at /OWNER/REPO.git; every request is seen, may be held or spoiled, and is
// told whose token it carries before the emulator gets it.
import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { objection } from './access.ts';
import { branchesMoved } from './branches.ts';
import { endpointOf, objectionsToAnswer, objectionsToRequest } from './description/description.ts';
import { gitRequest, serveGit } from './git-http.ts';
import { lengthenToken } from './installations.ts';
import { corrected } from './json.ts';
import type { Lagging } from './lagging.ts';
import { byName, movedTo } from './renames.ts';
import type { CannedResponse, Identity, SeenRequest, Traffic } from './traffic.ts';
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

/** Answers requests on `server` until it is closed. */
export function serve(server: Server, world: World, traffic: Traffic, lagging: Lagging): void {
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

  async function perform(request: IncomingMessage, seen: SeenRequest, token: string, body: Buffer): Promise<Reply> {
    if (seen.by.kind === 'unknown token') return replyOf({ status: 401, body: { message: 'Bad credentials' } });
    const elsewhere = movedTo(world, seen.path);
    if (elsewhere) {
      const status = seen.method === 'GET' ? 301 : 307;
      return replyOf({ status, headers: { location: elsewhere }, body: { message: 'Moved Permanently', url: elsewhere } });
    }
    const path = byName(world, seen.path);
    const git = gitRequest(seen.method, path);
    if (git) return performGit(request, git, token, body);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value));
    if (token && seen.by.kind !== 'app') headers.set('authorization', alias(token));
    const bodyless = seen.method === 'GET' || seen.method === 'HEAD' || body.length === 0;
    const inner = await world.emulator.app.fetch(
      new Request(world.url + path, { method: seen.method, headers, ...(bodyless ? {} : { body: new Uint8Array(body) }) }),
    );
    let bytes = Buffer.from(await inner.arrayBuffer());
    const outHeaders = Object.fromEntries(inner.headers);
    if (inner.headers.get('content-type')?.startsWith('application/json') && bytes.length) {
      const json = corrected(world, JSON.parse(bytes.toString()) as Json);
      bytes = Buffer.from(JSON.stringify(seen.path.endsWith('/access_tokens') ? lengthenToken(world, json) : json));
    }
    return { status: inner.status, headers: outHeaders, body: bytes };
  }

  async function performGit(
    request: IncomingMessage,
    git: NonNullable<ReturnType<typeof gitRequest>>,
    token: string,
    body: Buffer,
  ): Promise<Reply> {
    const repo = repositoryNamed(world.tables, git.fullName);
    const holder = world.emulator.tokens.get(token);
    const pushes = git.service === 'git-receive-pack';
    const refusal = repo && objection(world, repo, holder, pushes ? 'POST' : 'GET', '/git/refs');
    if (!repo || refusal) {
      const status = token === '' ? 401 : (refusal?.status ?? 404);
      const headers = { 'www-authenticate': 'Basic realm="GitHub"' };
      return replyOf({ status, headers, body: refusal?.message ?? 'Not Found' });
    }
    const served = await serveGit(world.git.dirOf(repo), git, request, body);
    const moves = pushes && git.path === git.service ? await world.git.adopt(repo) : [];
    if (moves.length) await branchesMoved(world, repo, moves, actorOf(world.tables, holder));
    return served;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql/, '/graphql');
    const token = tokenOf(request.headers.authorization);
    const body = Buffer.concat(await request.toArray());
    const isJson = body.length > 0 && gitRequest(request.method ?? 'GET', path) === undefined;
    const seen: SeenRequest = {
      method: request.method ?? 'GET',
      path,
      status: undefined,
      at: new Date(),
      by: identityOf(world, token),
    };
    if (isJson) seen.body = parsed(body);
    traffic.seen(seen);
    const spoil = (verdict: 'cut' | CannedResponse) => {
      if (verdict === 'cut') request.socket.destroy();
      else send(response, replyOf(verdict));
      traffic.answered(seen, verdict === 'cut' ? undefined : verdict.status);
    };
    const before = await traffic.interfere(seen, 'before');
    if (before === 'cut within') return spoil('cut');
    if (before !== 'go on') return spoil(before);
    let performed: Promise<Reply> | undefined;
    const truth = () => {
      performed ??= perform(request, seen, token, body);
      return performed;
    };
    const behind = await lagging.answer(seen, async () => asText(await truth()));
    const reply = behind ? replyOf(behind) : await truth();
    if (!behind) lagging.answered(seen, asText(reply));
    if (!behind && isBot(seen)) seen.objections = objectionsOf(seen, reply);
    const after = await traffic.interfere(seen, 'after');
    if (after === 'cut within') return sendHalf(response, reply, () => traffic.answered(seen, undefined));
    if (after !== 'go on') return spoil(after);
    send(response, unlessKnown(request, token, reply));
    traffic.answered(seen, response.statusCode);
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // its sender died while sending
      console.error('the local GitHub failed on', request.method, request.url, error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
}

/** The App under test, whose every request and answer is held against GitHub's description. */
const isBot = ({ by, path }: SeenRequest) =>
  (by.kind === 'app' || (by.kind === 'installation' && by.login.startsWith('planwright'))) && path !== '/graphql';

function objectionsOf({ method, path, body }: SeenRequest, reply: Reply): string[] {
  if (gitRequest(method, path)) return [];
  const endpoint = endpointOf(method, path)?.endpoint;
  const json = String(reply.headers['content-type']).startsWith('application/json') ? parsed(reply.body) : null;
  const answer = endpoint === undefined || reply.status === 302 ? [] : objectionsToAnswer(endpoint, reply.status, json);
  return [...objectionsToRequest(method, path, body), ...answer];
}

/**
 * Names what a read is answered with, and says no more than that nothing has changed to those who know that name. The token is part of it,
 * as on GitHub, where an installation's next token is told everything again.
 */
function unlessKnown(request: IncomingMessage, token: string, reply: Reply): Reply {
  if (request.method !== 'GET' || reply.status !== 200 || !String(reply.headers['content-type']).startsWith('application/json'))
    return reply;
  const etag = `W/"${createHash('sha256').update(token).update(reply.body).digest('hex')}"`;
  if (request.headers['if-none-match'] !== etag) return { ...reply, headers: { ...reply.headers, etag } };
  return { status: 304, headers: { etag }, body: Buffer.alloc(0) };
}

interface Reply {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

const asText = ({ status, headers, body }: Reply) => ({
  status,
  headers: headers as Record<string, string>,
  body: body.toString('utf8'),
});

function replyOf({ status, headers = {}, body }: CannedResponse): Reply {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json; charset=utf-8';
  return { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(text) };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** The connection breaks when half of the answer has been sent. */
function sendHalf(response: ServerResponse, { status, headers, body }: Reply, done: () => void): void {
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
