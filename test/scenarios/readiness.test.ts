import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ ANTHROPIC_API_KEY: 'a-revoked-key', ADMIN_PORT: '0' });
});
afterAll(() => stage?.close());

/** @returns status and text of an address of the bot that runs now. */
async function ask(path: string, base = stage.bot.url): Promise<string> {
  const answer = await fetch(base + path);
  return `${answer.status} ${(await answer.text()).split('\n')[0]}`;
}

it('is ready while GitHub accepts the key, and shows metrics only to the operator', async () => {
  expect(await ask('/readyz')).toBe('200 ready');
  expect(await ask('/metrics')).toMatch(/^404/);
  const line = await stage.bot.prints(/operator's pages/);
  expect(await ask('/metrics', /http:[^"]+/.exec(line)?.[0])).toMatch(/^200 # HELP/);
});

it('says at start what doctor says, and is not ready while GitHub refuses the key', async () => {
  await stage.bot.stop();
  stage.models.revoke('a-revoked-key');
  stage.github.fault({
    method: 'GET',
    path: /^\/app$/,
    times: Number.POSITIVE_INFINITY,
    respond: { status: 401, body: { message: 'A JSON web token could not be decoded' } },
  });
  await stage.restart();
  expect(await ask('/readyz')).toMatch(/^503 not ready: GitHub refuses the App's key: check APP_ID and PRIVATE_KEY .*decoded/);
  expect(await ask('/healthz')).toMatch(/^200/);
  await stage.bot.prints(/checks of this set-up passed/);
  const said = stage.bot.output.join('\n');
  expect(said).toMatch(/"level":50.*"private key: GitHub refused the key of App 4711/);
  expect(said).toMatch(/"fix":"Set ANTHROPIC_API_KEY to a key that works.*anthropic refused the key/);
});
