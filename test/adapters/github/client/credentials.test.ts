import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const MINT = 'POST /app/installations/7/access_tokens';
const HOUR = 3_600_000;

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
  let count = 0;
  github.on(MINT, () => {
    count++;
    return { status: 201, body: { token: `ghs_${count}`, expires_at: new Date(github.clock.now() + HOUR).toISOString() } };
  });
});
afterEach(() => github.close());

const ask = () => github.forge.gitCredential(github.rocket.repository, false);

test('a credential reads one repository and nothing else', async () => {
  expect(await ask()).toEqual({ url: `${github.url}/acme/rocket.git`, token: 'ghs_1' });
  expect(github.sent(MINT)[0]?.body).toEqual({ repositories: ['rocket'], permissions: { contents: 'read' } });
});

test('it is minted once, also for several at a time, and again before it expires', async () => {
  expect((await Promise.all([ask(), ask(), ask()])).map(({ token }) => token)).toEqual(['ghs_1', 'ghs_1', 'ghs_1']);
  github.clock.advance(49 * 60_000);
  expect((await ask()).token).toBe('ghs_1');
  github.clock.advance(2 * 60_000);
  expect((await Promise.all([ask(), ask()])).map(({ token }) => token)).toEqual(['ghs_2', 'ghs_2']);
  expect(github.sent(MINT)).toHaveLength(2);
});

test('one that does not work any more is replaced for everybody', async () => {
  expect((await ask()).token).toBe('ghs_1');
  expect((await github.forge.gitCredential(github.rocket.repository, true)).token).toBe('ghs_2');
  expect((await ask()).token).toBe('ghs_2');
});

test("another repository's is another", async () => {
  await ask();
  expect((await github.forge.gitCredential({ owner: 'acme', name: 'docs', installation: 7 }, false)).token).toBe('ghs_2');
});

test('a refusal is not kept', async () => {
  github.on(
    MINT,
    { status: 422, body: { message: 'There is at least one repository that does not exist' } },
    {
      status: 201,
      body: { token: 'ghs_1', expires_at: '2099-01-01T00:00:00Z' },
    },
  );
  await expect(ask()).rejects.toMatchObject({ name: 'ForgeError', status: 422 });
  expect((await ask()).token).toBe('ghs_1');
});
