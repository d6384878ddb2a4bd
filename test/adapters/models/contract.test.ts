import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createModels } from '../../../src/adapters/models/models.ts';
import { PROVIDER_NAMES, PROVIDERS, type Provider } from '../../../src/domain/model/providers.ts';
import { totalTokens } from '../../../src/domain/model/usage.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { ModelFailure } from '../../../src/ports/model.ts';
import { type LocalModels, startLocalModels } from '../../support/models/local-models.ts';
import type { ScriptedTurn } from '../../support/models/scripted-turn.ts';
import { saidTo } from '../../support/models/seen-request.ts';
import { conversationWith } from './conversation-with.ts';

let local: LocalModels;
beforeEach(async () => {
  local = await startLocalModels();
});
afterEach(() => local.close());

const answers = (...turns: ScriptedTurn[]) => local.script(() => true, turns);
const read = (path: string) => ({ name: 'read_file', input: { path } });
const REQUEST = {
  effort: 'low',
  system: '',
  tools: [],
  messages: [{ role: 'user', text: 'Plan it.' }],
  cacheKey: '',
  maxOutputTokens: 1,
} as const;
const HUNDRED = { input: 100, cache_read: 40, cache_write: 60, output: 30, reasoning: 20 };

function failureOf(outcome: Outcome<unknown, ModelFailure>): ModelFailure {
  if (outcome.ok) throw new Error('a turn came back');
  return outcome.reason;
}

