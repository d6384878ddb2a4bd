// A network as companies have it: names that only a proxy knows, and certificates of an authority that only they trust.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

export interface PrivateNetwork {
  /** For HTTPS_PROXY. */
  readonly proxyUrl: string;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
  /** `METHOD https://host/path` of each request that came through. */
  readonly requests: readonly string[];
  close(): void;
}

/** @param hosts where requests to each name end up: `{ 'github.internal.example': 'http://127.0.0.1:1234' }`. */
export async function startPrivateNetwork(hosts: Readonly<Record<string, string>>): Promise<PrivateNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'private-network-'));
  const { key, cert, authority } = certificatesFor(Object.keys(hosts), folder);
  const requests: string[] = [];

  const front = createTlsServer({ key, cert }, (request, response) => {
    const host = request.headers.host ?? '';
    requests.push(`${request.method} https://${host}${request.url}`);
    const target = new URL(request.url ?? '/', hosts[host]);
    const passed = httpRequest(
      target,
      { method: request.method, headers: { ...request.headers, host: target.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await listening(front);

  const tunnels = new Set<Duplex>();
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket) => {
    const name = (request.url ?? '').replace(/:443$/, '');
    if (!Object.hasOwn(hosts, name)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const tunnel = connect(portOf(front), '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    socket.pipe(tunnel).pipe(socket);
    for (const end of [socket, tunnel]) {
      tunnels.add(end);
      end.on('error', () => socket.destroy() && tunnel.destroy());
    }
  });
  await listening(proxy);

  return {
    proxyUrl: `http://127.0.0.1:${portOf(proxy)}`,
    authority,
    requests,
    close() {
      for (const server of [front, proxy]) {
        server.close();
        server.closeAllConnections();
      }
      for (const end of tunnels) end.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function certificatesFor(names: readonly string[], folder: string) {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=An authority of our own',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  openssl('req', ...newKey, '-subj', `/CN=${names[0]}`, '-keyout', at('key.pem'), '-out', at('request.pem'));
  writeFileSync(at('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('names')];
  openssl('x509', '-req', '-in', at('request.pem'), ...signed, '-out', at('cert.pem'));
  return { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')), authority: at('ca.pem') };
}
