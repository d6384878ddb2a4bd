import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createProbot } from '../../../../src/adapters/github/client/create-probot.ts';
import type { Occurrence, SpanStart, Telemetry } from '../../../../src/ports/telemetry.ts';

let server: Server;
let octokit: Awaited<ReturnType<Awaited<ReturnType<typeof createProbot>>['auth']>>;
const told: Occurrence[] = [];
const spans: SpanStart[] = [];
const telemetry: Telemetry = {
  report: (what) => void told.push(what),
  span(start, run) {
    spans.push(start);
    return run({ set: () => {} });
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.endsWith('/gone')) return void request.socket.destroy();
    const limits = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4987', 'x-ratelimit-reset': '1795942000' };
    const status = request.url?.includes('missing') ? 404 : 200;
    const minted = { token: 'ghs_secret', expires_at: '2099-01-01T00:00:00Z', permissions: {} };
    response.writeHead(status, { 'content-type': 'application/json', 'x-ratelimit-resource': 'core', ...limits });
    response.end(JSON.stringify(request.url?.endsWith('/access_tokens') ? minted : {}));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const settings = {
    appId: 4711,
    privateKey: pem,
    webhookSecret: 'a secret for tests',
    logLevel: 'fatal',
    paced: false,
  } as const;
  const clock = { now: Date.now, sleep: async () => {} };
  octokit = await (await createProbot({ ...settings, apiUrl, telemetry }, clock)).auth(7);
});
afterAll(() => {
  server.close();
});

const at = { owner: 'acme', repo: 'rocket' };

it('reports the answer, what is left of the limit, and the template of the endpoint in place of its address', async () => {
  await octokit.request('GET /repos/{owner}/{repo}', at);
  told.length = 0;
  spans.length = 0;
  await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'src/secret.js' });
  const left = { installation: '7', resource: 'core', limit: 5000, remaining: 4987, reset: 1795942000 };
  expect(told).toEqual([{ kind: 'github_request', api: 'rest', method: 'GET', status: 200, ms: expect.any(Number), left }]);
  expect(spans[0]?.attributes).toEqual({ 'http.request.method': 'GET', 'url.template': '/repos/{owner}/{repo}/contents/{path}' });
});

it.each([
  ['a refusal', () => octokit.request('GET /repos/{owner}/{repo}/issues/missing', at), { api: 'rest', status: 404 }],
  ['no answer', () => octokit.request('POST /repos/{owner}/{repo}/gone', at), { api: 'rest', status: null, left: null }],
  ['a query', () => octokit.graphql('query { viewer { login } }'), { api: 'graphql', method: 'POST', status: 200 }],
  [
    'a token',
    () => octokit.request('POST /app/installations/{installation_id}/access_tokens', { installation_id: 7 }),
    { api: 'token', method: 'POST', status: 200 },
  ],
])('tells of %s', async (_, send, expected) => {
  told.length = 0;
  await send().catch(() => {});
  expect(told).toEqual([expect.objectContaining(expected)]);
});

it('knows no template of an address that is whole, as that of the next page is', async () => {
  spans.length = 0;
  await octokit.request('GET /repositories/1234/issues?page=2');
  expect(spans[0]?.attributes).toMatchObject({ 'url.template': null });
});
