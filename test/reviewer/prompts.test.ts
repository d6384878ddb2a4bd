import { join } from 'node:path';
import { test } from '@jest/globals';
import { correctMessage } from '../../src/executor/prompt.ts';
import { reviewComponent } from '../../src/reviewer/review-component.ts';
import { memorySnapshot } from '../executor/memory-snapshot.ts';
import { expectGolden, rehearsal, requestText } from '../support/golden.ts';
import { BEFORE, COMPONENT, FAITHFUL } from './deviations.ts';

// What a model is given, to be read by people: test/reviewer/prompts/*.txt. UPDATE_GOLDEN=1 writes them again.
test('the whole request of a review', async () => {
  const { ports, requests } = rehearsal([]);
  const changes = COMPONENT.files.map(({ path }) => ({
    path,
    mode: '100644' as const,
    content: Buffer.from(FAITHFUL[path] ?? ''),
  }));
  await reviewComponent(
    {
      models: ['anthropic/claude-opus-5-5'],
      effort: 'high',
      cacheKey: 'execute:olga/shop#7:review',
      component: COMPONENT,
      snapshot: memorySnapshot(BEFORE),
      changes,
    },
    ports,
  );
  const [request] = requests;
  if (!request) throw new Error('nothing was asked');
  expectGolden(join(import.meta.dirname, 'prompts/review.txt'), requestText(request));
});

test('the message of a correction', () => {
  const findings = [
    { criterion: 'Each key has a bucket of its own.', path: 'src/limiter.js', line: 7, problem: 'All keys share one bucket.' },
    { criterion: 'It is tested.', path: 'test/limiter.test.js', line: null, problem: 'There is no test.' },
  ];
  expectGolden(join(import.meta.dirname, 'prompts/correction.txt'), correctMessage(findings, 'Made the limiter.'));
});
