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
    expect(github.clock.slept).toEqual([1000, 2000]);
  });

  test('is sent again when the connection breaks', async () => {
    github.on(READ, 'hang up', HEAD);
    expect(await read()).toBe('abc');
  });

  test('whose answer breaks off is not taken for an empty answer', async () => {
    github.on('GET /repos/acme/rocket/issues/1/comments', 'break off');
    expect(await refusal(github.rocket.comments(1))).toMatchObject({
      status: null,
      message: "GitHub's answer to GET /repos/acme/rocket/issues/1/comments?per_page=100 is not whole",
    });
  });

  test('is given up after four attempts', async () => {
    github.on(READ, BAD_GATEWAY);
    const error = await refusal(read());
    expect(error.status).toBe(502);
    expect(github.sent(READ)).toHaveLength(4);
  });

  test('waits a few seconds, as long as Retry-After says', async () => {
    github.on(READ, { status: 429, headers: { 'retry-after': '4' } }, HEAD);
    expect(await read()).toBe('abc');
    expect(github.clock.slept).toEqual([4000]);
  });

  test.each([
    [429, 60, 60_000],
    [503, 3600, null],
  ])(
    'does not wait longer after %i: it fails at once, and after a limit its caller hears when to come back',
    async (status, seconds, ms) => {
      github.on(READ, { status, headers: { 'retry-after': String(seconds) } }, HEAD);
      expect(await refusal(read())).toMatchObject({ status, retryAt: ms === null ? null : github.clock.now() + ms });
      expect(github.clock.slept).toEqual([]);
      expect(github.sent(READ)).toHaveLength(1);
    },
  );

  test("is refused until the reset when the hourly quota is used up, counted by GitHub's own clock", async () => {
    const theirs = github.clock.now() + 600_000;
    const reset = Math.ceil(theirs / 1000) + 20;
    const headers = {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(reset),
      date: new Date(theirs).toUTCString(),
    };
    github.on(READ, { status: 403, headers, body: { message: 'API rate limit exceeded for installation ID 7.' } });
    const { reason, retryAt } = await refusal(read());
    expect(reason).toBe('primary_limit');
    expect((retryAt ?? 0) - github.clock.now()).toBeGreaterThanOrEqual(20_000);
    expect((retryAt ?? 0) - github.clock.now()).toBeLessThanOrEqual(23_000);
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
    ['an answer that breaks off', 'break off' as const],
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

describe('a secondary limit', () => {
  const MINUTE = 60_000;
  const limited = (message: string, status = 403, headers = {}): Answer => ({ status, headers, body: { message } });

  test.each([
    ['You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', 403],
    ['You have exceeded a secondary rate limit and have been temporarily blocked from content creation.', 403],
    ['You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.', 403],
    ['Secondary rate limit hit', 429],
    ['was submitted too quickly', 403],
    ['', 429],
  ])('is told by its message: %s (%i); without Retry-After it is a minute', async (message, status) => {
    github.on(WRITE, limited(message, status));
    expect(await refusal(write())).toMatchObject({
      status,
      reason: 'secondary_limit',
      retryAt: github.clock.now() + MINUTE,
    });
    expect(github.sent(WRITE)).toHaveLength(1);
    expect(github.clock.slept).toEqual([]);
  });

  test('or by the address of its documentation', async () => {
    const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';
    github.on(WRITE, { status: 403, body: { message: 'Slow down.', documentation_url } });
    expect((await refusal(write())).reason).toBe('secondary_limit');
  });

  test('closes the door for everything of the installation until it is over, and doubles when it comes again', async () => {
    github.on(WRITE, limited('You have exceeded a secondary rate limit.'));
    github.on(READ, HEAD);
    await refusal(write());
    const { retryAt, reason } = await refusal(read());
    expect({ retryAt, reason }).toEqual({ retryAt: github.clock.now() + MINUTE, reason: 'secondary_limit' });
    expect(github.sent(READ)).toEqual([]);
    github.clock.advance(MINUTE);
    expect(await read()).toBe('abc');
    expect((await refusal(write())).retryAt).toBe(github.clock.now() + 2 * MINUTE);
    github.clock.advance(2 * MINUTE);
    expect((await refusal(write())).retryAt).toBe(github.clock.now() + 4 * MINUTE);
    github.clock.advance(4 * MINUTE);
    github.on(WRITE, COMMENT, limited('You have exceeded a secondary rate limit.'));
    await write();
    expect((await refusal(write())).retryAt).toBe(github.clock.now() + MINUTE);
  });

  test('that meets several requests on their way is one limit', async () => {
    github.on(WRITE, limited('You have exceeded a secondary rate limit.'));
    const at = (await Promise.all([refusal(write()), refusal(write()), refusal(write())])).map(({ retryAt }) => retryAt);
    expect(new Set(at)).toEqual(new Set([github.clock.now() + MINUTE]));
  });

  test('of one installation does not hold up another', async () => {
    github.on(WRITE, limited('You have exceeded a secondary rate limit.'));
    await refusal(write());
    github.on('POST /app/installations/8/access_tokens', {
      status: 201,
      body: { token: 'ghs_other', expires_at: '2099-01-01T00:00:00Z' },
    });
    github.on('GET /repos/bolt/nut/git/ref/heads/main', HEAD);
    expect(await github.forge.repository({ owner: 'bolt', name: 'nut', installation: 8 }).branchHead('main')).toBe('abc');
  });
});

test('the version of the API is said with every request', async () => {
  github.on(READ, HEAD);
  await read();
  expect(github.sent(READ)[0]?.headers['x-github-api-version']).toBe('2022-11-28');
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
