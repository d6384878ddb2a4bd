import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROVIDER_NAMES } from '../../../src/domain/model/providers.ts';
import { type LocalModels, startLocalModels } from '../../support/models/local-models.ts';
import type { ScriptedTurn } from '../../support/models/scripted-turn.ts';
import { runs } from '../../support/runs.ts';
import { conversationWith } from './conversation-with.ts';

let local: LocalModels;
beforeAll(async () => {
  local = await startLocalModels();
});
afterAll(() => local.close());

const words = fc.constantFrom('', ' ', '\n', 'Hm.', 'Let me look.');
const thoughts = fc.array(fc.constantFrom('First.', 'Then.'), { maxLength: 2 });
const calls = fc.array(fc.constantFrom('a.ts', 'b.ts'), { maxLength: 2 });
const broken = fc.array(fc.constantFrom('', '{"path": "src/ma', '[1]', 'null', '"text"'), { maxLength: 2 });

/** Whatever a model may answer, endings in the middle of a thought among them. */
const turns: fc.Arbitrary<ScriptedTurn> = fc
  .record({
    text: words,
    reasoning: thoughts,
    paths: calls,
    raw: broken,
    lastThought: fc.option(fc.record({ text: fc.constant('And so'), cut: fc.boolean() }), { nil: null }),
    stop: fc.constantFrom('end', 'length', 'refusal'),
  })
  .map(({ text, reasoning, paths, raw, lastThought, stop }) => ({
    text,
    reasoning,
    calls: paths.map((path) => ({ name: 'read_file', input: { path } })),
    rawCalls: raw.map((json) => ({ name: 'search', json })),
    ...(lastThought && { lastThought }),
    stop: stop as 'end' | 'length' | 'refusal',
  }));

// The local servers refuse what the providers refuse, so a turn that comes back wrong fails the request after it.
test.each(PROVIDER_NAMES)('%s takes back every turn that its adapter returns', async (provider) => {
  await fc.assert(
    fc.asyncProperty(fc.array(turns, { minLength: 1, maxLength: 3 }), async (scripted) => {
      const queue: ScriptedTurn[] = [...scripted, { text: 'Done.' }];
      const script = local.script(
        () => true,
        () => queue.shift() ?? {},
      );
      const talk = conversationWith(provider, local);
      let turn = await talk.say('Plan it.');
      for (const _ of scripted) turn = await (turn.calls.length > 0 ? talk.answerCalls(turn) : talk.say('Go on.'));
      expect(turn.text).toBe('Done.');
      expect(script.requests).toHaveLength(scripted.length + 1);
      script.remove();
    }),
    {
      numRuns: runs(25, 60),
      examples: [
        [[{ reasoning: 'Endless.', stop: 'length' }]],
        [[{ lastThought: { text: 'Endless', cut: true }, text: ' ', stop: 'length' }]],
        [[{ text: 'So.', lastThought: { text: 'But', cut: true }, stop: 'length' }]],
        [[{ reasoning: 'Hm.', calls: [{ name: 'read_file', input: {} }], lastThought: { text: 'But', cut: false } }]],
      ],
    },
  );
});
