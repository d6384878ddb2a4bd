import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ForgeError } from '../../../../src/ports/forge/forge-error.ts';
import { type Answer, type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const READ = 'GET /repos/acme/rocket/git/ref/heads/main';
const WRITE = 'POST /repos/acme/rocket/issues/1/comments';
const HEAD = { body: { object: { sha: 'abc' } } };
const COMMENT = {
  status: 201,
  body: { id: 1, user: { login: 'planwright[bot]', type: 'Bot' }, body: 'hi', created_at: '', html_url: '' },
};
const BAD_GATEWAY: Answer = { status: 502, body: '<html><h1>502</h1></html>' };

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

const read = () => github.rocket.branchHead('main');
const write = () => github.rocket.createComment(1, 'hi');
const refusal = (work: Promise<unknown>): Promise<ForgeError> =>
  work.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(ForgeError);
      return error as ForgeError;
    },
  );

describe('a read', () => {
  test('is sent again after 5xx, with growing pauses', async () => {
    github.on(READ, BAD_GATEWAY, { status: 503 }, HEAD);
    expect(await read()).toBe('abc');
    expect(github.clock.slept).toEqual([1000, 4000]);
  });

  test('is sent again when the connection breaks', async () => {
    github.on(READ, 'hang up', HEAD);
    expect(await read()).toBe('abc');
  });

  test('is given up after four attempts', async () => {
    github.on(READ, BAD_GATEWAY);
    const error = await refusal(read());
    expect(error.status).toBe(502);
    expect(github.sent(READ)).toHaveLength(4);
  });

  test('waits as long as Retry-After says', async () => {
    github.on(READ, { status: 429, headers: { 'retry-after': '7' } }, HEAD);
    expect(await read()).toBe('abc');
    expect(github.clock.slept).toEqual([7000]);
  });

  test('does not wait an hour: it fails at once and is not sent again too early', async () => {
    github.on(READ, { status: 429, headers: { 'retry-after': '3600' } }, HEAD);
    expect(await refusal(read())).toMatchObject({ status: 429, retryAt: github.clock.now() + 3_600_000 });
    expect(github.clock.slept).toEqual([]);
    expect(github.sent(READ)).toHaveLength(1);
  });

  test('waits for the reset when the hourly quota is used up', async () => {
    const reset = Math.ceil(github.clock.now() / 1000) + 5;
    github.on(READ, { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) } }, HEAD);
    expect(await read()).toBe('abc');
    expect(github.clock.now()).toBeGreaterThanOrEqual(reset * 1000);
  });

  test('is not sent again when the App may not', async () => {
    github.on(READ, { status: 403, body: { message: 'Resource not accessible by integration' } });
    const error = await refusal(read());
    expect(error.message).toBe(
      'GitHub answered 403 to GET /repos/acme/rocket/git/ref/heads/main: Resource not accessible by integration',
    );
    expect(github.sent(READ)).toHaveLength(1);
  });
});

describe('a write', () => {
  test.each([
    ['a 502', BAD_GATEWAY],
    ['a broken connection', 'hang up' as const],
  ])('is not sent again after %s', async (_, accident) => {
    github.on(WRITE, accident, COMMENT);
    await refusal(write());
    expect(github.sent(WRITE)).toHaveLength(1);
  });

  test('is sent again when a rate limit refused it, because nothing was done', async () => {
    github.on(WRITE, { status: 403, headers: { 'retry-after': '5' }, body: { message: 'secondary rate limit' } }, COMMENT);
    expect((await write()).id).toBe(1);
    expect(github.clock.slept).toEqual([5000]);
    expect(github.sent(WRITE)).toHaveLength(2);
  });
});

