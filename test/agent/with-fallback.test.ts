import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { LoopPorts, LoopSetup, LoopState } from '../../src/agent/loop.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { runLoopWithFallback } from '../../src/agent/with-fallback.ts';
import type { Turn } from '../../src/domain/model/conversation.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { failure, type Outcome, success } from '../../src/domain/outcome.ts';
import type { ModelFailure, TurnRequest } from '../../src/ports/model.ts';

type Answer = Outcome<Turn, ModelFailure>;

const turn = (model: string, name: string, input: Record<string, string> = {}): Answer =>
  success({
    model,
    text: '',
    calls: [{ id: name, name, input }],
    stop: 'calls',
    usage: { input: 100, cache_read: 0, cache_write: 0, output: 10, reasoning: 0 },
    reasoning: `${model} thinks.`,
    replay: [],
  });
const gone = (model: string, kind: ModelFailure['kind']): Answer => failure({ kind, message: `${model} is ${kind}.` });

/** A pad that two models write on, one after the other; `finish` hands in what is on it. */
function scene(answers: Record<string, Answer[]>) {
  const requests: TurnRequest[] = [];
  const recorded: { name: string; value: unknown }[] = [];
  const setupFor = (model: string): LoopSetup<string, string> => {
    let pad = '';
    const state: LoopState<string, string> = {
      beginTurn() {
        let written = '';
        const write = defineTool({
          name: 'write',
          description: '',
          input: z.strictObject({ text: z.string() }),
          run: async ({ text }) => {
            written += text;
            return { content: 'ok', is_error: false };
          },
        });
        const finish = defineTool<z.ZodObject, string>({
          name: 'finish',
          description: '',
          input: z.strictObject({}),
          run: async () => ({ content: 'ok', is_error: false, final: pad }),
        });
        return { tools: [write, finish], edits: () => written };
      },
      apply: (edits) => {
        pad += edits;
      },
    };
    const request = { model, effort: 'low' as const, system: '', cacheKey: '', maxOutputTokens: 1 };
    return { request, opening: ['Go.'], state, terminalTools: ['finish'], maxTurns: 9 };
  };
  /** What is recorded already is given back, as after a restart. */
  function ports(): LoopPorts {
    let step = 0;
    return {
      models: {
        turn: async (request) => {
          requests.push(request);
          const answer = answers[request.model]?.shift();
          if (!answer) throw new Error(`${request.model} was asked once too often`);
          return answer;
        },
        knows: async () => 'unknown',
      },
      clock: { now: () => 0, sleep: async () => {} },
      priceOf: (model) => (model === 'a' ? 1 : 2),
      async record<T>(name: string, run: () => Promise<T>): Promise<T> {
        const known = recorded[step];
        step += 1;
        if (known && known.name !== name) throw new Error(`${name} in the place of ${known.name}`);
        if (known) return structuredClone(known.value) as T;
        const value = await run();
        recorded.push({ name, value: structuredClone(value) });
        return value;
      },
    };
  }
  return { requests, recorded, run: (models: [string, ...string[]]) => runLoopWithFallback(models, setupFor, ports()) };
}

test('the next model starts over on an empty state, and both are on the bill', async () => {
  const { run, requests } = scene({
    a: [turn('a', 'write', { text: 'from a' }), gone('a', 'unavailable')],
    b: [turn('b', 'write', { text: 'from b' }), turn('b', 'finish')],
  });
  const end = await run(['a', 'b']);
  expect(end).toMatchObject({ kind: 'final', final: 'from b', reasoning: 'b thinks.\n\nb thinks.' });
  expect(end.spend).toMatchObject([
    { model: 'a', turns: 1, usd: 1, out: 'a is unavailable.' },
    { model: 'b', turns: 2, usd: 4 },
  ]);
  expect(end.spend.at(-1)).not.toHaveProperty('out');
  expect(requests.map(({ model, messages }) => [model, messages.length])).toEqual([
    ['a', 1],
    ['a', 3],
    ['b', 1],
    ['b', 3],
  ]);
});