describe.each(PROVIDER_NAMES)('%s', (provider) => {
  test('several turns with parallel calls, each answered in the next', async () => {
    answers(
      { text: 'Looking.', calls: [read('a.ts'), read('b.ts'), { name: 'search', input: {} }] },
      { calls: [read('c.ts')] },
      { text: 'Done.' },
    );
    const talk = conversationWith(provider, local);

    const first = await talk.say('Plan it.');
    expect(first).toMatchObject({ model: `${provider}/some-model`, text: 'Looking.', stop: 'calls', reasoning: null });
    expect(first.calls.map(({ name, input }) => ({ name, input }))).toEqual([
      read('a.ts'),
      read('b.ts'),
      { name: 'search', input: {} },
    ]);
    expect(new Set(first.calls.map((call) => call.id)).size).toBe(3);

    const second = await talk.answerCalls(first, (index) => ({ content: `file ${index}` }));
    const third = await talk.answerCalls(second);
    expect(third).toMatchObject({ text: 'Done.', stop: 'end', calls: [] });

    expect(local.requests.map((request) => request.turn)).toEqual([0, 1, 2]);
    expect(local.requests.at(-1)?.messages).toEqual([
      { role: 'user', text: 'Plan it.' },
      { role: 'assistant', text: 'Looking.', calls: first.calls },
      {
        role: 'tools',
        results: first.calls.map((call, index) => ({ call_id: call.id, content: `file ${index}`, is_error: false })),
      },
      { role: 'assistant', text: '', calls: second.calls },
      { role: 'tools', results: [{ call_id: second.calls[0]?.id, content: 'result of read_file', is_error: false }] },
    ]);
  });

  test('the same turn asked for again is the same turn', async () => {
    answers({ text: 'Looking.', reasoning: 'Hm.', calls: [read('a.ts')] });
    const once = await conversationWith(provider, local).say('Plan it.');
    expect(await conversationWith(provider, local).say('Plan it.')).toEqual(once);
  });

  test('reasoning goes back verbatim and in order', async () => {
    answers(
      { text: 'So.', reasoning: ['First.', 'Then.'], calls: [read('a.ts')] },
      { reasoning: 'Again.', calls: [read('b.ts')] },
      {},
    );
    const talk = conversationWith(provider, local);
    const first = await talk.say('Plan it.');
    expect(first.reasoning).toBe('First.\n\nThen.');
    const second = await talk.answerCalls(first);
    await talk.answerCalls(second);

    const [id] = first.calls.map((call) => call.id);
    const [, , last] = local.requests.map((request) => request.body as { messages: { content: unknown }[]; input: unknown[] });
    if (provider === 'gemini' || provider === 'compatible') {
      const [call] = second.calls.map((one) => one.id);
      const made = (path: string) => ({ type: 'function', function: { name: 'read_file', arguments: JSON.stringify({ path }) } });
      // Gemini's thoughts are not sent back, only what they are signed with; others want their own words again.
      const signed = provider === 'gemini' && {
        extra_content: { google: { thought_signature: expect.stringMatching(/^sig-/) } },
      };
      const words = (reasoning: string) => (provider === 'gemini' ? {} : { reasoning });
      const silent = provider === 'gemini' ? {} : { content: '' };
      expect(last?.messages[2]).toEqual({
        role: 'assistant',
        content: 'So.',
        tool_calls: [{ id, ...made('a.ts'), ...signed }],
        ...words('First.\n\nThen.'),
      });
      expect(last?.messages[4]).toEqual({
        role: 'assistant',
        ...silent,
        tool_calls: [{ id: call, ...made('b.ts'), ...signed }],
        ...words('Again.'),
      });
    } else if (provider === 'anthropic') {
      expect(last?.messages[1]?.content).toEqual([
        { type: 'thinking', thinking: 'First.', signature: expect.stringMatching(/^sig-/) },
        { type: 'text', text: 'So.' },
        { type: 'thinking', thinking: 'Then.', signature: expect.stringMatching(/^sig-/) },
        { type: 'tool_use', id, name: 'read_file', input: { path: 'a.ts' } },
      ]);
      expect(last?.messages[3]?.content).toMatchObject([{ type: 'thinking', thinking: 'Again.' }, { type: 'tool_use' }]);
    } else {
      const summary = (text: string) => [{ type: 'summary_text', text }];
      expect(last?.input.slice(1, 6)).toEqual([
        { type: 'reasoning', id: expect.any(String), summary: summary('First.'), encrypted_content: expect.any(String) },
        expect.objectContaining({ type: 'message', role: 'assistant', content: [expect.objectContaining({ text: 'So.' })] }),
        { type: 'reasoning', id: expect.any(String), summary: summary('Then.'), encrypted_content: expect.any(String) },
        expect.objectContaining({ type: 'function_call', call_id: id, arguments: '{"path":"a.ts"}' }),
        { type: 'function_call_output', call_id: id, output: 'result of read_file' },
      ]);
      expect(last?.input.slice(6, 8)).toMatchObject([
        { type: 'reasoning', summary: summary('Again.') },
        { type: 'function_call' },
      ]);
    }
  });

  test.each(['length', 'refusal'] as const)('stops by %s', async (stop) => {
    answers({ text: 'I', stop }, { text: 'On I go.' });
    const talk = conversationWith(provider, local);
    expect(await talk.say('Plan it.')).toMatchObject({ stop, text: 'I', calls: [] });
    expect(await talk.say('Go on.')).toMatchObject({ stop: 'end', text: 'On I go.' });
  });

  // What cannot be sent back is left out, so here the script goes by what was said, not by the number of turns.
  test.each<[string, ScriptedTurn]>([
    ['thinking that used up the whole output', { reasoning: 'Endless.', stop: 'length' }],
    ['an answer of nothing', { text: ' ' }],
  ])('%s goes on', async (_what, empty) => {
    local.script(
      () => true,
      (request) => (saidTo(request).includes('Go on.') ? { text: 'Here.' } : empty),
    );
    const talk = conversationWith(provider, local);
    const turn = await talk.say('Plan it.');
    expect(turn).toMatchObject({ stop: empty.stop ?? 'end', reasoning: empty.reasoning ?? null });
    expect(turn.text.trim()).toBe('');
    expect(await talk.say('Go on.')).toMatchObject({ text: 'Here.' });
  });

  test('usage in disjoint counts', async () => {
    answers({ text: 'Done.', usage: HUNDRED });
    // Gemini does not tell what it wrote to the cache.
    const counted = provider === 'gemini' ? { ...HUNDRED, input: 160, cache_write: 0 } : HUNDRED;
    expect((await conversationWith(provider, local).say('Plan it.')).usage).toEqual(counted);
  });

  test('broken JSON is a malformed call, which the model can be told about', async () => {
    const cut = '{"path": "src/ma';
    answers(
      {
        calls: [read('a.ts')],
        rawCalls: [
          { name: 'search', json: '{"path": oops}' },
          { name: 'search', json: cut },
        ],
      },
      { text: 'Ah.' },
    );
    const talk = conversationWith(provider, local);
    const turn = await talk.say('Plan it.');
    expect(turn.stop).toBe('calls');
    expect(turn.calls).toEqual([
      { id: expect.any(String), ...read('a.ts') },
      { id: expect.any(String), name: 'search', malformed: '{"path": oops}' },
      { id: expect.any(String), name: 'search', malformed: cut },
    ]);
    const next = await talk.answerCalls(turn, (index) => ({ is_error: index > 0, content: 'not JSON' }));
    expect(next.text).toBe('Ah.');
    expect(local.requests[1]?.messages.at(-1)).toMatchObject({
      results: [{}, provider === 'anthropic' ? { content: 'not JSON', is_error: true } : { content: 'Error: not JSON' }, {}],
    });
  });

  test('a call without arguments has none', async () => {
    answers({ rawCalls: [{ name: 'search', json: '' }] });
    expect((await conversationWith(provider, local).say('Plan it.')).calls).toMatchObject([{ input: {} }]);
  });

  test('a model that does not reason is asked without it', async () => {
    answers({ text: 'One.' }, { text: 'Two.' });
    local.withoutReasoning('some-model');
    const talk = conversationWith(provider, local);
    expect(await talk.say('Plan it.')).toMatchObject({ text: 'One.' });
    const before = local.requests.length;
    expect(await talk.say('And again.')).toMatchObject({ text: 'Two.' });
    expect(local.requests.length - before).toBe(1);
  });

  describe('when it breaks down', () => {
    test.each(['cut-mid-stream', 'cut-before-answer'] as const)('%s: asked again', async (respond) => {
      answers({ text: 'Done.', calls: [read('a.ts')] });
      local.fault({ times: 2, respond });
      const talk = conversationWith(provider, local);
      const turn = await talk.say('Plan it.');
      expect(turn).toMatchObject({ text: 'Done.' });
      // What has begun is billed, and what has not is free.
      expect(turn.unfinished?.length).toBe(respond === 'cut-mid-stream' ? 2 : undefined);
      expect(local.requests).toHaveLength(3);
      expect(talk.clock.waits).toHaveLength(2);
      expect(talk.logged).toMatchObject([
        { model: `${provider}/some-model`, attempt: 1, reason: expect.stringContaining('broke off') },
        { attempt: 2 },
      ]);
    });

    test('cut for ever: given up', async () => {
      answers({ text: 'Done.' });
      local.fault({ times: Number.POSITIVE_INFINITY, respond: 'cut-mid-stream' });
      const { unfinished, ...outcome } = failureOf(await conversationWith(provider, local).sayInVain('Plan it.'));
      expect(unfinished).toHaveLength(5);
      for (const { model, usage } of unfinished ?? []) {
        expect(model).toBe(`${provider}/some-model`);
        expect(totalTokens({ ...usage, output: 0 })).toBeGreaterThan(50);
      }
      expect(outcome).toEqual({
        kind: 'unavailable',
        message: `The connection to ${provider} broke off before ${provider}/some-model had answered. Given up after 5 attempts.`,
      });
      expect(local.requests).toHaveLength(5);
    });

    test.each([500, 503, 529])('%d: asked again', async (status) => {
      answers({ text: 'Done.' });
      local.fault({ times: 1, respond: { status } });
      expect(await conversationWith(provider, local).say('Plan it.')).toMatchObject({ text: 'Done.' });
    });

    test('an error event in mid-stream: asked again', async () => {
      answers({ text: 'Done.' });
      local.fault({ times: 1, respond: { sseError: provider === 'anthropic' ? 'overloaded_error' : 'server_error' } });
      expect(await conversationWith(provider, local).say('Plan it.')).toMatchObject({ text: 'Done.' });
      expect(local.requests).toHaveLength(2);
    });

    test('an error event that says the request is wrong: rejected', async () => {
      answers({ text: 'Done.' });
      local.fault({
        times: 1,
        respond: { sseError: provider === 'openai' ? 'context_length_exceeded' : 'invalid_request_error' },
      });
      expect(failureOf(await conversationWith(provider, local).sayInVain('Plan it.'))).toMatchObject({ kind: 'rejected' });
      expect(local.requests).toHaveLength(1);
    });

    test('429 with Retry-After: waits as long as it asks', async () => {
      answers({ text: 'Done.' });
      local.fault({ times: 1, respond: { status: 429, headers: { 'retry-after': '7' } } });
      const talk = conversationWith(provider, local);
      await talk.say('Plan it.');
      expect(talk.clock.waits).toEqual([7000]);
    });

    test('429 with an hour: given up at once, and says so', async () => {
      local.fault({ times: 1, respond: { status: 429, headers: { 'retry-after': '3600' } } });
      const talk = conversationWith(provider, local);
      expect(failureOf(await talk.sayInVain('Plan it.'))).toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('asks to wait 60 minutes'),
      });
      expect(talk.clock.waits).toEqual([]);
    });

    test('401: the key is refused, once', async () => {
      local.fault({ times: 1, respond: { status: 401 } });
      const { kind, message } = failureOf(await conversationWith(provider, local).sayInVain('Plan it.'));
      expect({ kind, message }).toEqual({
        kind: 'auth',
        message: `${provider} refused the key for ${provider}/some-model (401).`,
      });
      expect(local.requests).toHaveLength(1);
    });

    test('400: rejected, and only the log has the provider’s own sentence', async () => {
      const talk = conversationWith(provider, local);
      expect(failureOf(await talk.sayInVain('Plan it.'))).toEqual({
        kind: 'rejected',
        message: `${provider} refused the request to ${provider}/some-model (400).`,
      });
      expect(talk.logged.at(-1)).toMatchObject({
        model: `${provider}/some-model`,
        status: 400,
        provider_says: 'no script picks this conversation',
      });
    });
  });

  test('a model that is gone: unknown, at start-up and when asked', async () => {
    local.retire('some-model');
    const talk = conversationWith(provider, local);
    expect(await talk.models.knows(`${provider}/some-model`)).toBe('missing');
    expect(await talk.models.knows(`${provider}/another`)).toBe('exists');
    expect(failureOf(await talk.sayInVain('Plan it.'))).toMatchObject({ kind: 'unknown_model' });
    await local.close();
    expect(await talk.models.knows(`${provider}/another`)).toBe('unknown');
  });

  test('an answer is said to begin when it does, and not where there is none', async () => {
    answers({ text: 'Done.' });
    const talk = conversationWith(provider, local);
    const hold = local.hold({ when: () => true });
    const said = talk.say('Plan it.');
    await hold.reached;
    expect(talk.begun()).toBe(0);
    hold.release();
    await said;
    expect(talk.begun()).toBe(1);
    local.fault({ times: 1, respond: { status: 400 } });
    await talk.sayInVain('And now?');
    expect(talk.begun()).toBe(1);
  });

  test('conversations that share their beginning share the cache', async () => {
    answers({ calls: [read('a.ts')] }, { text: 'Done.' });
    const plan = 'The plan. '.repeat(1000);
    const component = async (name: string) => {
      const talk = conversationWith(provider, local);
      talk.messages.push({ role: 'user', text: plan });
      const first = await talk.say(`Implement ${name}.`);
      return [first.usage, (await talk.answerCalls(first)).usage] as const;
    };
    const [a1, a2] = await component('a');
    const [b1] = await component('b');
    expect(a1.cache_read).toBe(0);
    expect(a2.cache_read).toBeGreaterThan(2500);
    expect(b1.cache_read).toBeGreaterThan(2500);
    expect(b1.input + b1.cache_write).toBeLessThan(100);
  });
});

