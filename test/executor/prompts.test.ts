import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ReviewPoint } from '../../src/domain/task/review-point.ts';
import { implementComponent } from '../../src/executor/implement.ts';
import { planMessage, reviseMessage } from '../../src/executor/prompt.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';
import { expectGolden, rehearsal, requestText } from '../support/golden.ts';
import { aComponent, aPlan, SHOP_FILES } from '../support/shop.ts';
import { aJob } from './a-job.ts';
import { memorySnapshot } from './memory-snapshot.ts';

// What a model is given, to be read by people: test/executor/prompts/*.txt. UPDATE_GOLDEN=1 writes them again.
const component = aComponent('limiter');
const other = aComponent('metrics', { files: [{ path: 'lib/metrics.js', action: 'create', change: 'the metrics module' }] });
const MERGED = { ...SHOP_FILES, 'AGENTS.md': 'Be brief.\n', 'src/AGENTS.md': 'No default exports.\n' };

async function firstRequestFor(id: string) {
  const plan = aPlan([component, other]);
  const { ports, requests } = rehearsal([]);
  await implementComponent(
    aJob({
      models: ['anthropic/claude-haiku-5-5'],
      planFile: renderPlanFile(plan, { issue: 7, revision: 1, model: 'anthropic/claude-opus-5-5', commit: 'c'.repeat(40) }),
      component: id === component.id ? component : other,
      instructions: 'Prefer small modules.',
      snapshot: memorySnapshot({ ...MERGED, 'src/AGENTS.md': 'Written by a model, on a branch.\n' }),
      base: memorySnapshot(MERGED),
    }),
    ports,
  );
  const [request] = requests;
  if (!request) throw new Error('nothing was asked');
  return request;
}

test('the plan is given as people see it, should the file hold more', () => {
  expect(planMessage('a\u200b \u202eb\u202c \u{e0041}c ❤\ufe0f')).toBe('The approved plan:\n\na b c ❤\ufe0f');
});

test('the first request of a component', async () => {
  expectGolden(join(import.meta.dirname, 'prompts/first-request.txt'), requestText(await firstRequestFor('limiter')));
});

test('the message of a revision', () => {
  const points: ReviewPoint[] = [
    { kind: 'notes', by: 'olga', text: 'Mind the case of the header.' },
    { kind: 'review', by: 'wanda', text: 'Almost there.' },
    {
      kind: 'thread',
      comment: 1,
      path: 'src/limiter.js',
      line: 2,
      outdated: false,
      hunk: '@@ -0,0 +1,2 @@\n+// src/limiter.js\n+export const limiter = true;',
      answered: false,
      said: [
        { by: 'wanda', text: 'Make it 30.' },
        { by: 'olga', text: 'Yes, 30.' },
      ],
    },
  ];
  expectGolden(join(import.meta.dirname, 'prompts/revision.txt'), reviseMessage(points));
});

test('all components of a plan share everything up to the message that says which one it is', async () => {
  const [one, two] = [await firstRequestFor('limiter'), await firstRequestFor('metrics')];
  const shared = ({ system, tools, messages, cacheKey }: typeof one) =>
    JSON.stringify([tools, system, messages.slice(0, 1), cacheKey]);
  expect(shared(one)).toBe(shared(two));
  expect(JSON.stringify(one.messages.slice(1))).not.toBe(JSON.stringify(two.messages.slice(1)));
  expect(JSON.stringify(one.messages[1])).toContain(
    'mplement it exactly as specified; do not deviate from the structure, naming or data flow unless you flag a specific blocker',
  );
});
