import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSignIn } from '../../../src/adapters/github/sign-in.ts';
import type { SignIn } from '../../../src/ports/sign-in.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answers: Record<string, Answer>;
let seen: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[];
let signIn: SignIn;

beforeEach(async () => {
  answers = {};
  seen = [];
  server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = Buffer.concat(await request.toArray()).toString();
    seen.push({ path, authorization: request.headers.authorization, body });
    answers[path]?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  signIn = createSignIn({ clientId: 'Iv1', clientSecret: 'the client secret', serverUrl: url, apiUrl: `${url}/api/v3` });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const json =
  (value: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
const GIVEN = { code: 'abc', verifier: 'v', returnTo: 'https://pw.example/auth/callback' };
const [TOKEN, USER] = ['/login/oauth/access_token', '/api/v3/user'];
const token = json({ access_token: 'ghu_x', token_type: 'bearer', scope: '' });

test('the person behind a code, by one exchange and one question', async () => {
  Object.assign(answers, { [TOKEN]: token, [USER]: json({ id: 5, login: 'wanda', email: 'w@x' }) });
  expect(await signIn.person(GIVEN)).toEqual({ ok: true, value: { id: 5, login: 'wanda' } });
  expect(seen.map(({ path, authorization }) => [path, authorization])).toEqual([
    [TOKEN, undefined],
    [USER, 'Bearer ghu_x'],
  ]);
  expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
    ...{ client_id: 'Iv1', client_secret: 'the client secret', code: 'abc', code_verifier: 'v', redirect_uri: GIVEN.returnTo },
  });
});

test('the address names the App, the way back, the state and the challenge', () => {
  const { pathname, searchParams } = new URL(signIn.address({ state: 's', challenge: 'c', returnTo: GIVEN.returnTo }));
  expect([pathname, Object.fromEntries(searchParams)]).toEqual([
    '/login/oauth/authorize',
    expect.objectContaining({
      client_id: 'Iv1',
      state: 's',
      code_challenge: 'c',
      code_challenge_method: 'S256',
      redirect_uri: GIVEN.returnTo,
    }),
  ]);
});

test.each<[string, Record<string, Answer>, string]>([
  ['a code that is used up', { [TOKEN]: json({ error: 'bad_verification_code' }) }, 'refused'],
  ['a token that is not believed', { [TOKEN]: token, [USER]: json({ message: 'Bad credentials' }, 401) }, 'refused'],
  ['GitHub is down', { [TOKEN]: json({}, 502) }, 'unreachable'],
  ['GitHub goes down in between', { [TOKEN]: token, [USER]: json({}, 503) }, 'unreachable'],
  ['an answer that is a page', { [TOKEN]: (_, response) => void response.end('<h1>Unicorn!</h1>') }, 'unreachable'],
  ['nobody in the answer', { [TOKEN]: token, [USER]: json({ id: '5', login: null }) }, 'unreachable'],
  ['a cut connection', { [TOKEN]: (request) => void request.socket.destroy() }, 'unreachable'],
  [
    'a redirect, which would take the secret along',
    { [TOKEN]: (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end() },
    'unreachable',
  ],
])('%s', async (_, given, reason) => {
  Object.assign(answers, given);
  expect(await signIn.person(GIVEN)).toEqual({ ok: false, reason });
  expect(seen.some(({ path }) => path === '/elsewhere')).toBe(false);
});
