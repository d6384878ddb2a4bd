import { describe, expect, jest, test } from '@jest/globals';
import { cutOff, type ProviderError, refused, timedOut } from '../../../src/adapters/models/provider-error.ts';
import { LONGEST_WAIT_MS, type Retrying, requestedWait, withRetries } from '../../../src/adapters/models/retry.ts';
import { NO_USAGE, type Usage } from '../../../src/domain/model/usage.ts';
import { failure, success } from '../../../src/domain/outcome.ts';
import { type PayForRetry, TURN_RETRIES } from '../../../src/ports/model.ts';
import { recordingClock } from './recording-clock.ts';

const MODEL = 'anthropic/claude-x';
const NOON = Date.parse('2026-11-01T12:00:00Z');

const status = (code: number, retryAfter: string | null = null): ProviderError =>
  refused({ model: MODEL, status: code, said: null, retryAfter });

/** Meets these errors one after the other, then gets an answer. */
async function meeting(errors: readonly ProviderError[], random = 0, pause: Retrying['pause'] = null) {
  const clock = recordingClock(NOON);
  let asked = 0;
  const outcome = await withRetries(
    async () => {
      const error = errors[asked];
      asked += 1;
      return error ? failure(error) : success('answer');
    },
    { clock, retries: TURN_RETRIES, random: () => random, onWait: () => {}, pause },
  );
  return { outcome, asked, waits: clock.waits };
}

describe('what is tried again', () => {
  test.each([
    ['a timeout at the provider', status(408)],
    ['a lock at the provider', status(409)],
    ['a rate limit', status(429)],
    ['an internal error', status(500)],
    ['a bad gateway', status(502)],
    ['an overload', status(529)],
    ['a cut connection', cutOff(MODEL)],
  ])('%s', async (_what, error) => {
    expect(await meeting([error])).toMatchObject({ outcome: success('answer'), asked: 2, waits: [1000] });
  });

  test.each([
    [400, 'rejected'],
    [401, 'auth'],
    [402, 'auth'],
    [403, 'auth'],
    [404, 'unknown_model'],
    [413, 'rejected'],
    [422, 'rejected'],
  ])('never a %d, which is %s', async (code, kind) => {
    const { outcome, asked, waits } = await meeting([status(code)]);
    expect(outcome).toMatchObject({ ok: false, reason: { kind } });
    expect({ asked, waits }).toEqual({ asked: 1, waits: [] });
  });
});

test('a call that our own limit ended is tried once more, whatever went wrong before', async () => {
  const { outcome, asked } = await meeting(Array(10).fill(timedOut(MODEL)));
  expect(asked).toBe(2);
  expect(outcome).toMatchObject({
    reason: { message: expect.stringMatching(/after 10 minutes\. Given up after 2 attempts\.$/) },
  });
  expect(await meeting([status(503), status(503), timedOut(MODEL)])).toMatchObject({ asked: 3, outcome: { ok: false } });
});

describe('how long is waited', () => {
  test('longer each time, and at most five attempts', async () => {
    const { outcome, asked, waits } = await meeting(Array(10).fill(status(503)));
    expect(waits).toEqual([1000, 3000, 9000, 27_000]);
    expect(asked).toBe(TURN_RETRIES.tries);
    expect(outcome).toEqual(
      failure({ kind: 'unavailable', message: 'anthropic/claude-x is not available (503). Given up after 5 attempts.' }),
    );
  });

  test('up to half less, so that not all come back at once', async () => {
    const { waits } = await meeting([status(500), status(500)], 0.5);
    expect(waits).toEqual([750, 2250]);
  });

  test.each([
    ['7', 7000],
    ['0.5', 1000],
    ['60', 60_000],
    ['Sun, 01 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Nov 2026 11:00:00 GMT', 1000],
    ['soon', 1000],
    ['-3', 1000],
  ])('Retry-After: %s', async (header, wait) => {
    expect((await meeting([status(429, header)])).waits).toEqual([wait]);
  });

  test.each([
    ['61', 'asks to wait 61 seconds'],
    ['3600', 'asks to wait 60 minutes'],
    ['Sun, 01 Nov 2026 14:00:00 GMT', 'asks to wait 120 minutes'],
  ])('not at all for Retry-After: %s', async (header, said) => {
    const { outcome, asked, waits } = await meeting([status(429, header)]);
    expect(outcome).toMatchObject({ ok: false, reason: { kind: 'unavailable', message: expect.stringContaining(said) } });
    expect({ asked, waits }).toEqual({ asked: 1, waits: [] });
  });

  test.each([null, '', '  ', 'soon', 'NaN'])('a header that says nothing asks for nothing: %p', (header) => {
    expect(requestedWait(header, NOON)).toBe(0);
  });

  test('the longest wait is a minute', () => expect(LONGEST_WAIT_MS).toBe(60_000));
});

