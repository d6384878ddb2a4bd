import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Probot } from 'probot';
import { IntakeError } from '../ports/intake.ts';
import type { DeliveryOutcome, Exposition, Telemetry } from '../ports/telemetry.ts';
import { WEBHOOK_PATH } from '../settings/app-facts.ts';
import { happenedAt } from '../webhooks/happened-at.ts';
import { type Delivery, hasSignature, hasValidSignature, isEventName, readDelivery } from './delivery.ts';
import { createBodyReader } from './request-body.ts';

export interface ServerOptions {
  /** Its handlers verify nothing and enqueue; they are run by Probot's own `webhooks.receive`. */
  readonly probot: Pick<Probot, 'webhooks'>;
  readonly webhookSecret: string;
  /** Why no work can be taken on, in a sentence; null when it can. A throw is a reason without a sentence. */
  readonly notReady: () => string | null | Promise<string | null>;
  readonly telemetry: Pick<Telemetry, 'report'>;
  readonly metrics: Exposition;
  /** False: `/metrics` is not found here, because another server answers it. */
  readonly showMetrics?: boolean;
  readonly log: Logger;
  /** GitHub sends nothing over 25 MB. */
  readonly bodyLimitBytes?: number;
  readonly timeouts?: Partial<typeof TIMEOUTS>;
}

export interface Server {
  /** @throws when the address is in use or not ours. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Accepts no more deliveries, finishes those in flight, and after `graceMs` aborts the rest. Never throws. */
  close(graceMs: number): Promise<void>;
}

const BODY_LIMIT_BYTES = 25 * 1024 * 1024;

const TIMEOUTS = {
  /** The time within which the headers, and then the whole request, must arrive: a sender of one byte a second gets no further. */
  headersMs: 10_000,
  requestMs: 30_000,
  /** GitHub gives up after 10 s. A delivery that is not recorded until then is refused, so that it is sent again. */
  answerMs: 8_000,
  /** What comes while others have waited that long is refused at once: it would wait longer, and whoever waits costs time as well. */
  backlogMs: 4_000,
  /** How long a refused sender may continue to send; see `refuse`. */
  lingerMs: 2_000,
};

/** So many may wait for reasons of their own without the next one being refused for it. */
const STUCK_AT_MOST = 10;

/**
 * The bot's whole HTTP surface. It replaces Probot's server and middleware, because those read a body of any size before they check
 * its signature, answer a wrong signature with 400, an Octokit error inside a handler with that error's own status, and a signed
 * scalar with a crash; handlers, contexts and error logging stay Probot's, through `probot.webhooks.receive`.
 */
