import { createHmac, generateKeyPairSync } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import { createMetrics } from '../../src/adapters/telemetry/metrics.ts';
import { createAdminServer } from '../../src/http/admin-server.ts';
import { createServer, type Server, type ServerOptions } from '../../src/http/server.ts';
import { IntakeError } from '../../src/ports/intake.ts';
import { WEBHOOK_PATH } from '../../src/settings/app-facts.ts';

const SECRET = 'a secret of the webhook';
const LIMIT = 200_000;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const log = pino({ level: 'silent' });

/** Settled from outside, so that a test says when something happens instead of waiting for it. */
function signal<T = void>() {
  let fire: (value: T) => void = () => {};
  const fired = new Promise<T>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}

let probot: Probot;
let server: Server;
let base: string;
let address: AddressInfo;
let seen: { id: string; name: string; payload: unknown }[];

async function start(options: Partial<ServerOptions> = {}) {
  const metrics = createMetrics();
  server = createServer({
    probot,
    webhookSecret: SECRET,
    notReady: () => null,
    telemetry: metrics,
    metrics,
    log,
    bodyLimitBytes: LIMIT,
    ...options,
  });
  address = await server.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${address.port}`;
}

beforeEach(async () => {
  probot = await new Probot({ appId: 1, privateKey: key, secret: SECRET, log }).ready();
  seen = [];
  probot.onAny(async (context) => {
    seen.push({ id: context.id, name: context.name, payload: context.payload });
  });
  await start();
});
afterEach(() => server.close(1000));

const sign = (body: string | Buffer, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

function deliver(body: string, headers: Record<string, string | null> = {}) {
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': 'd-1',
    'x-hub-signature-256': sign(body),
    ...headers,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  return fetch(base + WEBHOOK_PATH, { method: 'POST', body, headers: sent });
}

const deliveries = async (outcome: string) => {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(new RegExp(`deliveries_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
};

/** A raw connection; resolves to all that came back when the server closes it. */
function rawConnection(text: string): { socket: Socket; reply: Promise<string> } {
  const socket = connect(address.port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (data) => {
    received += data;
  });
  socket.on('error', () => {});
  socket.write(text);
  return { socket, reply: new Promise((resolve) => socket.on('close', () => resolve(received))) };
}

describe('what arrives at Probot', () => {
  test('a signed delivery, with its id, name and payload, as a Context with a log and an octokit', async () => {
    const context = signal<object>();
    probot.on('issues.opened', async (c) => context.fire(c));
    const response = await deliver('{"action":"opened","issue":{"title":"Grüße 🎉"}}');
    expect(response.status).toBe(200);
    expect(seen).toEqual([{ id: 'd-1', name: 'issues', payload: { action: 'opened', issue: { title: 'Grüße 🎉' } } }]);
    expect(await context.fired).toHaveProperty('octokit');
    expect(await deliveries('accepted')).toBe(1);
  });

  test('a body in many chunks, up to the very limit', async () => {
    const body = JSON.stringify({ fill: 'x'.repeat(LIMIT - '{"fill":""}'.length) });
    const chunks = body.match(/.{1,777}/g) ?? [];
    const response = await fetch(base + WEBHOOK_PATH, {
      method: 'POST',
      body: Readable.toWeb(Readable.from(chunks.map((c) => Buffer.from(c)))) as ReadableStream,
      duplex: 'half',
      headers: { 'x-github-event': 'push', 'x-github-delivery': 'd-2', 'x-hub-signature-256': sign(body) },
    } as RequestInit);
    expect(response.status).toBe(200);
    expect(seen.map(({ id }) => id)).toEqual(['d-2']);
  });

  test('a secret that Probot does not share makes no difference: the server has verified', async () => {
    await server.close(1000);
    await start({ webhookSecret: 'another secret, this one' });
    expect((await deliver('{}')).status).toBe(401);
    expect((await deliver('{}', { 'x-hub-signature-256': sign('{}', 'another secret, this one') })).status).toBe(200);
  });
});

