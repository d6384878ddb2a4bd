import { expect, test } from '@jest/globals';
import type { LoopPorts } from '../../src/agent/loop.ts';
import type { StopReason } from '../../src/domain/model/conversation.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { success } from '../../src/domain/outcome.ts';
import { answerInText } from '../../src/planner/answer-in-text.ts';
import { memorySnapshot } from '../executor/memory-snapshot.ts';

const TOKEN = `npm_${'aB3'.repeat(12)}`;

/** What comes of a model's answer in plain text. */
function answered(text: string, stop: StopReason) {
  const ports: LoopPorts = {
    models: {
      turn: async ({ model }) => success({ model, text, calls: [], stop, usage: NO_USAGE, reasoning: null, replay: null }),
      knows: async () => 'unknown',
    },
    clock: { now: () => 0, sleep: async () => {} },
    priceOf: () => 0,
    record: (_, run) => run(),
  };
  const job = {
    models: ['local/deep'],
    effort: 'low',
    system: '',
    opening: ['Why?'],
    cacheKey: '',
    snapshot: memorySnapshot({}),
  } as const;
  return answerInText(job, ports);
}

test('an answer is posted without the secrets in it', async () => {
  expect(await answered(`It is ${TOKEN}, in .npmrc.`, 'end')).toMatchObject({ final: 'It is [redacted], in .npmrc.' });
});

test('and so is why there is none', async () => {
  expect(await answered(`Not with ${TOKEN}.`, 'refusal')).toMatchObject({
    kind: 'failed',
    reason: 'the model refused to continue: "Not with [redacted]."',
  });
});