export function createServer(options: ServerOptions): Server {
  const {
    probot,
    webhookSecret,
    notReady,
    telemetry,
    metrics,
    showMetrics = true,
    log,
    bodyLimitBytes = BODY_LIMIT_BYTES,
  } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const bodies = createBodyReader({ limitBytes: bodyLimitBytes, allBytes: 4 * bodyLimitBytes });
  const inFlight = new Set<Promise<unknown>>();
  const unanswered = new Set<ServerResponse>();
  /** Senders that sent `Expect: 100-continue` and have no answer yet. */
  const asking = new WeakSet<IncomingMessage>();
  /** When each delivery that is not recorded yet was read, the oldest first. */
  const unrecorded = new Set<{ readonly since: number }>();
  let draining = false;

  const routes: Record<string, { methods: readonly string[]; answer: RequestListener }> = {
    [WEBHOOK_PATH]: { methods: ['POST'], answer: (request, response) => trackInFlight(takeDelivery(request, response)) },
    '/healthz': { methods: ['GET', 'HEAD'], answer: (_, response) => reply(response, 200, 'ok') },
    '/readyz': { methods: ['GET', 'HEAD'], answer: (_, response) => trackInFlight(answerReady(response)) },
    ...(showMetrics && {
      '/metrics': { methods: ['GET', 'HEAD'], answer: (_, response) => trackInFlight(answerMetrics(response)) },
    }),
  };

  const route: RequestListener = (request, response) => {
    if (draining) response.setHeader('connection', 'close');
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    // Parsed by hand: `new URL` throws on some targets that a client may send, and the query is irrelevant.
    const path = request.url?.split('?', 1)[0] ?? '';
    const found = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (!found) {
      refuse(request, response, 404, 'Not found.');
      return;
    }
    if (!found.methods.includes(request.method ?? '')) {
      response.setHeader('allow', found.methods.join(', '));
      refuse(request, response, 405, 'Method not allowed.');
      return;
    }
    found.answer(request, response);
  };

  function trackInFlight(work: Promise<void>): void {
    const guarded = work.catch((error) => log.error({ err: error }, 'A request could not be answered'));
    inFlight.add(guarded);
    void guarded.then(() => inFlight.delete(guarded));
  }

  async function takeDelivery(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAt = Date.now();
    const began = performance.now();
    /** `delivery`: where its signature was right. */
    const count = (outcome: DeliveryOutcome, delivery: Delivery | null = null) => {
      const at = delivery && happenedAt(delivery.name, delivery.payload);
      const lag = at === null ? null : Math.max(0, arrivedAt - at);
      telemetry.report({ kind: 'delivery', outcome, event: delivery?.name ?? null, ms: performance.now() - began, lag });
    };
    const turnAway = (outcome: DeliveryOutcome, status: number, reason: string) => {
      count(outcome);
      log.warn(
        { outcome, delivery: String(request.headers['x-github-delivery']).slice(0, 100) },
        `Refused a webhook delivery: ${reason}`,
      );
      refuse(request, response, status, reason);
    };
    if (draining) return turnAway('draining', 503, 'Shutting down.');
    if (bodies.announcesTooMuch(request)) return turnAway('too_large', 413, 'The body is too large.');
    if (!hasSignature(request.headers)) return turnAway('unsigned', 401, 'X-Hub-Signature-256 is missing or malformed.');

    if (hasBacklog()) return turnAway('busy', 503, 'Too many deliveries at once.');

    if (asking.delete(request)) response.writeContinue();
    const read = await bodies.withBody(request, (body) => answerDelivery(request, response, body, { turnAway, count }));
    if (read.ok) return;
    if (read.reason === 'cut_off') count('cut_off');
    else if (read.reason === 'busy') turnAway('busy', 503, 'Too many deliveries at once.');
    else turnAway('too_large', 413, 'The body is too large.');
  }

  function hasBacklog(): boolean {
    let waiting = 0;
    for (const { since } of unrecorded) {
      waiting += 1;
      if (waiting > STUCK_AT_MOST) return performance.now() - since > timeouts.backlogMs;
    }
    return false;
  }

  async function answerDelivery(
    { headers }: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    { turnAway, count }: Counting,
  ): Promise<void> {
    if (!hasValidSignature(headers, body, webhookSecret)) return turnAway('forged', 401, 'The signature does not match.');
    const delivery = readDelivery(headers, body);
    if (!delivery.ok) return turnAway('malformed', 400, delivery.reason);
    if (!isEventName(delivery.value.name)) {
      count('ignored', delivery.value);
      return reply(response, 202, 'ignored');
    }
    const waiting = { since: performance.now() };
    unrecorded.add(waiting);
    // Not recorded yet, so it must not be taken for accepted; where it is recorded after all, the redelivery finds it.
    const late = setTimeout(() => {
      unrecorded.delete(waiting);
      count('late', delivery.value);
      log.warn({ outcome: 'late', delivery: delivery.value.id }, 'A webhook delivery was not recorded in time, and is refused');
      reply(response, 503, 'Not recorded in time: send it again.');
    }, timeouts.answerMs).unref();
    try {
      // The verified bytes are parsed once, here. `verifyAndReceive` would hash and parse them again, and mixes its own 400s with
      // whatever status a handler's error carries. The payload is as GitHub signed it, which its type cannot say.
      await probot.webhooks.receive(delivery.value as unknown as Parameters<typeof probot.webhooks.receive>[0]);
      if (!response.headersSent) count('accepted', delivery.value);
      reply(response, 200, 'ok');
    } catch (error) {
      // Probot has logged it. The sender is not told what went wrong; 500 and 503 mark the delivery for another attempt.
      if (!response.headersSent && isUnrecorded(error)) {
        count('late', delivery.value);
        return reply(response, 503, 'Not recorded in time: send it again.');
      }
      if (!response.headersSent) count('failed', delivery.value);
      reply(response, 500, 'A handler failed.');
    } finally {
      unrecorded.delete(waiting);
      clearTimeout(late);
    }
  }

  async function answerReady(response: ServerResponse): Promise<void> {
    const why = draining
      ? 'Shutting down.'
      : await Promise.resolve()
          .then(notReady)
          .catch(() => '');
    reply(response, why === null ? 200 : 503, why === null ? 'ready' : why === '' ? 'not ready' : `not ready: ${why}`);
  }

  async function answerMetrics(response: ServerResponse): Promise<void> {
    const { contentType, text } = await metrics.expose();
    reply(response, 200, text, contentType);
  }

  /**
   * Answers at once, whatever is still being sent. Closing a connection with unread bytes resets it, and the sender may never see
   * why: so the rest is discarded, unbuffered, until the sender stops or `lingerMs` are over.
   */
  function refuse(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
    if (request.complete || asking.has(request)) {
      reply(response, status, reason);
      return;
    }
    response.setHeader('connection', 'close');
    writeHead(response, status, reason);
    response.write(reason);
    const timer = setTimeout(() => request.socket.destroy(), timeouts.lingerMs);
    request.once('end', () => response.end());
    request.once('close', () => clearTimeout(timer));
    request.resume();
  }

  const http = createHttpServer(
    {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      // Node checks the two timeouts above only this often; its default is 30 s.
      connectionsCheckingInterval: Math.min(1000, timeouts.headersMs),
      // Longer than the usual 60 s of a reverse proxy, which otherwise reuses a connection just as it is closed.
      keepAliveTimeout: 65_000,
    },
    route,
  );
  // Without a listener Node automatically answers "100 Continue", before anything was checked.
  http.on('checkContinue', (request, response) => {
    asking.add(request);
    route(request, response);
  });
  http.maxConnections = 1000;

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        http.once('error', reject);
        http.listen(port, host, () => {
          http.off('error', reject);
          resolve(http.address() as AddressInfo);
        });
      }),
    async close(graceMs) {
      draining = true;
      // An answered connection that is kept alive would hold the server open.
      for (const response of unanswered) if (!response.headersSent) response.setHeader('connection', 'close');
      const closed = new Promise((resolve) => http.close(resolve));
      const grace = new AbortController();
      const over = delay(graceMs, undefined, { signal: grace.signal }).catch(() => {});
      // Handlers first: one that answered late is still at work without a connection.
      await Promise.race([
        Promise.all(inFlight)
          .then(() => http.closeIdleConnections())
          .then(() => closed),
        over,
      ]);
      grace.abort();
      inFlight.clear();
      http.closeAllConnections();
    },
  };
}

/** Probot gathers what its handlers throw. */
const isUnrecorded = (error: unknown): boolean =>
  error instanceof IntakeError || (error instanceof AggregateError && error.errors.some(isUnrecorded));

interface Counting {
  turnAway(outcome: DeliveryOutcome, status: number, reason: string): void;
  count(outcome: DeliveryOutcome, delivery: Delivery): void;
}

function reply(response: ServerResponse, status: number, text: string, contentType?: string): void {
  if (response.headersSent) return;
  writeHead(response, status, text, contentType);
  response.end(text);
}

function writeHead(response: ServerResponse, status: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
}