describe('what does not', () => {
  const refused: [string, string, Record<string, string | null>, number, string][] = [
    ['no signature', '{}', { 'x-hub-signature-256': null }, 401, 'unsigned'],
    ['an empty signature', '{}', { 'x-hub-signature-256': '' }, 401, 'unsigned'],
    ['a signature of SHA-1', '{}', { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }, 401, 'unsigned'],
    ['a signature with another secret', '{}', { 'x-hub-signature-256': sign('{}', 'development') }, 401, 'forged'],
    ['a signature of another body', '{}', { 'x-hub-signature-256': sign('{ }') }, 401, 'forged'],
    ['an empty body with no right signature', '', { 'x-hub-signature-256': sign('x') }, 401, 'forged'],
    ['signed, but not JSON', 'payload=%7B%7D', {}, 400, 'malformed'],
    ['signed, but empty', '', {}, 400, 'malformed'],
    ['signed, but a number', '5', {}, 400, 'malformed'],
    ['signed, but null', 'null', {}, 400, 'malformed'],
    ['signed, but a list', '[]', {}, 400, 'malformed'],
    ['signed, without an event', '{}', { 'x-github-event': null }, 400, 'malformed'],
    ['signed, with an event that is no name', '{}', { 'x-github-event': '__proto__' }, 400, 'malformed'],
    ['signed, without an id', '{}', { 'x-github-delivery': null }, 400, 'malformed'],
  ];
  test.each(refused)('%s', async (_, body, headers, status, outcome) => {
    const response = await deliver(body, headers);
    expect(response.status).toBe(status);
    expect(seen).toEqual([]);
    expect(await deliveries(outcome)).toBe(1);
  });

  test('signed bytes that are not UTF-8', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'd', 'x-hub-signature-256': sign(body) };
    expect((await fetch(base + WEBHOOK_PATH, { method: 'POST', body, headers })).status).toBe(400);
  });

  test.each(['not_invented_yet', 'constructor', 'error', 'ping'])(
    'the event "%s" is answered and is nobody\'s error',
    async (name) => {
      const errors: unknown[] = [];
      probot.onError((error) => void errors.push(error));
      expect((await deliver('{"a":1}', { 'x-github-event': name })).ok).toBe(true);
      expect(errors).toEqual([]);
    },
  );
});

describe('handlers', () => {
  test('one that throws is a 500 that tells nothing', async () => {
    probot.on('issues', () => {
      throw Object.assign(new Error('token ghs_abc'), { status: 404 });
    });
    const response = await deliver('{}');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('ghs_abc');
    expect(await deliveries('failed')).toBe(1);
  });

  test('one that the store cannot record in time: GitHub is told to send it again', async () => {
    probot.on('issues', () => {
      throw new IntakeError('The database did not record it');
    });
    const response = await deliver('{}');
    expect(response.status).toBe(503);
    expect(await deliveries('late')).toBe(1);
    expect(await deliveries('failed')).toBe(0);
  });

  test('one that comes while many wait is refused at once, and the next one after them is taken', async () => {
    await server.close(1000);
    await start({ timeouts: { backlogMs: 0 } });
    const release = signal();
    const stuck = 10;
    let begun = 0;
    probot.on('issues', async () => {
      begun += 1;
      await release.fired;
    });
    const waiting = Array.from({ length: stuck }, () => deliver('{}'));
    while (begun < stuck) await setImmediate();
    // Ten may be stuck for reasons of their own.
    waiting.push(deliver('{}'));
    while (begun === stuck) await setImmediate();
    const refused = await deliver('{}');
    expect([refused.status, await refused.text()]).toEqual([503, 'Too many deliveries at once.']);
    expect(await deliveries('busy')).toBe(1);
    expect(begun).toBe(stuck + 1);
    release.fire();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200));
    expect((await deliver('{}')).status).toBe(200);
  });

  test('a slow one: GitHub is told in time to send it again, the work goes on, and close waits for it', async () => {
    await server.close(1000);
    await start({ timeouts: { answerMs: 1 } });
    const [begun, work] = [signal(), signal()];
    let done = false;
    probot.on('issues', async () => {
      begun.fire();
      await work.fired;
      done = true;
    });
    expect((await deliver('{}')).status).toBe(503);
    expect(await deliveries('late')).toBe(1);
    await begun.fired;
    const closing = server.close(60_000);
    expect(done).toBe(false);
    work.fire();
    await closing;
    expect(done).toBe(true);
  });
});

