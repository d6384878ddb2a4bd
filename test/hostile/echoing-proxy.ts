import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a service and, when it refuses, says back what it was sent, as debugging servers and proxies of companies do. */
export interface EchoingProxy {
  readonly url: string;
  /** Every credential that came through, in all its forms. */
  readonly credentials: ReadonlySet<string>;
  /** From now on requests for which it names a status are refused with it; the others go through. */
  refuse(when: (request: IncomingMessage) => number | null): void;
  close(): void;
}

interface ProxyOptions {
  /** Seconds, said with each refusal. */
  readonly retryAfter?: number;
  /** Called with each request before it goes on, while whoever sent it waits. */
  readonly seen?: (request: IncomingMessage) => void;
}

export async function startEchoingProxy(target: string, { retryAfter = 0, seen }: ProxyOptions = {}): Promise<EchoingProxy> {
  const credentials = new Set<string>();
  let refusal: (request: IncomingMessage) => number | null = () => null;

  const server = createServer((request, response) => {
    collect(request, credentials);
    seen?.(request);
    const status = refusal(request);
    if (status === null) passOn(target, request, response);
    else void echo(request, response, { status, retryAfter });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    refuse(when) {
      refusal = when;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function collect({ headers }: IncomingMessage, credentials: Set<string>): void {
  const [, ...said] = /^(?:\w+ )?(.+)$/.exec(headers.authorization ?? '') ?? [];
  for (const value of [...said, headers['x-api-key']]) {
    if (typeof value !== 'string') continue;
    credentials.add(value);
    const [, password] = /^x-access-token:(.+)$/.exec(Buffer.from(value, 'base64').toString()) ?? [];
    if (password) credentials.add(password);
  }
}

interface Refusal {
  readonly status: number;
  readonly retryAfter: number;
}

async function echo(request: IncomingMessage, response: ServerResponse, { status, retryAfter }: Refusal): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  // What a message is cut to should still hold them.
  const { authorization = '', 'x-api-key': key = '' } = request.headers;
  const sent = [key, authorization, ...request.rawHeaders].join(' ');
  const message = `Refused ${request.method} ${request.url}. You sent: ${sent}`;
  const body = {
    message,
    error: { message, type: 'echo', code: status, status: 'ECHO' },
    errors: [{ message }],
    headers: request.headers,
  };
  response.writeHead(status, {
    'content-type': 'application/json',
    'retry-after': String(retryAfter),
    'x-should-retry': 'false',
  });
  response.end(JSON.stringify(body));
}

function passOn(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { hostname, port, host, pathname } = new URL(target);
  const path = `${pathname.replace(/\/$/, '')}${request.url}`;
  const outgoing = forward({ hostname, port, path, method: request.method, headers: { ...request.headers, host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
}
