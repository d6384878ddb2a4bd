import { expect, test } from '@jest/globals';
import { limitedModels } from '../../../src/cli/try/limited-models.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';
import { failure } from '../../../src/domain/outcome.ts';
import type { Models, TurnRequest } from '../../../src/ports/model.ts';

const REQUEST: TurnRequest = {
  model: 'openai/known',
  effort: 'low',
  system: '',
  tools: [],
  messages: [],
  cacheKey: '',
  maxOutputTokens: 1_000,
};

test('an attempt that the limit allows no other after is billed, and the refusal says which option raises the limit', async () => {
  const usage = { ...NO_USAGE, output: 900 };
  const breakingOff: Models = {
    turn: async (_, payForRetry) => {
      const paid = await payForRetry?.(usage);
      if (paid?.ok !== false) throw new Error('another attempt would be made');
      return failure({ kind: 'unaffordable', message: paid.reason, unfinished: [{ model: 'openai/known', usage }] });
    },
    knows: async () => 'exists',
  };
  const models = limitedModels(breakingOff, {
    limits: { usd: 2.5, tokens: null },
    priceOf: (_, { input, output }) => (input + output) / 1_000,
    spent: async () => [],
  });
  const answer = await models.turn(REQUEST);
  expect(answer).toMatchObject({ reason: { kind: 'unaffordable', unfinished: [{ usage }] } });
  expect(answer.ok ? '' : answer.reason.message).toMatch(/\(\$0\.90 is spent\)\. Raise it with --resume --max-usd\.$/);
});