describe('bodies over the limit', () => {
  test('announced: refused before a byte of it was sent', async () => {
    const { reply, socket } = rawConnection(
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: ${sign('')}\r\ncontent-length: ${LIMIT + 1}\r\n\r\n`,
    );
    socket.once('data', () => socket.end());
    expect(await reply).toMatch(/^HTTP\/1.1 413 /);
    expect(await deliveries('too_large')).toBe(1);
  });

  test('announced by a sender that asks first: it is never told to continue', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { expect: '100-continue', 'content-length': LIMIT + 1, 'x-hub-signature-256': sign('') };
      const request = httpRequest(base + WEBHOOK_PATH, { method: 'POST', headers });
      request.on('continue', () => reject(new Error('was told to continue')));
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.flushHeaders();
    });
    expect(status).toBe(413);
  });

  test('within the limit, a sender that asks first is told to continue', async () => {
    const status = await new Promise((resolve) => {
      const headers = {
        expect: '100-continue',
        'x-github-event': 'push',
        'x-github-delivery': 'd',
        'x-hub-signature-256': sign('{}'),
      };
      const request = httpRequest(base + WEBHOOK_PATH, { method: 'POST', headers });
      request.on('continue', () => request.end('{}'));
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.flushHeaders();
    });
    expect(status).toBe(200);
  });

  test('in chunks: cut at the limit, and the sender still reads why', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 50_000;
        this.push(Buffer.alloc(50_000, 'x'));
      },
    });
    const status = await new Promise((resolve) => {
      const request = httpRequest(base + WEBHOOK_PATH, { method: 'POST', headers: { 'x-hub-signature-256': sign('') } });
      request.on('error', () => {});
      request.on('response', (response) => {
        endless.destroy();
        request.destroy();
        resolve(response.statusCode);
      });
      endless.pipe(request);
    });
    expect(status).toBe(413);
    expect(sent).toBeGreaterThan(LIMIT);
  });

  test('a sender that hangs up in the middle is counted and leaves nothing behind', async () => {
    const { socket, reply } = rawConnection(
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: ${sign('')}\r\ncontent-length: 10\r\n\r\nabc`,
    );
    socket.end();
    await reply;
    let cutOff = 0;
    while (cutOff === 0) cutOff = await deliveries('cut_off');
    expect(cutOff).toBe(1);
  });

  test('all bodies in memory together are bounded too', async () => {
    await server.close(1000);
    await start({ bodyLimitBytes: 1000 });
    const part = `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: ${sign('')}\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(999)}`;
    const held = Array.from({ length: 5 }, () => rawConnection(part));
    // Which of the five is one too many is up to the system.
    const first = await Promise.race(held.map(({ socket }) => new Promise((resolve) => socket.once('data', resolve))));
    expect(first).toMatch(/^HTTP\/1.1 503 /);
    for (const { socket } of held) socket.destroy();
    await Promise.all(held.map(({ reply }) => reply));
    let status = 0;
    while (status !== 200) status = (await deliver('{}')).status;
  });
});

