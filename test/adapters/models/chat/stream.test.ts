import { expect, test } from '@jest/globals';
import { assembleAnswer, type ChatChunk } from '../../../../src/adapters/models/chat/stream.ts';

type Delta = NonNullable<NonNullable<NonNullable<ChatChunk['choices']>[number]>['delta']>;
type Calls = NonNullable<Delta['tool_calls']>;

const streamed = (...deltas: Delta[]) =>
  assembleAnswer([...deltas.map((delta) => ({ choices: [{ delta }] })), { choices: [{ delta: {}, finish_reason: 'stop' }] }], 3);

const list = { id: 'a', name: 'list', input: { in: 'src' } };
const read = { id: 'b', name: 'read', input: { path: 'x' } };
const LIST = '{"in":"src"}';
const READ = '{"path":"x"}';

// As vLLM, Ollama, SGLang, Gemini, LiteLLM and others send them, in this version or that.
test.each<[string, Calls[]]>([
  ['numbered, in pieces that take turns', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: '' } }, { index: 1, id: 'b', function: { name: 'read' } }],
    [{ index: 0, function: { arguments: '{"in":' } }],
    [{ index: 1, function: { arguments: READ } }],
    [{ index: 0, function: { arguments: '"src"}' } }],
  ]],
  ['whole and without a number', [
    [{ id: 'a', function: { name: 'list', arguments: LIST } }, { id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['whole, all with the number 0', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: LIST } }],
    [{ index: 0, id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['in pieces without a number', [
    [{ id: 'a', function: { name: 'list', arguments: '{"in":' } }],
    [{ function: { arguments: '"src"}' } }],
    [{ id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['with a new id for every piece', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: '{"in":' } }],
    [{ index: 0, id: 'zzz', function: { arguments: '"src"}' } }],
    [{ index: 1, id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['with an empty name in later pieces', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: '{"in":' } }],
    [{ index: 0, id: '', function: { name: '', arguments: '"src"}' } }],
    [{ index: 1, id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['with the name in every piece', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: '{"in":' } }],
    [{ index: 0, id: 'a', function: { name: 'list', arguments: '"src"}' } }],
    [{ index: 1, id: 'b', function: { name: 'read', arguments: READ } }],
  ]],
  ['with parsed arguments', [
    [{ index: 0, id: 'a', function: { name: 'list', arguments: { in: 'src' } } }],
    [{ index: 1, id: 'b', function: { name: 'read', arguments: { path: 'x' } } }],
  ]],
])('calls %s', (_how, pieces) => {
  expect(streamed(...pieces.map((tool_calls) => ({ tool_calls }))).calls).toEqual([list, read]);
}); // biome-ignore format: a table

test('calls without ids, or with the same one, get ids of their own that differ from turn to turn', () => {
  const twice = [{ function: { name: 'list', arguments: LIST } }, { function: { name: 'read', arguments: READ } }];
  expect(streamed({ tool_calls: twice }).calls.map(({ id }) => id)).toEqual(['c00030000', 'c00030001']);
  const same = twice.map((call, index) => ({ ...call, index, id: 'call_0' }));
  const { calls, replay } = streamed({ tool_calls: same });
  expect(calls.map(({ id }) => id)).toEqual(['call_0', 'c00030001']);
  expect(replay.tool_calls.map(({ id }) => id)).toEqual(['call_0', 'c00030001']);
});

test('a signature that comes after its call, or for no call, goes back where it belongs', () => {
  const signature = { google: { thought_signature: 's1' } };
  const { replay } = streamed(
    { tool_calls: [{ id: 'a', function: { name: 'list', arguments: LIST } }] },
    { tool_calls: [{ extra_content: signature }] },
    { extra_content: { google: { thought_signature: 's2' } } },
  );
  expect(replay.tool_calls).toMatchObject([{ id: 'a', extra_content: signature }]);
  expect(replay.extras).toEqual({ extra_content: { google: { thought_signature: 's2' } } });
});

test('thinking at the beginning of the content is no text', () => {
  expect(streamed({ content: '<think>Hm.' }, { content: '</think>\n\nYes.' })).toMatchObject({ text: 'Yes.', reasoning: 'Hm.' });
  expect(streamed({ content: 'Hm.</think>Yes.' })).toMatchObject({ text: 'Yes.', reasoning: 'Hm.' });
  const thought = { extra_content: { google: { thought: true } } };
  expect(
    streamed({ content: '<thou', ...thought }, { content: 'ght>Hm.', ...thought }, { content: '</thought>Yes.' }),
  ).toMatchObject({
    text: 'Yes.',
    reasoning: 'Hm.',
    replay: { content: 'Yes.', extras: {} },
  });
});

test('details of reasoning are put together, and shown once', () => {
  const { reasoning, replay } = streamed(
    { reasoning: 'First', reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'First', format: 'f' }] },
    { reasoning: ' this.', reasoning_details: [{ type: 'reasoning.text', index: 0, text: ' this.', signature: 'sig' }] },
    { reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'xyz' }] },
  );
  expect(reasoning).toBe('First this.');
  expect(replay.extras).toEqual({
    reasoning: 'First this.',
    reasoning_details: [
      { type: 'reasoning.text', index: 0, text: 'First this.', format: 'f', signature: 'sig' },
      { type: 'reasoning.encrypted', index: 1, data: 'xyz' },
    ],
  });
});

test('a stream that ends before the answer does has no finish', () => {
  expect(assembleAnswer([{ choices: [{ delta: { content: 'I' } }] }, { choices: [] }], 0).finish).toBeNull();
});
