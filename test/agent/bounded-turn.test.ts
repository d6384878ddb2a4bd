import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { boundTurn } from '../../src/agent/bounded-turn.ts';
import { type LoopPorts, runLoop } from '../../src/agent/loop.ts';
import { defineTool } from '../../src/agent/tool.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Turn } from '../../src/domain/model/conversation.ts';
import { success } from '../../src/domain/outcome.ts';

/** `levels` levels of JSON, built without recursion. */
function nested(levels: number, wrap: (inner: Json) => Json): Json {
  let json: Json = 1;
  for (let i = 0; i < levels; i++) json = wrap(json);
  return json;
}
const inArray = (inner: Json): Json => [inner];
const inObject = (inner: Json): Json => ({ a: inner });

const turnWith = (input: Json, more: Partial<Turn> = {}): Turn => ({
  model: 'local/a',
  text: '',
  calls: [{ id: '1', name: 'finish', input }],
  stop: 'calls',
  usage: { input: 100, cache_read: 0, cache_write: 0, output: 10, reasoning: 0 },
  reasoning: null,
  replay: [{ type: 'tool_use', id: '1', name: 'finish', input }],
  ...more,
});

test('an ordinary turn stays as it is', () => {
  const turn = turnWith({ plan: nested(90, inObject) }, { text: 'x'.repeat(100_000) });
  expect(boundTurn(turn)).toEqual({ turn, failure: null });
});

test.each([
  ['arrays, 9,000 levels deep', nested(9_000, inArray)],
  ['objects, 9,000 levels deep', nested(9_000, inObject)],
  ['a million levels', nested(1_000_000, inArray)],
  ['the depth in one field of many', { path: 'a', text: [1, { b: nested(5_000, inArray) }] }],
])('%s: the call counts as malformed, and what is sent back is JSON', (_, input) => {
  const { turn, failure } = boundTurn(turnWith(input));
  expect(failure).toBeNull();
  expect(turn.calls).toEqual([{ id: '1', name: 'finish', malformed: 'nested deeper than 100 levels' }]);
  expect(JSON.parse(JSON.stringify(turn))).toEqual(turn);
  expect(turn.replay).toMatchObject([{ type: 'tool_use', id: '1', name: 'finish' }]);
});

// Made by functions: jest writes out the values of a table.
test.each<[string, () => Turn]>([
  ['one long string', () => turnWith({ text: 'x'.repeat(21_000_000) })],
  ['very many values', () => turnWith({ list: Array<Json>(5_000_000).fill(0) })],
  ['long names', () => turnWith({ ['k'.repeat(21_000_000)]: 1 })],
  ['text', () => turnWith({}, { text: 'x'.repeat(21_000_000) })],
])('an answer too large, %s, keeps only its usage', (_, make) => {
  const turn = make();
  const bounded = boundTurn(turn);
  expect(bounded.failure).toBe("the model's answer was larger than 20,000,000 characters.");
  expect(JSON.stringify(bounded.turn).length).toBeLessThan(300);
  expect(bounded.turn.usage).toBe(turn.usage);
});

describe('in a loop', () => {
  const finish = defineTool({
    name: 'finish',
    description: '',
    input: z.strictObject({ text: z.string() }),
    run: async ({ text }) => ({ content: 'ok', is_error: false, final: text }),
  });
  async function loop(...turns: Turn[]) {
    const waiting = [...turns];
    const ports: LoopPorts = {
      models: { turn: async () => success(waiting.shift() ?? turnWith({ text: 'done' })), knows: async () => 'exists' },
      clock: { now: () => 0, sleep: async () => {} },
      priceOf: (_, usage) => usage.output,
      // As the engine does: what is not JSON is lost.
      record: async (_, run) => JSON.parse(JSON.stringify(await run())),
    };
    const state = { beginTurn: () => ({ tools: [finish], edits: () => null }), apply: () => {} };
    const request = { model: 'local/a', effort: 'low' as const, system: '', cacheKey: '', maxOutputTokens: 100 };
    return runLoop<string, null>({ request, opening: ['Go.'], state, terminalTools: ['finish'], maxTurns: 9 }, ports);
  }

  test('the model is corrected, and both turns are on the bill', async () => {
    const end = await loop(turnWith(nested(9_000, inObject)), turnWith({ text: 'done' }));
    expect(end).toMatchObject({ kind: 'final', final: 'done', spend: [{ turns: 2, usd: 20 }] });
  });

  test('a turn that is too large ends it, and is on the bill', async () => {
    const end = await loop(turnWith({ text: 'x'.repeat(21_000_000) }));
    expect(end).toMatchObject({
      kind: 'failed',
      reason: "the model's answer was larger than 20,000,000 characters.",
      spend: [{ turns: 1, usd: 10 }],
    });
  });
});