test('anthropic: thinking adapts to the effort, nothing is forced, and no more than four breakpoints', async () => {
  answers({ calls: Array.from({ length: 15 }, (_, n) => read(`${n}.ts`)) }, { calls: [read('x.ts')] }, { text: 'Done.' });
  const talk = conversationWith('anthropic', local, { effort: 'low' });
  const second = await talk.answerCalls(await talk.say('Plan it.'));
  await talk.answerCalls(second);
  const body = local.requests[2]?.body as Record<string, unknown>;
  expect(body).toMatchObject({
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'low' },
    stream: true,
  });
  for (const name of ['temperature', 'top_p', 'top_k', 'tool_choice']) expect(body).not.toHaveProperty(name);
  const { system, messages } = body as {
    system: { cache_control?: object }[];
    messages: { role: string; content: { cache_control?: object }[] }[];
  };
  expect(system[0]?.cache_control).toEqual({ type: 'ephemeral' });
  expect(messages.map(({ role, content }) => [role, content.filter((block) => block.cache_control).length])).toEqual([
    ['user', 1],
    ['assistant', 0],
    ['user', 1],
    ['assistant', 0],
    ['user', 1],
  ]);
});

test('anthropic: a context window that filled up is a stop of its own', async () => {
  answers({ text: 'I', stop: 'context' });
  expect(await conversationWith('anthropic', local).say('Plan it.')).toMatchObject({ stop: 'context' });
});

