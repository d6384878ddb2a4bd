import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import { createMetrics } from '../../src/http/metrics.ts';
import { createServer, type Server } from '../../src/http/server.ts';
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
beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const log = pino({ level: 'silent' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const probot = await new Probot({ appId: 1, privateKey: key, secret: SECRET, log }).ready();
  // None of these payloads may lead anywhere.
  receiveWebhooks(
    probot,
    new Proxy({ appId: 1, slug: () => null, isServed: () => true } as unknown as Receivers, {
      get: (target, name) => (name === 'appId' || name === 'slug' || name === 'isServed' ? target[name] : undefined),
    }),
  );
  server = createServer({ probot, webhookSecret: SECRET, notReady: () => null, metrics: createMetrics(), log });
  const { port } = await server.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${port}${WEBHOOK_PATH}`;
});
afterAll(() => server.close(1000));

async function statusOf(event: string, payload: unknown): Promise<number> {
  const body = JSON.stringify(payload);
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
  },
);

test('a review without a text is one like any other', async () => {
  const head = { ref: 'planwright/issue-3/plan', repo: null };
  for (const body of [null, ''])
    expect(
      await statusOf('pull_request_review', {
        action: 'submitted',
        review: { id: 1, node_id: 'R', body, state: 'approved', submitted_at: null },
        pull_request: { number: 4, head, updated_at: '' },
        repository: { name: 'shop', full_name: 'olga/shop', owner: { login: 'olga' } },
        installation: { id: 7 },
        sender: { login: 'wanda', type: 'User' },
      }),
    ).toBe(200);
});
