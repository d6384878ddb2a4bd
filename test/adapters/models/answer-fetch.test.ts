import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ANSWER_TIMEOUT_MS, answerFetchOptions } from '../../../src/adapters/models/answer-fetch.ts';
import { createModels } from '../../../src/adapters/models/models.ts';

const PROCESS_WIDE = Symbol.for('undici.globalDispatcher.1');
type Dispatcher = { dispatch(options: object, handler: object): boolean };
const global = globalThis as { [PROCESS_WIDE]?: Dispatcher | undefined };
void Headers;
const own = global[PROCESS_WIDE];
afterEach(() => {
  global[PROCESS_WIDE] = own;
});

/** What reaches the dispatcher of the process, which a proxy would be. */
function watched(): object[] {
  const seen: object[] = [];
  global[PROCESS_WIDE] = {
    dispatch(options, handler) {
      seen.push(options);
      return (own as Dispatcher).dispatch(options, handler);
    },
  };
  return seen;
}

async function withServer(use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const LONGER_TIMEOUTS = { headersTimeout: 0, bodyTimeout: ANSWER_TIMEOUT_MS };

test('a request goes through the dispatcher of the process, without the limit of five minutes', async () => {
  const options = answerFetchOptions();
  const seen = watched();
  await withServer(async (url) => {
    await (await fetch(url, options)).text();
    await (await fetch(url)).text();
  });
  expect(seen).toMatchObject([LONGER_TIMEOUTS, { path: '/' }]);
  expect(seen[1]).not.toHaveProperty('headersTimeout');
});

test.each(['anthropic', 'openai', 'gemini', 'compatible'])('so does a call of a model: %s', async (provider) => {
  const seen = watched();
  await withServer(async (url) => {
    const models = createModels({
      endpoints: { [provider]: { apiKey: 'key', baseUrl: url } },
      clock: { now: () => 0, sleep: async () => {} },
    });
    const request = { effort: 'low', system: '', tools: [], messages: [], cacheKey: '', maxOutputTokens: 1 } as const;
    expect(await models.turn({ ...request, model: `${provider}/some-model` }, () => {})).toMatchObject({ ok: false });
  });
  expect(seen.length).toBeGreaterThan(0);
  for (const options of seen) expect(options).toMatchObject(LONGER_TIMEOUTS);
});

test('a Node that keeps its dispatcher elsewhere is left alone, and no redirect is followed there either', () => {
  global[PROCESS_WIDE] = undefined;
  expect(answerFetchOptions()).toEqual({ redirect: 'manual' });
});