describe('the rest of the surface', () => {
  const routes: [string, string, number][] = [
    ['GET', '/healthz', 200],
    ['HEAD', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/readyz?verbose', 200],
    ['GET', '/metrics', 200],
    ['GET', WEBHOOK_PATH, 405],
    ['DELETE', '/healthz', 405],
    ['POST', '/metrics', 405],
    ['POST', `${WEBHOOK_PATH}/`, 404],
    ['GET', '/', 404],
    ['GET', '/probot', 404],
    ['POST', '/probot/import', 404],
    ['GET', '/constructor', 404],
    ['GET', '/%ff', 404],
    ['GET', '//', 404],
  ];
  test.each(routes)('%s %s: %i', async (method, path, status) => {
    const response = await fetch(base + path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.has('allow')).toBe(status === 405);
  });

  test.each([
    ['a reason', () => 'database gone'],
    ['a rejection', () => Promise.reject(new Error('database gone'))],
    [
      'a throw',
      () => {
        throw new Error('database gone');
      },
    ],
  ])('not ready on %s', async (kind, notReady) => {
    await server.close(1000);
    await start({ notReady });
    const answer = await fetch(`${base}/readyz`);
    expect(answer.status).toBe(503);
    // What was thrown may hold anything; only a sentence meant for the operator is shown.
    expect(await answer.text()).toBe(kind === 'a reason' ? 'not ready: database gone' : 'not ready');
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
  });

  test('metrics that answer elsewhere are not found here', async () => {
    await server.close(1000);
    await start({ showMetrics: false });
    expect((await fetch(`${base}/metrics`)).status).toBe(404);
    const admin = createAdminServer(createMetrics(), async () => null, log);
    const { port } = await admin.listen(0, '127.0.0.1');
    const there = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${there}/metrics`)).text()).toContain('process_resident_memory_bytes');
    expect((await fetch(`${there}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${there}${WEBHOOK_PATH}`, { method: 'POST' })).status).toBe(404);
    await admin.close();
  });

  test('metrics of the process are there', async () => {
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('process_resident_memory_bytes');
  });

  test('a port that is taken is an error, not a hang', async () => {
    await expect(server.listen(address.port, '127.0.0.1')).rejects.toThrow();
  });
});

describe('slow senders are cut off', () => {
  test.each([
    ['in the headers', `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-`],
    ['in the body', `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: ${sign('')}\r\ncontent-length: 9\r\n\r\n{`],
  ])('%s', async (_, text) => {
    await server.close(1000);
    await start({ timeouts: { headersMs: 20, requestMs: 40 } });
    expect(await rawConnection(text).reply).toMatch(/^(HTTP\/1.1 408 |$)/);
  });

  test('and so is one that goes on sending after it was refused', async () => {
    await server.close(1000);
    await start({ timeouts: { lingerMs: 20 } });
    const { reply } = rawConnection(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n`);
    expect(await reply).toMatch(/^HTTP\/1.1 401 /);
  });
});

describe('closing', () => {
  test('finishes what is in hand, refuses what comes on open connections, and frees the port', async () => {
    const [begun, work] = [signal(), signal()];
    probot.on('issues', async () => {
      begun.fire();
      await work.fired;
    });
    const body = '{}';
    const head = (event: string) =>
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\nx-github-event: ${event}\r\nx-github-delivery: d\r\nx-hub-signature-256: ${sign(body)}\r\ncontent-length: 2\r\n\r\n`;
    // A second connection is in the middle of a request when the drain begins.
    const late = rawConnection(head('push'));
    const answer = deliver(body);
    await begun.fired;
    const closing = server.close(60_000);
    await expect(fetch(`${base}/healthz`)).rejects.toThrow();
    late.socket.write(body);
    work.fire();
    expect((await answer).status).toBe(200);
    expect(await late.reply).toMatch(/^HTTP\/1.1 200 /);
    await closing;
    expect(seen.map(({ name }) => name).sort()).toEqual(['issues', 'push']);
  });

  test('is over after the grace, whatever hangs', async () => {
    const begun = signal();
    probot.on('issues', async () => {
      begun.fire();
      await new Promise(() => {});
    });
    const answer = deliver('{}').catch(() => 'cut');
    await begun.fired;
    await server.close(10);
    expect(await answer).toBe('cut');
  });
});
