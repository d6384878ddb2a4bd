import { describe, expect, it, jest, test } from '@jest/globals';
import { createSigner } from '../../src/dashboard/access/signed.ts';
import type { DashboardAnswer, DashboardRequest } from '../../src/dashboard/answers.ts';
import { COMMAND_PURPOSE, createDashboard, type DashboardOptions } from '../../src/dashboard/dashboard.ts';
import { conversationPage } from '../../src/dashboard/pages/conversation.ts';
import { failure, success } from '../../src/domain/outcome.ts';
import { ForgeError } from '../../src/ports/forge/forge-error.ts';
import type { HistoryReader } from '../../src/ports/history.ts';
import type { SignIn } from '../../src/ports/sign-in.ts';
import { processorTime } from '../support/processor-time.ts';
import { aListedTask, aTurn, NOW } from './a-task.ts';

const TOKEN = 'an-admin-token-of-many-characters';
const ENVIRONMENT = {
  webhookSecret: 'a webhook secret of some length',
  dashboard: {
    publicUrl: 'https://planwright.example.com',
    github: { clientId: 'Iv', clientSecret: 'the client secret' },
    token: TOKEN,
  },
};
const task = aListedTask();
const reader: HistoryReader = {
  repositories: async () => [task.task.repository],
  tasks: async () => [task],
  counts: async () => ({ byState: { executing: 1 }, awaitingPeople: 1 }),
  task: async ({ owner, name, issue }) => (`${owner}/${name}#${issue}`.toLowerCase() === 'olga/shop#1' ? task : null),
  conversations: async () => [
    { ...aTurn('x'), from: NOW - 5_000, to: NOW - 5_000, turns: 1, workflow: 'component:olga/shop#1/bucket:1' },
  ],
  transcript: async () => [aTurn('x')],
  spending: async () => [
    { at: NOW - 60_000, usd: 1 },
    { at: NOW - 5_000, usd: 0.25 },
  ],
  spendByRepository: async () => [{ repository: 'olga/shop', monthUsd: 2, dayUsd: 1.25, tokens: 100 }],
  audit: async () => [],
  queues: async () => [{ queue: 'plans', running: 1, waiting: 2, delayed: 0, oldestAt: NOW - 1_000 }],
};
const signIn: SignIn = {
  address: ({ state, returnTo }) => `https://github.com/login/oauth/authorize?state=${state}&redirect_uri=${returnTo}`,
  person: async ({ code }) => (code === 'good' ? success({ id: 5, login: 'wanda' }) : failure('refused')),
};
let now = NOW;
const log = { error: jest.fn(), warn: jest.fn() };

function open(more: Partial<DashboardOptions> = {}) {
  const answer = createDashboard({
    reader,
    visibleTo: async (viewer) => (viewer.kind === 'operator' ? 'all' : ['olga/shop']),
    signer: createSigner(ENVIRONMENT),
    signIn,
    token: TOKEN,
    publicUrl: 'https://planwright.example.com',
    serverUrl: 'https://github.com',
    limits: { perDay: 20, perMonth: null },
    problems: { note: () => {}, list: () => [] },
    redact: (text) => text.replaceAll(TOKEN, '[redacted]'),
    log,
    now: () => now,
    ...more,
  });
  const send = (target: string, init: Partial<DashboardRequest> & { readonly fields?: Record<string, string> } = {}) =>
    answer({
      method: init.fields ? 'POST' : 'GET',
      target,
      headers: {},
      address: '10.0.0.1',
      form: async () => new URLSearchParams(init.fields),
      ...init,
    });
  return async (...args: Parameters<typeof send>): Promise<DashboardAnswer> => {
    const made = await send(...args);
    if (made === null) throw new Error('none of the dashboard');
    return made;
  };
}

const cookieIn = ({ headers }: DashboardAnswer, name = '__Host-planwright'): string =>
  [headers['set-cookie'] ?? []]
    .flat()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