test('openai: nothing is stored, and a long cache key is shortened', async () => {
  answers({ text: 'Done.' });
  await conversationWith('openai', local, { cacheKey: `repository/${'x'.repeat(80)}` }).say('Plan it.');
  expect(local.requests[0]?.body).toMatchObject({
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'high', summary: 'auto' },
    max_output_tokens: 32_000,
    prompt_cache_key: expect.stringMatching(/^.{64}$/),
  });
});

test('openai: a conversation too long for the window is rejected', async () => {
  answers({ stop: 'context' });
  expect(failureOf(await conversationWith('openai', local).sayInVain('Plan it.'))).toMatchObject({ kind: 'rejected' });
});

test('openai: an account without credit is not asked again', async () => {
  const body = {
    error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota', param: null },
  };
  local.fault({ times: 1, respond: { status: 429, body } });
  expect(failureOf(await conversationWith('openai', local).sayInVain('Plan it.'))).toMatchObject({ kind: 'auth' });
  expect(local.requests).toHaveLength(1);
});

test.each([
  ['anthropic/claude-x', 'anthropic/claude-x cannot be used: set ANTHROPIC_API_KEY.'],
  ['openai/gpt-x', 'openai/gpt-x cannot be used: set OPENAI_API_KEY.'],
  ['gemini/gemini-x', 'gemini/gemini-x cannot be used: set GEMINI_API_KEY.'],
  ['compatible/llama', 'compatible/llama cannot be used: set COMPATIBLE_BASE_URL.'],
])('without a key %s says which variable to set', async (model, message) => {
  const models = createModels({ endpoints: { anthropic: null }, clock: { now: () => 0, sleep: async () => {} } });
  const outcome = await models.turn({ ...REQUEST, model }, () => {});
  expect(failureOf(outcome)).toEqual({ kind: 'unconfigured', message });
  expect(await models.knows(model)).toBe('unknown');
});

