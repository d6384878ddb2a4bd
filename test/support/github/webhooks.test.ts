import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

interface Received {
  headers: IncomingHttpHeaders;
  text: string;
}

describe('webhooks', () => {
  const received: Received[] = [];
  let github: LocalGitHub;
  let receiver: Server;
  let answerWith = 200;

  beforeEach(async () => {
    received.length = 0;
    answerWith = 200;
    receiver = createServer(async (request, response) => {
      received.push({ headers: request.headers, text: Buffer.concat(await request.toArray()).toString() });
      response.writeHead(answerWith).end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': 'hello\n' }, labels: ['plan'] });
    await github.idle();
    github.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
  });

  afterEach(async () => {
    await github.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  it('are signed, and say who, where and for which installation', async () => {
    await github.as('ada').issues.create({ owner: 'ada', repo: 'engine', title: 'Slow', body: 'Very.', labels: ['Plan'] });
    await github.until('two webhooks', () => received.length === 2);
    const [opened, labeled] = received;
    expect(opened?.headers['x-github-event']).toBe('issues');
    const signature = createHmac('sha256', github.app.webhookSecret)
      .update(opened?.text ?? '')
      .digest('hex');
    expect(opened?.headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
    expect(opened?.headers['x-github-delivery']).not.toBe(labeled?.headers['x-github-delivery']);
    expect(JSON.parse(labeled?.text ?? '')).toMatchObject({
      action: 'labeled',
      label: { name: 'plan', color: 'ededed' },
      issue: { number: 1, title: 'Slow', labels: [{ name: 'plan' }] },
      repository: { full_name: 'ada/engine', owner: { login: 'ada' } },
      sender: { login: 'ada', type: 'User' },
      installation: { id: expect.any(Number) },
    });
  });

  it('that found nobody are kept, and a redelivery keeps the delivery id', async () => {
    github.deliverTo(null);
    await github.as('ada').issues.create({ owner: 'ada', repo: 'engine', title: 'Unheard' });
    await github.idle();
    const lost = github.deliveries.at(-1);
    expect(lost).toMatchObject({ event: 'issues', action: 'opened', status: 0 });
    github.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
    const again = lost && (await github.redeliver(lost));
    expect(again).toMatchObject({ guid: lost?.guid, redelivery: true, status: 200 });
    expect(received.at(-1)?.headers['x-github-delivery']).toBe(lost?.guid);
  });

  it('answered with an error stay errors, until the App asks for another attempt', async () => {
    answerWith = 500;
    await github.as('ada').issues.create({ owner: 'ada', repo: 'engine', title: 'Fails' });
    await github.idle();
    expect(github.deliveries.at(-1)?.status).toBe(500);
    expect(received).toHaveLength(1);
  });

  it('can be anything a test wants to send', async () => {
    github.send('check_suite', 'completed', { check_suite: { id: 1, head_sha: 'x' } }, 'ada/engine', 'ada');
    await github.idle();
    expect(JSON.parse(received.at(-1)?.text ?? '')).toMatchObject({
      action: 'completed',
      check_suite: { id: 1 },
      repository: { full_name: 'ada/engine' },
      sender: { login: 'ada' },
    });
  });

  it('leave in the order in which things happened, and not for events the App is not subscribed to', async () => {
    const ada = github.as('ada');
    const issue = { owner: 'ada', repo: 'engine', issue_number: 1 };
    await ada.issues.create({ owner: 'ada', repo: 'engine', title: 'One', body: 'old' });
    await ada.issues.createLabel({ owner: 'ada', repo: 'engine', name: 'unrelated' }); // a `label` event
    await ada.issues.createComment({ ...issue, body: 'first' });
    await ada.issues.update({ ...issue, body: 'new' });
    await ada.issues.addLabels({ ...issue, labels: ['plan'] });
    await ada.issues.removeLabel({ ...issue, name: 'plan' });
    await ada.issues.update({ ...issue, state: 'closed' });
    await ada.issues.update({ ...issue, state: 'open' });
    await github.idle();
    const told = github.deliveries.slice(-7).map(({ event, action }) => `${event}.${action}`);
    expect(told).toEqual([
      'issues.opened',
      'issue_comment.created',
      'issues.edited',
      'issues.labeled',
      'issues.unlabeled',
      'issues.closed',
      'issues.reopened',
    ]);
    const edited = github.deliveries.find(({ action }) => action === 'edited');
    expect(edited?.payload).toMatchObject({ changes: { body: { from: 'old' } }, issue: { body: 'new' } });
  });
});