async function asOperator(send: ReturnType<typeof open>): Promise<{ headers: Record<string, string> }> {
  const entered = await send('/auth/token', { fields: { token: TOKEN, next: '/dashboard' } });
  expect(entered.status).toBe(303);
  return { headers: { cookie: cookieIn(entered) } };
}

describe('nobody who is not signed in', () => {
  const send = open();
  it.each([
    '/dashboard',
    '/dashboard/olga/shop/1',
    '/dashboard/nobody/nothing/9',
    '/dashboard/audit.json',
    '/dashboard/olga/shop/1/export.json',
  ])('sees anything of %s', async (path) => {
    const { status, body } = await send(path);
    expect([status, String(body).includes('Limit the rate')]).toEqual([401, false]);
    const elsewhere = String((await send('/dashboard/some/other/2')).body);
    const withoutPath = (page: string, of: string): string => page.replaceAll(of, '').replaceAll(encodeURIComponent(of), '');
    if (path !== '/dashboard') expect(withoutPath(String(body), path)).toBe(withoutPath(elsewhere, '/dashboard/some/other/2'));
  });

  it('finds a page where there is no way to sign in', async () => {
    const closed = open({ signIn: null, token: null });
    for (const path of ['/dashboard', '/auth/sign-in', '/auth/callback?code=good', '/dashboard/olga/shop/1'])
      expect((await closed(path)).status).toBe(404);
  });

  const signer = createSigner(ENVIRONMENT);
  const session = { id: 'x', viewer: { kind: 'operator' } };
  const other = createSigner({ ...ENVIRONMENT, webhookSecret: 'another webhook secret, stolen' });
  it.each([
    ['empty', ''],
    ['made by hand', `${Buffer.from(JSON.stringify({ ...session, until: NOW * 2 })).toString('base64url')}.AAAA`],
    ['signed with another secret', other.sign('session', session, NOW + 1_000)],
    ['signed for something else', signer.sign('sign in', session, NOW + 1_000)],
    ['over', signer.sign('session', session, NOW - 1)],
    ['changed', signer.sign('session', session, NOW + 1_000).replace(/^./, 'X')],
    ['with a third part', `${signer.sign('session', session, NOW + 1_000)}.x`],
    ['very long', 'a'.repeat(100_000)],
  ])('is let in by a session that is %s', async (_, value) => {
    expect((await send('/dashboard', { headers: { cookie: `__Host-planwright=${value}` } })).status).toBe(401);
  });
});

describe('signing in with GitHub', () => {
  const begin = async (send: ReturnType<typeof open>, next = '/dashboard/olga/shop/1') => {
    const begun = await send(`/auth/sign-in?next=${encodeURIComponent(next)}`);
    const state = new URL(String(begun.headers.location)).searchParams.get('state');
    return { state, headers: { cookie: cookieIn(begun, '__Host-planwright-sign-in') } };
  };

  it('leads back to the page that was asked for, with a cookie that scripts and other sites do not see', async () => {
    const send = open();
    const { state, headers } = await begin(send);
    const done = await send(`/auth/callback?code=good&state=${state}`, { headers });
    expect(done.headers.location).toBe('/dashboard/olga/shop/1');
    for (const cookie of [done.headers['set-cookie'] ?? []].flat())
      expect(cookie).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/);
    const there = await send('/dashboard/olga/shop/1', { headers: { cookie: cookieIn(done) } });
    expect([there.status, String(there.body).includes('wanda')]).toEqual([200, true]);
  });

  it.each([
    [
      'a state of another browser',
      async (send: ReturnType<typeof open>) => ({ ...(await begin(send)), headers: (await begin(send)).headers }),
      400,
    ],
    ['no cookie', async (send: ReturnType<typeof open>) => ({ ...(await begin(send)), headers: {} }), 400],
  ])('refuses %s', async (_, prepare, status) => {
    const send = open();
    const { state, headers } = await prepare(send);
    const answer = await send(`/auth/callback?code=good&state=${state}`, { headers });
    expect([answer.status, cookieIn(answer)]).toEqual([status, '']);
  });

  it('says so when the code is used up, the person declined, or it took too long', async () => {
    const send = open();
    const { state, headers } = await begin(send);
    expect((await send(`/auth/callback?code=old&state=${state}`, { headers })).status).toBe(403);
    expect((await send(`/auth/callback?error=access_denied&state=${state}`, { headers })).status).toBe(403);
    now = NOW + 11 * 60_000;
    expect((await send(`/auth/callback?code=good&state=${state}`, { headers })).status).toBe(400);
    now = NOW;
  });

  it.each([
    ['//evil.example', '/dashboard'],
    ['https://evil.example/dashboard', '/dashboard'],
    ['/dashboard/../auth/sign-out', '/dashboard'],
    ['/dashboard\\evil', '/dashboard'],
    ['/dashboard/a\nSet-Cookie: x', '/dashboard'],
    ['/dashboard?state=review&page=2', '/dashboard?state=review&page=2'],
  ])('goes on from %j to %s', async (next, to) => {
    const send = open();
    const { state, headers } = await begin(send, next);
    expect((await send(`/auth/callback?code=good&state=${state}`, { headers })).headers.location).toBe(to);
  });
});

