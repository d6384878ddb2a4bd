import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CreatedApp } from '../../../src/cli/setup/convert-code.ts';
import { startWizard, type Wizard } from '../../../src/cli/setup/wizard.ts';
import { failure, success } from '../../../src/domain/outcome.ts';

const APP: CreatedApp = {
  id: 7,
  slug: 'planwright',
  html_url: 'https://github.com/apps/planwright',
  pem: '-----BEGIN RSA PRIVATE KEY-----',
  webhook_secret: 'x'.repeat(20),
  client_id: 'Iv',
  client_secret: 'y',
};
let wizard: Wizard;
let codes: string[];
let kept: CreatedApp[];
let converts: boolean;

beforeEach(async () => {
  codes = [];
  kept = [];
  converts = true;
  wizard = await startWizard(0, {
    serverUrl: 'https://github.com',
    file: '.env',
    serverPort: '3000',
    async convert(code) {
      codes.push(code);
      return converts ? success(APP) : failure('GitHub answered 404.');
    },
    keep(app) {
      kept.push(app);
      return success(null);
    },
  });
});
afterEach(() => wizard.close());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string;
  readonly cookie: string;
}

/** Not fetch, which sets the Host header itself. */
function ask(
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: wizard.port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text,
          location: response.headers.location ?? '',
          cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const pathOf = (): string => new URL(wizard.url).pathname;
const own = (): string => `http://127.0.0.1:${wizard.port}`;

async function enter(): Promise<Record<string, string>> {
  const { cookie } = await ask(pathOf());
  return { cookie, origin: own(), 'content-type': 'application/x-www-form-urlencoded' };
}

const FORM = 'organization=&name=Planwright&address=https%3A%2F%2Fp.example.com';
async function stateOf(headers: Record<string, string>): Promise<string> {
  const { text } = await ask('/manifest', { method: 'POST', headers, body: FORM });
  return /state=([\w-]+)/.exec(text)?.[1] ?? '';
}

test('the address works once', async () => {
  const first = await ask(pathOf());
  expect(first).toMatchObject({ status: 303, location: '/' });
  expect(await ask(pathOf())).toMatchObject({ status: 403, cookie: '' });
  expect(await ask('/', { headers: { cookie: first.cookie } })).toMatchObject({ status: 200 });
});

test.each(['/', '/install', '/result', '/progress', '/callback?code=c&state=s', '/wrong-token'])(
  'without the cookie of the first visit %s is closed',
  async (path) => {
    expect((await ask(path)).status).toBe(403);
    expect((await ask(path, { headers: { cookie: 'planwright_setup=guess' } })).status).toBe(403);
  },
);

test('a name that was made to point to this machine gets nothing, not even with the token', async () => {
  const headers = { host: `attacker.example:${wizard.port}` };
  expect((await ask(pathOf(), { headers })).status).toBe(403);
  expect((await ask(pathOf())).status).toBe(303);
});

test('a form of another page is refused', async () => {
  const headers = await enter();
  for (const origin of ['https://attacker.example', 'null', `http://localhost:${wizard.port}`])
    expect((await ask('/manifest', { method: 'POST', headers: { ...headers, origin }, body: FORM })).status).toBe(403);
});

test('only the answer to the last form counts, once', async () => {
  const headers = await enter();
  expect((await ask('/callback?code=early&state=', { headers })).status).toBe(403);
  const old = await stateOf(headers);
  const state = await stateOf(headers);
  for (const wrong of [`code=c&state=${old}`, 'code=c', `code=c&state=${state}x`, `state=${state}`])
    expect((await ask(`/callback?${wrong}`, { headers })).status).toBe(403);
  expect(codes).toEqual([]);
  expect(await ask(`/callback?code=right&state=${state}`, { headers })).toMatchObject({ status: 303, location: '/install' });
  expect(await wizard.created).toEqual(APP);
  expect(await ask(`/callback?code=again&state=${state}`, { headers })).toMatchObject({ status: 303, location: '/install' });
  expect(codes).toEqual(['right']);
  expect(kept).toEqual([APP]);
});

test('a code that GitHub does not take is not tried again, and the person is told', async () => {
  converts = false;
  const headers = await enter();
  const state = await stateOf(headers);
  const answer = await ask(`/callback?code=c&state=${state}`, { headers });
  expect(answer.status).toBe(502);
  expect(answer.text).toContain('GitHub answered 404.');
  expect((await ask(`/callback?code=c&state=${state}`, { headers })).status).toBe(403);
  expect(codes).toEqual(['c']);
});

test('what people type is not run', async () => {
  const headers = await enter();
  const body = new URLSearchParams({
    organization: '"><script>alert(1)</script>',
    name: '<b>',
    address: "javascript:'",
  }).toString();
  const { text } = await ask('/manifest', { method: 'POST', headers, body });
  expect(text).not.toMatch(/<script>|<b>/);
  expect(text).toContain('Only the name of the organisation');
  expect(text).toContain('An address like https://planwright.example.com');
});