test('a provider that there is none of says which there are', async () => {
  const outcome = await conversationWith('openai', local, { model: 'mistral/large' }).sayInVain('Plan it.');
  expect(failureOf(outcome)).toMatchObject({
    kind: 'unconfigured',
    message: expect.stringContaining('anthropic, openai, gemini, compatible'),
  });
});

test.each<[Provider, 'low' | 'high', object]>([
  ['anthropic', 'low', { output_config: { effort: 'low' } }],
  ['openai', 'low', { reasoning: { effort: 'low', summary: 'auto' } }],
  ['gemini', 'low', { extra_body: { google: { thinking_config: { thinking_level: 'low', include_thoughts: true } } } }],
  ['compatible', 'low', { reasoning_effort: 'low' }],
  ['anthropic', 'high', { output_config: { effort: 'high' } }],
  ['openai', 'high', { reasoning: { effort: 'high', summary: 'auto' } }],
  ['gemini', 'high', { extra_body: { google: { thinking_config: { thinking_level: 'high', include_thoughts: true } } } }],
  ['compatible', 'high', { reasoning_effort: 'high' }],
])('%s says the effort %s in its own words', async (provider, effort, words) => {
  answers({ text: 'Done.' });
  await conversationWith(provider, local, { effort }).say('Plan it.');
  expect(local.requests[0]?.body).toMatchObject(words);
});