describe('a secondary limit told by its message alone', () => {
  const LIMITED = { status: 403, body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' } };

  test('says when to try again: after a minute, then after two, and after a minute again once something succeeded', async () => {
    const waits: number[] = [];
    const limited = async (): Promise<void> => void waits.push(((await refusal(write())).retryAt ?? 0) - github.clock.now());
    github.on(WRITE, LIMITED, LIMITED, COMMENT, LIMITED);
    await limited();
    await limited();
    await write();
    await limited();
    expect(waits).toEqual([60_000, 120_000, 60_000]);
  });
});

test('a token is minted again after a 502, because no other call can go on without it', async () => {
  github.on(READ, HEAD);
  github.on('POST /app/installations/7/access_tokens', BAD_GATEWAY, {
    status: 201,
    body: { token: 'ghs_x', expires_at: '2099-01-01T00:00:00Z' },
  });
  expect(await read()).toBe('abc');
});

test.each([false, true])('a suspended installation is a ForgeError like any other refusal (paced: %s)', async (paced) => {
  await github.close();
  github = await startScriptedGitHub({ paced });
  github.on('POST /app/installations/7/access_tokens', {
    status: 403,
    body: { message: 'This installation has been suspended' },
  });
  const error = await refusal(read());
  expect(error.message).toBe(
    'GitHub answered 403 to POST /app/installations/7/access_tokens: This installation has been suspended',
  );
});

test('errors carry no tokens, no query, no page of HTML', async () => {
  github.on('GET /repos/acme/rocket/issues', { status: 500, body: `<html>${'x'.repeat(5000)}</html>` });
  const error = await refusal(github.rocket.issuesLabelled('secret label'));
  expect(error.message).toBe('GitHub answered 500 to GET /repos/acme/rocket/issues: Internal Server Error');
  expect(JSON.stringify(error) + String(error.stack)).not.toMatch(/ghs_|eyJ|secret label/);
  expect(error.cause).toBeUndefined();
});

test('no answer at all has no status', async () => {
  github.on(READ, 'hang up');
  const error = await refusal(read());
  expect(error.status).toBeNull();
  expect(error.message).toMatch(/^No answer to GET \/repos\/acme\/rocket\/git\/ref\/heads\/main: /);
});

test('what GitHub objects to is said in one line', async () => {
  github.on(WRITE, {
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [{ message: 'body is too long' }, { field: 'body', code: 'invalid' }, 'and so on'],
    },
  });
  const error = await refusal(write());
  expect(error.message).toBe(
    'GitHub answered 422 to POST /repos/acme/rocket/issues/1/comments: Validation Failed: body is too long; body invalid; and so on',
  );
});

describe('a token that ended before its hour', () => {
  // Octokit itself waits a few seconds when a token that is newer than five is refused: let it be older.
  beforeEach(
    () =>
      void jest.useFakeTimers({
        now: Date.now(),
        doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance'],
      }),
  );
  afterEach(() => void jest.useRealTimers());

  const old = async () => {
    github.on(READ, HEAD);
    await read();
    jest.setSystemTime(Date.now() + 60_000);
    github.on('POST /app/installations/7/access_tokens', {
      status: 201,
      body: { token: 'ghs_next', expires_at: '2099-01-01T00:00:00Z' },
    });
  };
  const REFUSED = { status: 401, body: { message: 'Bad credentials' } };

  test('is replaced, and the write it was refused for is sent again', async () => {
    await old();
    github.on(WRITE, REFUSED, COMMENT);
    expect((await write()).id).toBe(1);
    expect(github.sent(WRITE).map(({ headers }) => headers.authorization)).toEqual(['token ghs_secret', 'token ghs_next']);
    await read();
    expect(github.sent(READ).at(-1)?.headers.authorization).toBe('token ghs_next');
  });

  test('is replaced once: a second refusal is final', async () => {
    await old();
    github.on(READ, () => {
      jest.setSystemTime(Date.now() + 60_000);
      return REFUSED;
    });
    expect((await refusal(read())).status).toBe(401);
    // The first, the second with the new token, and the one Octokit itself adds because that token is so young.
    expect(github.sent(READ).slice(1)).toHaveLength(3);
  });
});
