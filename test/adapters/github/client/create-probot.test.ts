import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createProbot } from '../../../../src/adapters/github/client/create-probot.ts';
import { APP_ID, privateKey, type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';
import { stoppedClock } from '../stopped-clock.ts';

const SETTINGS = {
  appId: APP_ID,
  privateKey,
  webhookSecret: 'the real secret, from the settings',
  apiUrl: 'http://127.0.0.1:1',
  logLevel: 'fatal',
  paced: true,
} as const;

let github: ScriptedGitHub | null = null;
afterEach(() => github?.close());

test('every request of an Enterprise Server goes below /api/v3, tokens included', async () => {
  github = await startScriptedGitHub({ prefix: '/api/v3' });
  github.on('GET /repos/acme/rocket/git/ref/heads/main', { body: { object: { sha: 'abc' } } });
  github.on('GET /app/installations', { body: [] });
  expect(await github.rocket.branchHead('main')).toBe('abc');
  await github.forge.gitCredential(github.rocket.repository, false);
  for await (const _ of github.forge.repositories()) expect(_).toBeUndefined();
  expect(github.requests.map(({ path }) => path)).toEqual([
    '/app/installations/7/access_tokens',
    '/repos/acme/rocket/git/ref/heads/main',
    '/app/installations/7/access_tokens',
    '/app/installations',
  ]);
});

test('the App speaks for itself with a signed statement and for an installation with its token', async () => {
  github = await startScriptedGitHub();
  github.on('GET /repos/acme/rocket/issues/1/comments', { body: [] });
  await github.rocket.comments(1);
  expect(github.sent('GET /app')[0]?.headers.authorization).toMatch(/^bearer ey/);
  expect(github.sent('GET /repos/acme/rocket/issues/1/comments')[0]?.headers.authorization).toBe('token ghs_secret');
});

test('nothing is taken from the environment or a .env file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'planwright-'));
  const before = { env: { ...process.env }, cwd: process.cwd() };
  try {
    await writeFile(join(folder, '.env'), 'WEBHOOK_SECRET=forged\nGHE_HOST=evil.example\nPLANWRIGHT_PROBE=loaded\n');
    process.chdir(folder);
    Object.assign(process.env, {
      APP_ID: '1',
      WEBHOOK_SECRET: 'forged',
      GHE_HOST: 'evil.example',
      PRIVATE_KEY: 'forged',
      LOG_LEVEL: 'trace',
    });
    const probot = await createProbot(SETTINGS, stoppedClock());
    const octokit = await probot.auth(7);
    expect(octokit.request.endpoint.DEFAULTS.baseUrl).toBe('http://127.0.0.1:1');
    expect(probot.log.level).toBe('fatal');
    const signature = (secret: string) => `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}`;
    expect(await probot.webhooks.verify('{}', signature(SETTINGS.webhookSecret))).toBe(true);
    expect(await probot.webhooks.verify('{}', signature('forged'))).toBe(false);
    expect(await probot.webhooks.verify('{}', signature('development'))).toBe(false);
    expect(process.env.PLANWRIGHT_PROBE).toBeUndefined();
  } finally {
    process.chdir(before.cwd);
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    await rm(folder, { recursive: true });
  }
});

test('without a webhook secret there is no App: Probot would accept signatures made with a well-known word', () => {
  expect(() => createProbot({ ...SETTINGS, webhookSecret: '' }, stoppedClock())).toThrow('The webhook secret is empty.');
});

test('writes are a second apart, and an observation does not wait for them', async () => {
  github = await startScriptedGitHub({ paced: true });
  const { rocket, clock } = github;
  for (const number of [1, 2, 3]) github.on(`POST /repos/acme/rocket/issues/${number}/labels`, { body: [] });
  github.on('POST /graphql', { body: { data: { repository: null } } });
  github.on('GET /repos/acme/rocket/issues/1', { status: 404, body: {} });
  for (const number of [1, 2]) await rocket.addLabel(number, 'planwright');
  expect(clock.slept).toEqual([1_000]);
  await rocket.observing({ issue: 1, files: [], maxAgeMs: null }).issue(1);
  expect(clock.slept).toEqual([1_000]);
  await rocket.addLabel(3, 'planwright');
  expect(clock.slept).toEqual([1_000, 1_000]);
});

test('installations are paced apart from each other', async () => {
  const probot = await createProbot(SETTINGS, stoppedClock());
  const [one, other] = [await probot.auth(7), await probot.auth(8)];
  const bucket = async (octokit: typeof one) => {
    const { throttle } = (await octokit.auth({
      type: 'installation',
      installationId: 7,
      factory: (given: { octokitOptions: { throttle: { id?: string; enabled: boolean } } }) => given.octokitOptions,
    })) as { throttle: { id?: string; enabled: boolean } };
    return throttle;
  };
  expect(await bucket(one)).toMatchObject({ enabled: true, id: '7' });
  expect(await bucket(other)).toMatchObject({ enabled: true, id: '8' });
});
