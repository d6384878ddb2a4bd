// The providers' own documented examples of streamed answers, and what they become.
import { expect, test } from '@jest/globals';
import type { Provider } from '../../../src/domain/model/providers.ts';
import { events, exchange, keyOf, type Reply } from './exchange.ts';

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-123',
  object: 'chat.completion.chunk',
  created: 1694268190,
  model: 'some-model',
  system_fingerprint: 'fp_44709d6fcb',
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});
const spent = (usage: object) => ({ id: 'chatcmpl-123', object: 'chat.completion.chunk', choices: [], usage });

const ANTHROPIC_START = {
  type: 'message_start',
  message: {
    id: 'msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyy',
    type: 'message',
    role: 'assistant',
    content: [],
    model: 'claude-opus-5-5',
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 25, output_tokens: 1 },
  },
};
const blockStart = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const blockDelta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
const blockStop = (index: number) => ({ type: 'content_block_stop', index });
const messageDelta = (stop_reason: string, usage: object) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
});

const openaiResponse = (output: object[], usage: object | null, status = 'completed') => ({
  id: 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
  object: 'response',
  created_at: 1741476542,
  status,
  error: null,
  incomplete_details: null,
  model: 'some-model',
  output,
  usage,
});

test.each<[Provider, string, Reply, object]>([
  [
    'anthropic',
    'a text, with a ping and an event that is newer than the SDK',
    events(
      ANTHROPIC_START,
      blockStart(0, { type: 'text', text: '' }),
      { type: 'ping' },
      blockDelta(0, { type: 'text_delta', text: 'Hello' }),
      { type: 'novel_event', index: 0 },
      blockDelta(0, { type: 'text_delta', text: '!' }),
      blockStop(0),
      messageDelta('end_turn', { output_tokens: 15 }),
      { type: 'message_stop' },
    ),
    { text: 'Hello!', calls: [], stop: 'end', reasoning: null, usage: { input: 25, cache_read: 0, cache_write: 0, output: 15 } },
  ],
  [
    'anthropic',
    'a call whose arguments come in pieces',
    events(
      ANTHROPIC_START,
      blockStart(0, { type: 'text', text: '' }),
      blockDelta(0, { type: 'text_delta', text: "Okay, let's check the weather:" }),
      blockStop(0),
      blockStart(1, { type: 'tool_use', id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', name: 'get_weather', input: {} }),
      blockDelta(1, { type: 'input_json_delta', partial_json: '' }),
      blockDelta(1, { type: 'input_json_delta', partial_json: '{"location":' }),
      blockDelta(1, { type: 'input_json_delta', partial_json: ' "San Francisco, CA"}' }),
      blockStop(1),
      messageDelta('tool_use', { output_tokens: 89 }),
      { type: 'message_stop' },
    ),
    {
      text: "Okay, let's check the weather:",
      calls: [{ id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', name: 'get_weather', input: { location: 'San Francisco, CA' } }],
      stop: 'calls',
    },
  ],
  [
    'anthropic',
    'thinking with its signature, and thinking that is hidden',
    events(
      ANTHROPIC_START,
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'I need to find the GCD' }),
      blockDelta(0, { type: 'thinking_delta', thinking: ' of 1071 and 462.' }),
      blockDelta(0, { type: 'signature_delta', signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds' }),
      blockStop(0),
      blockStart(1, { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' }),
      blockStop(1),
      blockStart(2, { type: 'text', text: '' }),
      blockDelta(2, { type: 'text_delta', text: 'The greatest common divisor is 21.' }),
      blockStop(2),
      messageDelta('end_turn', { output_tokens: 40, output_tokens_details: { thinking_tokens: 25 } }),
      { type: 'message_stop' },
    ),
    {
      text: 'The greatest common divisor is 21.',
      reasoning: 'I need to find the GCD of 1071 and 462.',
      usage: { output: 40, reasoning: 25 },
      replay: [
        {
          type: 'thinking',
          thinking: 'I need to find the GCD of 1071 and 462.',
          signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds',
        },
        { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
        { type: 'text', text: 'The greatest common divisor is 21.' },
      ],
    },
  ],
  [
    'anthropic',
    'a refusal in mid-stream',
    events(
      ANTHROPIC_START,
      blockStart(0, { type: 'text', text: '' }),
      blockDelta(0, { type: 'text_delta', text: 'Hello' }),
      blockStop(0),
      messageDelta('refusal', { output_tokens: 22 }),
      { type: 'message_stop' },
    ),
    { stop: 'refusal', text: 'Hello' },
  ],
  [
    'openai',
    'a text',
    events(
      { type: 'response.created', response: openaiResponse([], null, 'in_progress') },
      { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi' },
      { type: 'response.novel.delta', delta: '?' },
      {
        type: 'response.completed',
        response: openaiResponse(
          [
            {
              type: 'message',
              id: 'msg_67ccd2bf17f0819081ff3bb2cf6508e6',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text: 'In a peaceful grove', annotations: [] }],
            },
          ],
          {
            input_tokens: 36,
            input_tokens_details: { cached_tokens: 16 },
            output_tokens: 87,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 123,
          },
        ),
      },
    ),
    { text: 'In a peaceful grove', stop: 'end', usage: { input: 20, cache_read: 16, cache_write: 0, output: 87, reasoning: 0 } },
  ],
  [
    'openai',
    'a call',
    events({
      type: 'response.completed',
      response: openaiResponse(
        [
          { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Weather.' }], encrypted_content: 'gAAAA' },
          {
            type: 'function_call',
            id: 'fc_67ca09c6bedc8190a7abfec07b1a1332096610f474011cc0',
            call_id: 'call_unLAR8MvFNptuiZK6K6HCy5k',
            name: 'get_weather',
            arguments: '{"location":"Boston, MA","unit":"celsius"}',
            status: 'completed',
          },
        ],
        { input_tokens: 291, output_tokens: 23, output_tokens_details: { reasoning_tokens: 3 }, total_tokens: 314 },
      ),
    }),
    {
      calls: [{ id: 'call_unLAR8MvFNptuiZK6K6HCy5k', name: 'get_weather', input: { location: 'Boston, MA', unit: 'celsius' } }],
      stop: 'calls',
      reasoning: 'Weather.',
      usage: { input: 291, output: 23, reasoning: 3 },
    },
  ],
  [
    'openai',
    'an answer cut at the output limit',
    events({
      type: 'response.incomplete',
      response: {
        ...openaiResponse([], { input_tokens: 5, output_tokens: 1_000 }, 'incomplete'),
        incomplete_details: { reason: 'max_output_tokens' },
      },
    }),
    { text: '', stop: 'length', usage: { input: 5, output: 1_000 } },
  ],
  [
    'gemini',
    'a call with its thought signature, finished with "stop"',
    events(
      {
        choices: [
          {
            delta: {
              role: 'assistant',
              tool_calls: [
                {
                  extra_content: { google: { thought_signature: 'CtoBAdHtim' } },
                  function: { arguments: '{"location":"Chicago, IL"}', name: 'get_weather' },
                  id: 'function-call-1',
                  type: 'function',
                },
              ],
            },
            finish_reason: 'stop',
            index: 0,
          },
        ],
        created: 1765000000,
        id: 'x',
        model: 'some-model',
        object: 'chat.completion.chunk',
        usage: { completion_tokens: 16, prompt_tokens: 52, total_tokens: 152 },
      },
      '[DONE]',
    ),
    {
      calls: [{ id: 'function-call-1', name: 'get_weather', input: { location: 'Chicago, IL' } }],
      stop: 'calls',
      usage: { input: 52, output: 100, reasoning: 84 },
      replay: { tool_calls: [{ id: 'function-call-1', extra_content: { google: { thought_signature: 'CtoBAdHtim' } } }] },
    },
  ],
  [
    'compatible',
    'a text',
    events(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hello' }),
      chunk({}, 'stop'),
      spent({ prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 }),
      '[DONE]',
    ),
    { text: 'Hello', stop: 'end', usage: { input: 19, output: 10 } },
  ],
  [
    'compatible',
    'comments that keep the connection open, as OpenRouter sends them',
    {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify(chunk({ content: 'Hello' }, 'stop'))}\n\ndata: [DONE]\n\n`,
    },
    { text: 'Hello', stop: 'end' },
  ],
  [
    'compatible',
    'usage that is no count',
    events(
      chunk({ content: 'Hello' }, 'stop'),
      spent({ prompt_tokens: -5, completion_tokens: 'many', total_tokens: -1 }),
      '[DONE]',
    ),
    { text: 'Hello', usage: { output: 1_000, cache_read: 0 } },
  ],
])('%s: %s', async (provider, _what, reply, turn) => {
  const { outcome, requests, logged } = await exchange(provider, reply);
  expect(outcome).toMatchObject({ ok: true, value: { model: `${provider}/some-model`, ...turn } });
  expect(requests).toHaveLength(1);
  expect(requests[0]?.headers.authorization).toBe(`Bearer ${keyOf(provider)}`);
  expect(logged).toEqual([]);
});
