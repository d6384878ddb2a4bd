import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LocalModels, startLocalModels } from './local-models.ts';

let local: LocalModels;
beforeEach(async () => {
  local = await startLocalModels();
});
afterEach(() => local.close());

const say = (text: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${local.openaiUrl}/responses`, {
    method: 'POST',
    headers: { authorization: 'Bearer key' },
    body: JSON.stringify({ model: 'm', input: text, stream: true }),
    ...(signal && { signal }),
  });

test('a held call waits, others pass, and a client that was killed can ask again', async () => {
  local.script(() => true, [{ text: 'Here.' }]);
  const hold = local.hold({ when: (request) => JSON.stringify(request.messages).includes('wait') });
  const killed = new AbortController();
  const held = say('wait', killed.signal).catch(() => 'killed');
  expect(await hold.reached).toMatchObject({ index: 0, turn: 0 });
  expect((await say('hurry')).status).toBe(200);
  killed.abort();
  expect(await held).toBe('killed');
  hold.release();
  expect(await (await say('wait')).text()).toContain('Here.');
});

test('until looks again after each request, and says what it waited for', async () => {
  local.script(() => true, [{ text: 'Here.' }]);
  const second = local.until('a second request', () => local.requests[1]);
  await say('one');
  await say('two');
  expect(await second).toMatchObject({ index: 1 });
  await expect(local.until('a third request', () => local.requests[2], { timeoutMs: 1 })).rejects.toThrow(
    'still waiting for a third request after 1 ms; 2 model requests so far',
  );
});

test('of several scripts the latest wins, and what no script picks is refused', async () => {
  const first = local.script(() => true, [{ text: 'First.' }]);
  const second = local.script((request) => request.model === 'm', [{ text: 'Second.' }]);
  expect(await (await say('one')).text()).toContain('Second.');
  second.remove();
  expect(await (await say('two')).text()).toContain('First.');
  first.remove();
  expect(await (await say('three')).json()).toMatchObject({ error: { message: 'no script picks this conversation' } });
  expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
});

test('a prompt can be read from the cache once the answer to it has begun, not before', async () => {
  local.script(() => true, [{ text: 'Here.' }]);
  const prompt = 'The plan. '.repeat(1000);
  const hold = local.hold({ when: () => true });
  const readBy = async (answer: Promise<Response>): Promise<number> =>
    Number(/"cached_tokens":(\d+)/.exec((await (await answer).text()).split('response.completed').at(-1) as string)?.[1]);
  const both = [readBy(say(prompt)), readBy(say(prompt))];
  await local.until('both to be asked', () => local.requests.length === 2);
  hold.release();
  expect(await Promise.all(both)).toEqual([0, 0]);
  expect(await readBy(say(prompt))).toBeGreaterThan(2_000);
});
