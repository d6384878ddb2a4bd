import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import { createMetrics } from '../../src/adapters/telemetry/metrics.ts';
import type { Signal } from '../../src/domain/task/signal.ts';
import { createServer, type Server } from '../../src/http/server.ts';
import { SILENT } from '../../src/ports/telemetry.ts';
import { WEBHOOK_PATH } from '../../src/settings/app-facts.ts';
import { type Receivers, receiveWebhooks } from '../../src/webhooks/receive.ts';

const SECRET = 'a secret of the webhook';
const EVENTS = [
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'check_run',
  'check_suite',
  'status',
  'push',
  'repository',
];

let server: Server;
let url: string;
const signals: Signal[] = [];
beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const log = pino({ level: 'silent' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const probot = await new Probot({ appId: 1, privateKey: key, secret: SECRET, log }).ready();
  // Whatever else a payload led to would fail, and be answered with 500.
  const workflows = { accept: async (_: unknown, signal: Signal) => void signals.push(signal) };
  receiveWebhooks(probot, { appId: 1, slug: () => null, isServed: () => true, workflows } as unknown as Receivers);
  server = createServer({
    probot,
    webhookSecret: SECRET,
    notReady: () => null,
    telemetry: SILENT,
    metrics: createMetrics(),
    log,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${port}${WEBHOOK_PATH}`;
});
afterAll(() => server.close(1000));

const statusOf = (event: string, payload: unknown): Promise<number> => statusOfBody(event, JSON.stringify(payload));

async function statusOfBody(event: string, body: string): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': 'd-1',
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  };
  return (await fetch(url, { method: 'POST', body, headers })).status;
}

test.each(EVENTS)(
  'a signed %s without what it is about is not answered as a failure, which would only be sent again',
  async (event) => {
    const installation = { id: 7 };
    const repository = { name: 'shop', owner: { login: 'olga' } };
    for (const action of ['submitted', 'created', 'completed', 'labeled', 'opened', 'renamed'])
      for (const payload of [{}, { action }, { action, installation, repository, review: null, pull_request: null, issue: null }])
        expect([payload, await statusOf(event, payload)]).toEqual([payload, 200]);
    expect(signals.splice(0)).toEqual([]);
  },
);

test.each([null, '', undefined])('a review whose text is %j is one like any other', async (body) => {
  const head = { ref: 'planwright/issue-3/plan', repo: { full_name: 'olga/shop' } };
  const status = await statusOf('pull_request_review', {
    action: 'submitted',
    review: { id: 1, node_id: 'R', body, state: 'approved', submitted_at: null },
    pull_request: { number: 4, head, updated_at: '' },
    repository: { name: 'shop', full_name: 'olga/shop', owner: { login: 'olga' } },
    installation: { id: 7 },
    sender: { login: 'wanda', type: 'User' },
  });
  expect(status).toBe(200);
  expect(signals.splice(0)).toEqual([{ kind: 'approved', by: 'wanda', on: 4, review: 1 }]);
});

test.each(['null', '', '[]', '"text"'])('a signed delivery whose whole body is %j is refused, not failed', async (body) => {
  expect(await statusOfBody('pull_request_review', body)).toBe(400);
});