describe('the admin token', () => {
  it('opens everything', async () => {
    const send = open();
    const { headers } = await asOperator(send);
    expect((await send('/dashboard/system', { headers })).status).toBe(200);
  });

  it('is taken from a form only', async () => {
    const send = open();
    for (const target of [`/auth/token?token=${TOKEN}`, `/dashboard?token=${TOKEN}`])
      expect((await send(target)).headers['set-cookie']).toBeUndefined();
    expect((await send('/dashboard', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(401);
  });

  it('cannot be guessed at leisure, and others may still try', async () => {
    const send = open();
    const guess = (token: string, address = '10.0.0.1') => send('/auth/token', { fields: { token }, address });
    for (let i = 0; i < 5; i++) expect((await guess(`guess ${i}`)).status).toBe(403);
    const refused = await guess(TOKEN);
    expect([refused.status, refused.headers['retry-after'], cookieIn(refused)]).toEqual([429, '60', '']);
    expect((await guess(TOKEN, '10.0.0.2')).status).toBe(303);
    now = NOW + 60_000;
    expect((await guess(TOKEN)).status).toBe(303);
    now = NOW;
  });

  it('is not taken from another site', async () => {
    const answer = await open()('/auth/token', { fields: { token: TOKEN }, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([answer.status, cookieIn(answer)]).toEqual([403, '']);
  });
});

describe('signing out', () => {
  const csrfIn = ({ body }: DashboardAnswer): string => /name="csrf" value="([^"]+)"/.exec(String(body))?.[1] ?? '';

  it.each([
    ['without its proof', () => '', {}],
    ['with the proof of another session', (other: string) => other, {}],
    ['from another site', (_: string, own: string) => own, { 'sec-fetch-site': 'cross-site' }],
  ])('does not happen %s', async (_, csrf, more) => {
    const send = open();
    const [one, two] = [await asOperator(send), await asOperator(send)];
    const proof = csrf(csrfIn(await send('/dashboard', two)), csrfIn(await send('/dashboard', one)));
    const answer = await send('/auth/sign-out', { fields: { csrf: proof }, headers: { ...one.headers, ...more } });
    expect([answer.status, (await send('/dashboard', one)).status]).toEqual([403, 200]);
  });

  it('ends the session for those who kept the cookie, too', async () => {
    const send = open();
    const session = await asOperator(send);
    const csrf = csrfIn(await send('/dashboard', session));
    expect((await send('/auth/sign-out', { fields: { csrf }, ...session })).status).toBe(303);
    expect((await send('/dashboard', session)).status).toBe(401);
  });
});

describe('a person who cannot write to a repository', () => {
  const send = open({ visibleTo: async (viewer) => (viewer.kind === 'operator' ? 'all' : []) });
  it('cannot tell a task that is there from one that is not', async () => {
    const begun = await send('/auth/sign-in');
    const state = new URL(String(begun.headers.location)).searchParams.get('state');
    const done = await send(`/auth/callback?code=good&state=${state}`, {
      headers: { cookie: cookieIn(begun, '__Host-planwright-sign-in') },
    });
    const headers = { cookie: cookieIn(done) };
    const [there, missing] = [
      await send('/dashboard/olga/shop/1', { headers }),
      await send('/dashboard/olga/none/7', { headers }),
    ];
    expect(there).toEqual(missing);
    expect(there.status).toBe(404);
    for (const path of ['/dashboard/olga/shop/1/export.md', '/dashboard/olga/shop/1/component/bucket/1'])
      expect((await send(path, { headers })).body).toBe(missing.body);
  });
});

test.each([
  '/dashboard/',
  '/dashboard/olga',
  '/dashboard/olga/shop',
  '/dashboard/olga/shop/0',
  '/dashboard/olga/shop/1/',
  '/dashboard/olga/shop/1/component/bucket/1/..',
  '/dashboard/olga/shop/1/component/%2e%2e/1',
  '/dashboard/olga/shop/1/plan/1.1.1/export.md',
  '/dashboard/../package.json',
  '/dashboard/assets/../../../package.json',
  '/dashboard/assets/000000000000/style.css',
  '/dashboard/%00',
  `/dashboard/${'a'.repeat(10_000)}`,
  '/dashboard/olga/shop/1/component/__proto__/1',
  '/dashboard/constructor/prototype/1',
])('%s is no page', async (path) => {
  const send = open();
  expect((await send(path, await asOperator(send))).status).toBe(404);
});

test('what is not read is refused', async () => {
  const send = open();
  const session = await asOperator(send);
  for (const method of ['POST', 'PUT', 'DELETE', 'TRACE'])
    expect((await send('/dashboard', { ...session, method })).status).toBe(405);
});

test('every page holds back what it must not be used for', async () => {
  const send = open();
  for (const answer of [await send('/dashboard'), await send('/dashboard/olga/shop/1', await asOperator(send))]) {
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(String(answer.body)).not.toMatch(/ style="| on[a-z]+="|<script(?! src="\/dashboard\/assets\/)/);
  }
});

test('a page that has not changed is not sent again', async () => {
  const send = open();
  const session = await asOperator(send);
  const first = await send('/dashboard', session);
  const again = await send('/dashboard', { headers: { ...session.headers, 'if-none-match': String(first.headers.etag) } });
  expect([again.status, again.body]).toEqual([304, '']);
});

describe('when something is gone', () => {
  it.each([
    [
      'the database',
      {
        reader: {
          ...reader,
          tasks: async () => Promise.reject(new Error('password authentication failed for postgres://x:secret@db')),
        },
      },
      'cannot be shown',
    ],
    [
      'GitHub',
      { visibleTo: async () => Promise.reject(new ForgeError('503 from GitHub, with a token', 503)) },
      'GitHub does not answer',
    ],
  ])('%s: an honest page that says no more', async (_, more, said) => {
    const send = open(more);
    const { status, body } = await send('/dashboard', await asOperator(send));
    expect([status, String(body).includes(said), /secret|token, |503 from/.test(String(body))]).toEqual([503, true, false]);
  });
});

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  "javascript:alert('x')",
  '[x](javascript:alert(1))',
  '</pre></details></main><h1>owned',
  '\u202e\u2066\u001b]8;;http://evil\u0007',
  '{{7*7}}',
  TOKEN,
];

describe.each(ATTACKS)('a stored text %j', (attack) => {
  const hostile = {
    ...reader,
    tasks: async () => [aListedTask(attack)],
    task: async () => aListedTask(attack),
    transcript: async () => [aTurn(attack)],
    audit: async () => [
      {
        ...{
          id: 1,
          key: attack,
          kind: 'approved' as const,
          at: new Date(NOW).toISOString(),
          by: attack,
          way: 'review' as const,
          component: attack,
        },
        ...{ blob: attack, pull: 2, commit: attack, source: attack, usd: 1, text: attack, plan: aListedTask(attack).plan },
        ...{ repository: 'olga/shop', issue: 1 },
      },
    ],
  };
  it.each([
    '/dashboard',
    '/dashboard/olga/shop/1',
    '/dashboard/olga/shop/1/component/bucket/1',
    '/dashboard/audit',
    '/dashboard/system',
  ])('is text on %s', async (path) => {
    const send = open({
      reader: hostile,
      problems: { note: () => {}, list: () => [{ level: 'error', at: NOW, message: attack, cause: attack, repository: null }] },
    });
    const { status, body } = await send(path, await asOperator(send));
    expect(status).toBe(200);
    const markup = String(body);
    expect(markup).not.toMatch(/<script(?! src="\/dashboard\/assets\/)|<svg onload|href="(?!\/|https:\/\/github\.com|#)/i);
    for (const unseen of ['\u202e', '\u2066', '\u001b', '\u0007']) expect(markup).not.toContain(unseen);
    expect(markup.match(/<h1>/g)).toHaveLength(1);
    expect(markup).not.toContain(TOKEN);
  });
});

test('a call is shown with its own answer, though another conversation of the same work uses its id again', async () => {
  const said = (name: string, answer: string | null, path: string | null) =>
    aTurn('', {
      name,
      model: path === null ? null : 'anthropic/claude-haiku-5-5',
      content: {
        ...{ opening: null, correction: null, reasoning: null, text: '', failure: null },
        results: answer === null ? [] : [{ id: 'call_1', content: answer, isError: false }],
        calls: path === null ? [] : [{ id: 'call_1', name: 'read_file', input: JSON.stringify({ path }) }],
      },
    });
  const turns = [
    said('turn 1', null, 'a.js'),
    said('turn 2', 'text of a', null),
    said('review turn 1', null, 'b.js'),
    said('review turn 2', 'text of b', null),
  ];
  const send = open({ reader: { ...reader, transcript: async () => turns } });
  const text = String((await send('/dashboard/olga/shop/1/component/bucket/1', await asOperator(send))).body).replace(
    /<[^>]*>/g,
    ' ',
  );
  expect(text).toMatch(/Turn 1 .*a\.js .*text of a .*Review turn 1 .*b\.js .*text of b/s);
  expect(text.match(/text of b/g)).toHaveLength(2);
});

test('five megabytes in one line make a page of bounded size, and soon', async () => {
  const long = 'x'.repeat(5_000_000);
  const turns = Array.from({ length: 40 }, () => aTurn(long));
  const send = open({
    reader: { ...reader, task: async () => ({ ...aListedTask(), title: long }), transcript: async () => turns },
  });
  const { body } = await send('/dashboard/olga/shop/1/component/bucket/1', await asOperator(send));
  expect(String(body).length).toBeLessThan(6_000_000);
  const work = { kind: 'component', owner: 'olga', name: 'shop', issue: 1, component: 'bucket', attempt: 1 } as const;
  const make = () => conversationPage({ task: { ...task, title: long }, work, turns }, { serverUrl: 'https://github.com', now });
  expect(processorTime(make, 500)).toBeLessThan(2_000);
});

test('a command of planwright reads as the operator does, for a minute, and only what it proves', async () => {
  const send = open({ signIn: null, token: null });
  const signer = createSigner(ENVIRONMENT);
  const ask = (bearer: string) => send('/dashboard/olga/shop/1/export.json', { headers: { authorization: `Bearer ${bearer}` } });
  const good = await ask(signer.sign(COMMAND_PURPOSE, {}, NOW + 60_000));
  expect(JSON.parse(String(good.body))).toMatchObject({ version: 1, task: { title: task.title } });
  for (const bad of ['', 'x.y', signer.sign(COMMAND_PURPOSE, {}, NOW), signer.sign('session', {}, NOW + 1_000)])
    expect((await ask(bad)).status).toBe(404);
});
