// Every error that the four providers document, in the form in which they document it, and what no documentation names: pages of HTML,
// redirects, empty and broken bodies.
import { describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { PROVIDER_NAMES, type Provider } from '../../../src/domain/model/providers.ts';
import { NO_USAGE, totalTokens, type Usage } from '../../../src/domain/model/usage.ts';
import { failure, success } from '../../../src/domain/outcome.ts';
import type { ModelFailure } from '../../../src/ports/model.ts';
import { addressOf, events, exchange, exchangePaidBy, keyOf, type Reply } from './exchange.ts';

type Say = (status: number, type: string, message: string) => unknown;

/** The shape of an error's body. */
const SHAPES: Readonly<Record<Provider, readonly Say[]>> = {
  anthropic: [(_, type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' })],
  openai: [(_, type, message) => ({ error: { message, type, param: null, code: null } })],
  gemini: [
    (code, status, message) => [{ error: { code, message, status } }],
    (code, status, message) => ({ error: { code, message, status } }),
  ],
  compatible: [
    (code, type, message) => ({ object: 'error', message, type, param: null, code }),
    (code, type, message) => ({ error: { message, type, param: null, code } }),
    (_, __, message) => ({ error: message }),
    (_, __, message) => ({ detail: message }),
    (_, __, message) => ({ detail: [{ type: 'missing', loc: ['body'], msg: message }] }),
  ],
};

type Kind = ModelFailure['kind'];

/** Status, what the provider calls it, and what it is to us. */
const DOCUMENTED: Readonly<Record<Provider, readonly [number, string, Kind][]>> = {
  anthropic: [
    [400, 'invalid_request_error', 'rejected'],
    [401, 'authentication_error', 'auth'],
    [402, 'billing_error', 'auth'],
    [403, 'permission_error', 'auth'],
    [404, 'not_found_error', 'unknown_model'],
    [409, 'conflict_error', 'unavailable'],
    [413, 'request_too_large', 'rejected'],
    [429, 'rate_limit_error', 'unavailable'],
    [500, 'api_error', 'unavailable'],
    [504, 'timeout_error', 'unavailable'],
    [529, 'overloaded_error', 'unavailable'],
  ],
  openai: [
    [400, 'invalid_request_error', 'rejected'],
    [401, 'invalid_request_error', 'auth'],
    [403, 'invalid_request_error', 'auth'],
    [404, 'invalid_request_error', 'unknown_model'],
    [408, 'timeout', 'unavailable'],
    [409, 'conflict', 'unavailable'],
    [422, 'invalid_request_error', 'rejected'],
    [429, 'requests', 'unavailable'],
    [500, 'server_error', 'unavailable'],
    [502, 'server_error', 'unavailable'],
    [503, 'server_error', 'unavailable'],
  ],
  gemini: [
    [400, 'INVALID_ARGUMENT', 'rejected'],
    [400, 'FAILED_PRECONDITION', 'rejected'],
    [401, 'UNAUTHENTICATED', 'auth'],
    [403, 'PERMISSION_DENIED', 'auth'],
    [404, 'NOT_FOUND', 'unknown_model'],
    [409, 'ABORTED', 'unavailable'],
    [429, 'RESOURCE_EXHAUSTED', 'unavailable'],
    [499, 'CANCELLED', 'rejected'],
    [500, 'INTERNAL', 'unavailable'],
    [503, 'UNAVAILABLE', 'unavailable'],
    [504, 'DEADLINE_EXCEEDED', 'unavailable'],
  ],
  compatible: [
    [400, 'BadRequestError', 'rejected'],
    [401, 'Unauthorized', 'auth'],
    [402, 'insufficient_credits', 'auth'],
    [403, 'Forbidden', 'auth'],
    [404, 'NotFoundError', 'unknown_model'],
    [408, 'Timeout', 'unavailable'],
    [413, 'RequestTooLarge', 'rejected'],
    [422, 'UnprocessableEntity', 'rejected'],
    [429, 'RateLimitError', 'unavailable'],
    [500, 'InternalServerError', 'unavailable'],
    [502, 'BadGateway', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
    [504, 'GatewayTimeout', 'unavailable'],
  ],
};

const rows = PROVIDER_NAMES.flatMap((provider) =>
  DOCUMENTED[provider].flatMap(([status, type, kind]) =>
    SHAPES[provider].map((shape, nth) => ({ provider, status, type, kind, shape, nth })),
  ),
);

// Each body repeats the whole request, its headers included: a provider may do so in any error.
test.each(rows)(
  '$provider $status $type in shape $nth is $kind, and no key leaves',
  async ({ provider, status, type, kind, shape }) => {
    const body = (request: string) => JSON.stringify(shape(status, type, `Refused: ${request}`));
    const { outcome, requests, logged, waits } = await exchange(provider, { status, body });
    expect(outcome).toMatchObject({ ok: false, reason: { kind } });
    expect(JSON.stringify(requests)).toContain(keyOf(provider));
    for (const out of [outcome, logged]) {
      expect(JSON.stringify(out)).not.toContain(keyOf(provider));
      expect(JSON.stringify(out)).not.toContain(keyOf(provider).slice(0, 15));
    }
    expect(JSON.stringify(outcome)).not.toContain('Refused');
    expect(logged[0]).toMatchObject({ model: `${provider}/some-model`, status, message: 'the provider refused a call' });
    if (kind === 'unavailable') expect(waits).toHaveLength(4);
    else expect(waits).toEqual([]);
  },
);

describe.each(PROVIDER_NAMES)('%s', (provider) => {
  const failing = async (...replies: readonly [Reply, ...Reply[]]) => {
    const { outcome, ...rest } = await exchange(provider, ...replies);
    if (outcome.ok) throw new Error('a turn came back');
    return { ...outcome.reason, ...rest };
  };
  const [shape] = SHAPES[provider] as [Say];

  test('429 with Retry-After is waited for, and then the answer counts', async () => {
    const limited: Reply = { status: 429, headers: { 'retry-after': '7', 'content-type': 'application/json' }, body: '{}' };
    const seen = await failing(limited, { status: 401, body: JSON.stringify(shape(401, 'authentication_error', 'No.')) });
    expect(seen).toMatchObject({ kind: 'auth', waits: [7000] });
  });

  test('429 with a Retry-After beyond a minute is given up', async () => {
    const seen = await failing({ status: 429, headers: { 'retry-after': '3600' }, body: '{}' });
    expect(seen).toMatchObject({
      kind: 'unavailable',
      waits: [],
      message: expect.stringContaining('asks to wait 60 minutes'),
    });
  });

  test.each<[string, Reply]>([
    ['an empty body', { status: 500, body: '' }],
    ['a page of HTML', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html><h1>502 Bad Gateway</h1></html>' }],
    ['JSON that breaks off', { status: 503, body: '{"error": {"mess' }],
    ['a list', { status: 500, body: '[]' }],
    ['null', { status: 500, body: 'null' }],
    ['a number', { status: 500, body: '7' }],
  ])('an error with %s is tried again, then given up', async (_what, reply) => {
    const { kind, requests, message } = await failing(reply);
    expect({ kind, requests: requests.length }).toEqual({ kind: 'unavailable', requests: 5 });
    expect(message).toMatch(/is not available \(50\d\)\. Given up after 5 attempts\.$/);
  });

  test('an error with JSON that is too deep to be written again is an error all the same', async () => {
    const { kind, waits } = await failing({ status: 500, body: `${'['.repeat(9_000)}${']'.repeat(9_000)}` });
    expect({ kind, waits: waits.length }).toEqual({ kind: 'unavailable', waits: 4 });
  });

  test.each<[string, Reply]>([
    ['an empty body', { status: 200, body: '' }],
    ['an empty stream', { ...events(), body: '' }],
    ['no content', { status: 204 }],
    ['a page of HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome to the hotel</html>' }],
    ['JSON that breaks off', { status: 200, body: '{"id": "1", "cho' }],
    ['null', { status: 200, body: 'null' }],
    ['a list', { status: 200, body: '[1, 2]' }],
    ['events that are no JSON', events('{"type": "mess', '}{')],
    ['events that are null', events('null', '[DONE]')],
    ['events that are numbers', events('7', '"text"', '[DONE]')],
    ['choices that are none', events({ choices: 5 }, { choices: [null] }, { choices: [{ delta: 7, finish_reason: 'stop' }] })],
    [
      'fields of the wrong type',
      events(
        { type: 'message_start', message: 7 },
        { type: 'content_block_delta', index: 'x', delta: null },
        { type: 'response.completed', response: { output: 7 } },
        { type: 'message_stop' },
      ),
    ],
    ['a connection that is lost', { status: 200, lost: true }],
  ])('an answer of %s is tried again, then given up', async (_what, reply) => {
    const { kind, waits } = await failing(reply);
    expect({ kind, waits: waits.length }).toEqual({ kind: 'unavailable', waits: 4 });
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%d) is not followed: the prompt and the key stay here', async (status) => {
    const elsewhere = nock('https://elsewhere.example').post(/.*/).reply(200, '{}').get(/.*/).reply(200, '{}');
    const { kind, message } = await failing({ status, headers: { location: 'https://elsewhere.example/v1/messages' } });
    expect({ kind, message }).toEqual({
      kind: 'rejected',
      message: `${provider} refused the request to ${provider}/some-model (${status}).`,
    });
    expect(elsewhere.pendingMocks()).toHaveLength(2);
  });

  test('a host that cannot be found is tried again, then given up', async () => {
    const { kind, waits } = await failing({ status: 200, lost: true });
    expect({ kind, waits: waits.length }).toEqual({ kind: 'unavailable', waits: 4 });
    expect(addressOf(provider)).toMatch(/^https?:/);
  });
});

describe('errors in mid-stream', () => {
  const START = { type: 'message_start', message: { id: 'msg_1', role: 'assistant', content: [], usage: { input_tokens: 25 } } };
  const anthropicError = (type: string) => ({ type: 'error', error: { type, message: `Said ${keyOf('anthropic')}.` } });
  const openaiError = (code: string) => ({
    type: 'error',
    code,
    message: `Said ${keyOf('openai')}.`,
    param: null,
    sequence_number: 1,
  });
  const failed = (code: string) => ({
    type: 'response.failed',
    response: { id: 'resp_1', status: 'failed', output: [], error: { code, message: `Said ${keyOf('openai')}.` } },
  });
  const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason, ...more }],
  });

  test.each<[Provider, string, Kind, Reply]>([
    ['anthropic', 'overloaded_error', 'unavailable', events(START, anthropicError('overloaded_error'))],
    ['anthropic', 'api_error', 'unavailable', events(START, anthropicError('api_error'))],
    ['anthropic', 'invalid_request_error', 'rejected', events(START, anthropicError('invalid_request_error'))],
    ['anthropic', 'authentication_error', 'auth', events(START, anthropicError('authentication_error'))],
    ['anthropic', 'an error nobody has named yet', 'unavailable', events(START, anthropicError('novel_error'))],
    ['openai', 'server_error', 'unavailable', events(openaiError('server_error'))],
    ['openai', 'rate_limit_exceeded', 'unavailable', events(openaiError('rate_limit_exceeded'))],
    ['openai', 'context_length_exceeded', 'rejected', events(openaiError('context_length_exceeded'))],
    ['openai', 'response.failed server_error', 'unavailable', events(failed('server_error'))],
    ['openai', 'response.failed invalid_prompt', 'rejected', events(failed('invalid_prompt'))],
    [
      'gemini',
      '503 in a list',
      'unavailable',
      events(chunk({ content: 'I' }), [{ error: { code: 503, message: 'Overloaded.' } }]),
    ],
    ['gemini', '503', 'unavailable', events(chunk({ content: 'I' }), { error: { code: 503, message: 'Overloaded.' } })],
    ['compatible', '400', 'rejected', events(chunk({ content: 'I' }), { error: { code: 400, message: 'No.' } })],
    [
      'compatible',
      'OpenRouter’s',
      'unavailable',
      events(chunk({ content: '' }, 'error', { error: { code: 502, message: 'Down.' } })),
    ],
    [
      'compatible',
      'in one piece with 200',
      'unavailable',
      { status: 200, body: JSON.stringify({ error: { code: 502, message: 'Down.' } }) },
    ],
    [
      'compatible',
      'in one piece with 200, final',
      'rejected',
      { status: 200, body: JSON.stringify({ error: { code: 400, message: 'No.' } }) },
    ],
  ])('%s: %s is %s', async (provider, _what, kind, reply) => {
    const { outcome, logged } = await exchange(provider, reply);
    expect(outcome).toMatchObject({ ok: false, reason: { kind } });
    for (const out of [outcome, logged]) expect(JSON.stringify(out)).not.toContain(keyOf(provider));
  });

  const written = 'y'.repeat(80);
  const anthropicStart = {
    ...START,
    message: { ...START.message, usage: { input_tokens: 25, cache_read_input_tokens: 700, output_tokens: 1 } },
  };
  const delta = (of: object) => ({ type: 'content_block_delta', index: 0, delta: of });
  const created = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [], usage: null } };
  const call = (json: string) => chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'search', arguments: json } }] });

  test.each<[Provider, string, Reply, prompt: number | null]>([
    ['anthropic', 'a text', events(anthropicStart, delta({ type: 'text_delta', text: written })), 725],
    ['anthropic', 'a call', events(anthropicStart, delta({ type: 'input_json_delta', partial_json: written })), 725],
    ['anthropic', 'thoughts', events(anthropicStart, delta({ type: 'thinking_delta', thinking: written })), 725],
    [
      'anthropic',
      'an outage',
      events(anthropicStart, delta({ type: 'text_delta', text: written }), anthropicError('overloaded_error')),
      725,
    ],
    ['openai', 'a text', events(created, { type: 'response.output_text.delta', delta: written }), null],
    ['openai', 'a call', events(created, { type: 'response.function_call_arguments.delta', delta: written }), null],
    ['openai', 'thoughts', events(created, { type: 'response.reasoning_summary_text.delta', delta: written }), null],
    ['gemini', 'a text', events(chunk({ content: written })), null],
    ['gemini', 'an outage', events(chunk({ content: written }), { error: { code: 503, message: 'Overloaded.' } }), null],
    ['compatible', 'a call', events(call(written)), null],
    ['compatible', 'thoughts', events(chunk({ reasoning_content: written })), null],
    ['compatible', 'a text with a count', events({ ...chunk({ content: written }), usage: { prompt_tokens: 725 } }), 725],
  ])('%s: %s before it breaks off is billed for each attempt', async (provider, _what, reply, prompt) => {
    const { outcome, requests } = await exchange(provider, reply);
    const charges = (outcome.ok ? undefined : outcome.reason.unfinished) ?? [];
    expect(charges.map(({ model }) => model)).toEqual(requests.map(() => `${provider}/some-model`));
    for (const { usage } of charges) {
      const { output, reasoning: _, ...input } = usage;
      if (prompt !== null) expect(totalTokens({ ...NO_USAGE, ...input })).toBe(prompt);
      expect(usage.input).toBeGreaterThan(20);
      expect(output).toBeGreaterThanOrEqual(20);
      expect(output).toBeLessThan(25);
    }
  });

  test('an attempt that is billed is paid for before the next, which is not made where it cannot be paid for', async () => {
    const brokenOff = events(anthropicStart, delta({ type: 'text_delta', text: written }));
    const overload: Reply = { status: 529, body: '{}' };
    const paid: Usage[] = [];
    const payForRetry = async (billed: Usage) => (paid.push(billed) < 2 ? success(null) : failure('The budget is spent.'));
    const { outcome, requests } = await exchangePaidBy(payForRetry, 'anthropic', [overload, brokenOff, overload, brokenOff]);
    expect(outcome).toMatchObject({ reason: { kind: 'unaffordable', message: 'The budget is spent.' } });
    expect(requests).toHaveLength(4);
    expect(outcome.ok ? [] : outcome.reason.unfinished?.map(({ usage }) => usage)).toEqual(paid);
  });

  test.each<[Provider, string, Reply]>([
    ['openai', 'a request that is only confirmed', events(created)],
    ['openai', 'an error in place of an answer', events(created, failed('server_error'))],
    ['gemini', 'an error in place of an answer', events({ error: { code: 503, message: 'Overloaded.' } })],
    ['compatible', 'an error in one piece', { status: 200, body: JSON.stringify({ error: { code: 502, message: 'Down.' } }) }],
    ['anthropic', 'an error in place of an answer', events(anthropicError('overloaded_error'))],
    ['anthropic', 'an overload', { status: 529, body: '{}' }],
  ])('%s: %s is free', async (provider, _what, reply) => {
    const { outcome } = await exchange(provider, reply);
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.ok ? null : outcome.reason).not.toHaveProperty('unfinished');
  });
});