test('gemini: a model without thinking levels is asked with an effort instead, and from then on at once', async () => {
  answers({ text: 'One.' }, { text: 'Two.' });
  local.fault({ times: 1, respond: { status: 400 } });
  const talk = conversationWith('gemini', local);
  await talk.say('Plan it.');
  await talk.say('And again.');
  const [, second, third] = local.requests.map(({ body }) => body);
  for (const body of [second, third]) {
    expect(body).toMatchObject({ reasoning_effort: 'high' });
    expect(body).not.toHaveProperty('extra_body');
  }
  expect(local.requests).toHaveLength(3);
});

test('gemini: a conversation too long for the window is rejected', async () => {
  answers({ stop: 'context' });
  const talk = conversationWith('gemini', local);
  expect(failureOf(await talk.sayInVain('Plan it.'))).toMatchObject({ kind: 'rejected' });
  expect(talk.logged.at(-1)).toMatchObject({
    provider_says: expect.stringContaining('exceeds the maximum number of tokens'),
  });
});

test('gemini: a wrong key is a 400 that says so in its details, and is not asked again', async () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
  const body = [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details } }];
  local.fault({ times: 1, respond: { status: 400, body } });
  expect(failureOf(await conversationWith('gemini', local).sayInVain('Plan it.'))).toMatchObject({ kind: 'auth' });
  expect(local.requests).toHaveLength(1);
});

test('gemini: waits as long as the body asks where the header does not', async () => {
  answers({ text: 'Done.' });
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }];
  local.fault({ times: 1, respond: { status: 429, body: [{ error: { code: 429, message: 'Quota exceeded', details } }] } });
  const talk = conversationWith('gemini', local);
  await talk.say('Plan it.');
  expect(talk.clock.waits).toEqual([34_000]);
});

test('compatible: a context window that filled up is a stop of its own', async () => {
  answers({ text: 'I', stop: 'context' });
  expect(await conversationWith('compatible', local).say('Plan it.')).toMatchObject({ stop: 'context' });
});

test('compatible: without a key no credentials are sent, with one they are', async () => {
  answers({ text: 'Done.' });
  await conversationWith('compatible', local).say('Plan it.');
  expect(local.requests[0]?.headers).not.toHaveProperty('authorization');
  const models = createModels({
    endpoints: { compatible: { apiKey: 'secret', baseUrl: local.compatibleUrl } },
    clock: { now: () => 0, sleep: async () => {} },
  });
  await models.turn({ ...REQUEST, model: 'compatible/some-model' }, () => {});
  expect(local.requests[1]?.headers).toMatchObject({ authorization: 'Bearer secret' });
});

test('compatible: a server that does not count is counted for', async () => {
  answers({ text: 'Done.' });
  local.withoutReasoning('some-model');
  const { usage } = await conversationWith('compatible', local).say('Plan it.');
  expect(usage.input).toBeGreaterThan(50);
  expect(usage.output).toBeGreaterThan(0);
});

