import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { answerCall } from '../../src/agent/answer-call.ts';
import { runLoop } from '../../src/agent/loop.ts';
import { defineTool, toolError, toolResult } from '../../src/agent/tool.ts';
import type { ToolCall, Turn } from '../../src/domain/model/conversation.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { success } from '../../src/domain/outcome.ts';
import type { TurnRequest } from '../../src/ports/model.ts';

const write = defineTool({
  name: 'write',
  description: '',
  shorter: 'write the first half',
  input: z.strictObject({ path: z.string(), text: z.string() }),
  run: async ({ path }) => (path === 'forbidden' ? toolError('No.') : toolResult('Written.')),
});
const end = defineTool<z.ZodObject, string>({
  name: 'end',
  description: '',
  input: z.strictObject({ why: z.string() }),
  run: async ({ why }) => ({ content: 'Ended.', is_error: false, final: String(why) }),
});
const tools = [write, end];
const CUT = 'your answer was cut off at the output limit; nothing was done. Send the call again, shorter';

test('broken JSON is an error, and so is a tool that does not exist', async () => {
  expect((await answerCall(tools, { id: '1', name: 'write', malformed: '{"pa' })).content).toMatch(
    /^The arguments of write are not valid JSON \(cut off, perhaps\).* Send the call again\.$/,
  );
  expect((await answerCall(tools, { id: '1', name: 'read', input: {} }, true)).content).toBe(
    'There is no tool read. The tools are: write, end.',
  );
});

describe('a call that the output limit cut off', () => {
  test.each<[string, ToolCall, string]>([
    [
      'is to be sent shorter',
      { id: '1', name: 'write', malformed: '{"path": "a", "text": "x' },
      `The arguments of write are not valid JSON: ${CUT}: write the first half.`,
    ],
    [
      'also where nothing of it arrived',
      { id: '1', name: 'write', input: {} },
      `The arguments of write are incomplete: ${CUT}: write the first half.`,
    ],
    [
      'or where the server completed the JSON',
      { id: '1', name: 'write', input: { path: 'a' } },
      `The arguments of write are incomplete: ${CUT}: write the first half.`,
    ],
    ['whatever the tool', { id: '1', name: 'end', malformed: '{"why": "x' }, `The arguments of end are not valid JSON: ${CUT}.`],
  ])('%s', async (_, call, content) => {
    expect(await answerCall(tools, call, true)).toEqual({ content, is_error: true, misused: true });
  });

  test('may have been complete: then it is done, with a note, and an error or an end stays what it is', async () => {
    const answer = (input: Record<string, string>, name = 'write') => answerCall(tools, { id: '1', name, input }, true);
    expect(await answer({ path: 'a', text: 'x' })).toEqual({
      content: 'Written.\nYour answer was cut off at the output limit, perhaps within this call: check that nothing is missing.',
      is_error: false,
    });
    expect(await answer({ path: 'forbidden', text: 'x' })).toEqual({ content: 'No.', is_error: true });
    expect(await answer({ why: 'done' }, 'end')).toEqual({ content: 'Ended.', is_error: false, final: 'done' });
  });

  test('is the last of its turn: those before it were complete', async () => {
    const requests: TurnRequest[] = [];
    const turns: Pick<Turn, 'calls' | 'stop'>[] = [
      {
        stop: 'length',
        calls: [
          { id: '1', name: 'write', malformed: '{oops}' },
          { id: '2', name: 'write', malformed: '{"pa' },
        ],
      },
      { stop: 'calls', calls: [{ id: '3', name: 'end', input: { why: 'done' } }] },
    ];
    const ended = await runLoop<string, null>(
      {
        request: { model: 'local/a', effort: 'low', system: '', cacheKey: '', maxOutputTokens: 100 },
        opening: ['Go.'],
        state: { beginTurn: () => ({ tools, edits: () => null }), apply: () => {} },
        terminalTools: ['end'],
        maxTurns: 9,
      },
      {
        models: {
          turn: async (request) => {
            requests.push(request);
            const next = turns[requests.length - 1] ?? { stop: 'end', calls: [] };
            return success({ model: 'local/a', text: '', usage: NO_USAGE, reasoning: null, replay: null, ...next });
          },
          knows: async () => 'exists',
        },
        clock: { now: () => 0, sleep: async () => {} },
        priceOf: () => 0,
        record: (_, run) => run(),
      },
    );
    expect(ended).toMatchObject({ kind: 'final', final: 'done' });
    const told = requests[1]?.messages.at(-1);
    const [first, second] = told?.role === 'tools' ? told.results.map(({ content }) => content) : [];
    expect(first).not.toContain('shorter');
    expect(second).toContain('shorter');
  });
});