describe('what was billed for an attempt', () => {
  const billed = { ...NO_USAGE, input: 100 };
  const retrying = (errors: readonly ProviderError[], payForRetry: PayForRetry) => {
    const clock = recordingClock(NOON);
    const left = [...errors];
    const ask = async () => {
      const error = left.shift();
      return error ? failure(error) : success('answer');
    };
    const outcome = withRetries(ask, { clock, retries: TURN_RETRIES, random: () => 0, onWait: () => {}, payForRetry });
    return outcome.then((value) => ({ outcome: value, waits: clock.waits }));
  };

  test('is paid for before the next, and nothing for an attempt that was free', async () => {
    const paid: Usage[] = [];
    const pay = async (usage: Usage) => success(paid.push(usage));
    const { outcome } = await retrying([status(503), { ...cutOff(MODEL), billed }, status(503)], pay);
    expect(outcome).toEqual(success('answer'));
    expect(paid).toEqual([billed]);
  });

  test('ends the turn at once where the next cannot be paid for', async () => {
    const { outcome, waits } = await retrying([{ ...cutOff(MODEL), billed }], async () => failure('The budget is spent.'));
    expect(outcome).toEqual(failure({ kind: 'unaffordable', message: 'The budget is spent.' }));
    expect(waits).toEqual([]);
  });

  test('is left to the end of the turn where there is no next attempt', async () => {
    const pay = jest.fn<PayForRetry>(async () => success(null));
    await retrying([{ ...status(400), billed }], pay);
    await retrying(Array(10).fill({ ...timedOut(MODEL), billed }), pay);
    await retrying([{ ...status(429, '3600'), billed }], pay);
    expect(pay).toHaveBeenCalledTimes(1);
  });
});

describe('a pause that calls of the same model share', () => {
  const shared = (until: number | null = null) => {
    const set: number[] = [];
    return { set, pause: { until: () => until, set: (at: number) => void set.push(at - NOON) } };
  };

  test('is what the provider asked for, where the call itself waits for it', async () => {
    const { pause, set } = shared();
    await meeting([status(429, '7')], 0, pause);
    expect(set).toEqual([7_000]);
  });

  test.each([
    ['no header', status(503)],
    ['more than a call waits for', status(429, '3600')],
  ])('is not made of %s', async (_, error) => {
    const { pause, set } = shared();
    await meeting([error], 0, pause);
    expect(set).toEqual([]);
  });

  test('is waited for before the next call', async () => {
    expect(await meeting([], 0, shared(NOON + 4_000).pause)).toMatchObject({ outcome: success('answer'), waits: [4_000] });
    expect(await meeting([], 0, shared(NOON - 4_000).pause)).toMatchObject({ waits: [] });
  });
});

test('a refusal of the key does not repeat what the provider says about it', () => {
  const { failure } = refused({ model: MODEL, status: 401, said: 'Incorrect API key provided: sk-abc***xyz', retryAfter: null });
  expect(failure.message).not.toContain('sk-');
});