test('compatible: a limit that no longer fits the window is left to the server, that time only', async () => {
  answers({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' });
  const talk = conversationWith('compatible', local);
  await talk.say('Plan it.');
  local.fault({ times: 1, respond: { status: 400 } });
  await talk.say('And again.');
  await talk.say('Once more.');
  expect(local.requests.map(({ body }) => 'max_tokens' in (body as object))).toEqual([true, true, false, true]);
});

describe('compatible: a first request that fills the window with its limit', () => {
  const parts = (): string[] =>
    local.requests.map(({ body }) =>
      ['reasoning_effort', 'stream_options', 'max_tokens'].filter((part) => part in (body as object)).join(' '),
    );
  const whole = 'reasoning_effort stream_options max_tokens';
  const refuses = (name: string, times = Number.POSITIVE_INFINITY): void =>
    local.fault({ times, when: ({ body }) => name in (body as object), respond: { status: 400 } });

  test('is sent without the limit, and nothing else counts as refused', async () => {
    answers({ text: 'One.' }, { text: 'Two.' });
    refuses('max_tokens', 1);
    const talk = conversationWith('compatible', local);
    await talk.say('Plan it.');
    await talk.say('And again.');
    expect(parts()).toEqual([whole, 'reasoning_effort stream_options', whole]);
  });

  test('to a server that knows no effort: only that counts as refused', async () => {
    answers({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' });
    refuses('max_tokens', 2);
    refuses('reasoning_effort');
    const talk = conversationWith('compatible', local);
    await talk.say('Plan it.');
    await talk.say('And again.');
    expect(parts().slice(-2)).toEqual(['stream_options', 'stream_options max_tokens']);
    expect(local.requests).toHaveLength(5);
  });

  test('and would not fit without it either: what is left out on the way is sent again in the next', async () => {
    answers({ text: 'One.' });
    local.fault({ times: 6, respond: { status: 400 } });
    const talk = conversationWith('compatible', local);
    expect(failureOf(await talk.sayInVain('Plan it.'))).toMatchObject({ kind: 'rejected' });
    expect(local.requests).toHaveLength(6);
    await talk.say('Something shorter.');
    expect(parts().at(-1)).toBe(whole);
  });
});

test('compatible: a 400 for a model that is not in the list is an unknown model', async () => {
  const outcome = await conversationWith('compatible', local, { model: 'compatible/unheard-of' }).sayInVain('Plan it.');
  expect(failureOf(outcome)).toMatchObject({ kind: 'unknown_model' });
});

test('compatible: a server that does not stream answers in one piece', async () => {
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'abcdefghi', function: { name: 'search', arguments: '{}' } }],
  };
  const body = {
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  };
  local.fault({ times: 1, respond: { status: 200, body } });
  expect(await conversationWith('compatible', local).say('Plan it.')).toMatchObject({
    stop: 'calls',
    calls: [{ id: 'abcdefghi', name: 'search', input: {} }],
    usage: { input: 9, output: 3 },
  });
});

describe.each(PROVIDER_NAMES.filter((provider) => PROVIDERS[provider].images))('%s takes images', (provider) => {
  const images = [
    { type: 'image/png', base64: 'iVBORw0KGgo=' },
    { type: 'image/jpeg', base64: '/9j/4AAQ' },
  ] as const;

  test('in front of the text they belong to, whatever text is around it, and again in each turn', async () => {
    answers({ calls: [read('a.ts')] }, { text: 'Done.' });
    const talk = conversationWith(provider, local);
    talk.messages.push({ role: 'user', text: 'Before.' }, { role: 'user', text: 'Two pictures.', images });
    await talk.answerCalls(await talk.say('After.'));
    for (const { messages } of local.requests) {
      const said = messages.flatMap((message) => (message.role === 'user' ? [message] : []));
      expect(said.map(({ text }) => text).join('\n')).toMatch(/^Before\.\s+Two pictures\.\s+After\.$/);
      expect(said.flatMap((message) => message.images ?? [])).toEqual(
        images.map(({ type, base64 }) => `data:${type};base64,${base64}`),
      );
    }
    expect(local.requests).toHaveLength(2);
  });
});
