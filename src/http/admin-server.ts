import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { DashboardAnswer, DashboardRequest } from '../dashboard/answers.ts';
import type { Exposition } from '../ports/telemetry.ts';

export interface AdminServer {
  /** @throws when the address is in use or not ours. */
  listen(port: number, host: string): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** Answers what it knows, and null for every other path. */
export type Pages = (request: DashboardRequest) => Promise<DashboardAnswer | null>;

/** A form of the dashboard has a few fields. */
const FORM_MAX_BYTES = 8_192;

/** The pages that only the operator's people see, on an address of their own: `/metrics`, and the dashboard behind a sign-in. */
export function createAdminServer(metrics: Exposition, pages: Pages, log: Logger): AdminServer {
  const http = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request to the operator’s pages could not be answered');
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('Something went wrong. The log has the reason.');
    });
  });
  http.maxConnections = 200;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (path === '/metrics') {
      if (!isRead) return text(response, 405, 'Method not allowed.');
      const { contentType, text: exposed } = await metrics.expose();
      return send(request, response, {
        status: 200,
        headers: { 'content-type': contentType, 'cache-control': 'no-store' },
        body: exposed,
      });
    }
    const made = await pages({
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      address: request.socket.remoteAddress ?? '',
      form: () => formOf(request),
    });
    return made === null ? text(response, 404, 'Not found.') : send(request, response, made);
  }

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        http.once('error', reject);
        http.listen(port, host, () => {
          http.off('error', reject);
          resolve(http.address() as AddressInfo);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: DashboardAnswer): void {
  // What was not read of a body must not be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) } as Record<
    string,
    string | string[] | number
  >);
  response.end(request.method === 'HEAD' || status === 304 ? undefined : body);
}

function text(response: ServerResponse, status: number, said: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(said);
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > FORM_MAX_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    // It was broken off.
    return null;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
