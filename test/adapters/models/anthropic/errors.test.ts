import Anthropic, { APIConnectionError } from '@anthropic-ai/sdk';
import { afterEach, expect, jest, test } from '@jest/globals';
import { anthropicErrorIn, fetchWithoutTimeoutMessages } from '../../../../src/adapters/models/anthropic/errors.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** What becomes of a call, by the adapter's fetch and the SDK, where Node's fetch does this. */
async function errorWhere(doesFetch: typeof fetch) {
  jest.spyOn(globalThis, 'fetch').mockImplementation(doesFetch);
  const client = new Anthropic({ apiKey: 'key', timeout: 5, maxRetries: 0, fetch: fetchWithoutTimeoutMessages, logLevel: 'off' });
  const call = client.messages.create({ model: 'claude-x', max_tokens: 1, messages: [], stream: true });
  return anthropicErrorIn(await call.catch((error: unknown) => error), 'anthropic/claude-x');
}

test('a call that our own limit ended says so, and is tried once more', async () => {
  const known = await errorWhere(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      }),
  );
  expect(known).toMatchObject({
    failure: { kind: 'unavailable', message: 'anthropic/claude-x had not begun to answer after 10 minutes.' },
    again: true,
    tries: 2,
  });
});

const failed = (name: string, message: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { name }) });

test.each([
  ['a connection that took too long to open', failed('ConnectTimeoutError', 'Connect Timeout Error (timeout: 10000ms)')],
  ['a network that timed out', failed('Error', 'connect ETIMEDOUT 192.0.2.1:443')],
  ['a lost connection', failed('SocketError', 'other side closed')],
])('%s is an outage as any other', async (_, error) => {
  const known = await errorWhere(() => Promise.reject(error));
  expect(known.failure.message).toContain('broke off');
  expect(known).not.toHaveProperty('tries');
});

test.each([
  ['a lost connection', new APIConnectionError({ message: 'gone' })],
  ['whatever fetch throws', new TypeError('terminated')],
])('%s in the middle of an answer is an outage as any other', (_, error) => {
  expect(anthropicErrorIn(error, 'anthropic/claude-x')).not.toHaveProperty('tries');
});