test('after a restart nobody is asked again, and it goes on with the model it had come to', async () => {
  const { run, requests, recorded } = scene({
    a: [turn('a', 'write', { text: 'from a' }), gone('a', 'auth')],
    b: [turn('b', 'write', { text: 'from b' }), turn('b', 'finish')],
  });
  const whole = await run(['a', 'b']);
  expect(await run(['a', 'b'])).toEqual(whole);
  expect(requests).toHaveLength(4);
  expect(recorded.map(({ name }) => name)).toEqual(['turn 1', 'turn 2', 'turn 1 of b', 'turn 2 of b', 'turn 3 of b']);
});

test('attempts that broke off are on the bill of their model, also after a restart', async () => {
  const charge = (model: string) => ({ model, usage: { ...NO_USAGE, input: 70, output: 7 } });
  const first = turn('a', 'write', { text: 'x' });
  const { run } = scene({
    a: [
      first.ok ? success({ ...first.value, unfinished: [charge('a')] }) : first,
      failure({ kind: 'unavailable', message: 'a is cut.', unfinished: [charge('a'), charge('a')] }),
    ],
    b: [turn('b', 'finish')],
  });
  const end = await run(['a', 'b']);
  expect(end.spend).toMatchObject([
    { model: 'a', turns: 1, usd: 4, usage: { input: 310, output: 31 }, out: 'a is cut.' },
    { model: 'b', turns: 1, usd: 2, usage: { input: 100, output: 10 } },
  ]);
  expect((await run(['a', 'b'])).spend).toEqual(end.spend);
});

test('a model of which nothing but broken attempts came has a bill without turns', async () => {
  const charge = { model: 'a', usage: { ...NO_USAGE, input: 70 } };
  const { run } = scene({ a: [failure({ kind: 'unavailable', message: 'a is cut.', unfinished: [charge] })] });
  expect((await run(['a'])).spend).toMatchObject([{ model: 'a', turns: 0, usd: 1, usage: { input: 70 } }]);
});

test.each(['unavailable', 'unknown_model', 'auth', 'unconfigured'] as const)('%s: the next', async (kind) => {
  const { run } = scene({ a: [gone('a', kind)], b: [turn('b', 'finish')] });
  expect(await run(['a', 'b'])).toMatchObject({ kind: 'final' });
});

test('unaffordable is no reason to ask another', async () => {
  const { run } = scene({ a: [gone('a', 'unaffordable')], b: [] });
  expect(await run(['a', 'b'])).toMatchObject({ kind: 'failed', reason: 'a is unaffordable.', spend: [{ model: 'a' }] });
});

describe('a request that is rejected', () => {
  test('is tried with the fallback', async () => {
    const { run } = scene({ a: [gone('a', 'rejected')], b: [turn('b', 'finish')] });
    expect(await run(['a', 'b'])).toMatchObject({
      kind: 'final',
      spend: [{ model: 'a', out: 'a is rejected.' }, { model: 'b' }],
    });
  });

  test('once: what two models refuse is not tried with a third', async () => {
    const { run, requests } = scene({ a: [gone('a', 'rejected')], b: [gone('b', 'rejected')], c: [] });
    expect(await run(['a', 'b', 'c'])).toMatchObject({ kind: 'failed', reason: 'a is rejected. b is rejected.' });
    expect(requests).toHaveLength(2);
  });

  test('is tried with the next fallback when the first is unavailable', async () => {
    const { run } = scene({ a: [gone('a', 'rejected')], b: [gone('b', 'unavailable')], c: [turn('c', 'finish')] });
    expect(await run(['a', 'b', 'c'])).toMatchObject({ kind: 'final' });
  });

  test('is tried with the fallback again after a restart, as recorded', async () => {
    const { run, requests } = scene({ a: [gone('a', 'rejected')], b: [turn('b', 'finish')] });
    const whole = await run(['a', 'b']);
    expect(await run(['a', 'b'])).toEqual(whole);
    expect(requests).toHaveLength(2);
  });
});

test('when all are out, every reason is told, and a model named twice is tried once', async () => {
  const { run, requests } = scene({ a: [gone('a', 'unknown_model')], b: [gone('b', 'unavailable')] });
  expect(await run(['a', 'b', 'a'])).toMatchObject({ kind: 'failed', reason: 'a is unknown_model. b is unavailable.' });
  expect(requests).toHaveLength(2);
});
