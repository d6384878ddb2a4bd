import { expect, test } from '@jest/globals';
import { lineFor } from '../../../src/adapters/telemetry/log-occurrences.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';
import type { Occurrence } from '../../../src/ports/telemetry.ts';

const task = { repository: { owner: 'acme', name: 'rocket', installation: 7 }, issue: 1 };
const aSignal = (more: Partial<Extract<Occurrence, { kind: 'signal' }>>): Occurrence => ({
  kind: 'signal',
  task,
  delivery: 'd-1',
  signal: 'hint',
  who: null,
  result: 'review',
  did: [],
  ...more,
});

test.each<[string, Occurrence, string | null, object]>([
  [
    "a person's command",
    aSignal({ signal: '/execute', who: 'wanda' }),
    'info',
    { task: 'acme/rocket#1', delivery: 'd-1', who: 'wanda' },
  ],
  ['a hint from which something followed', aSignal({ did: ['report check'] }), 'info', { did: ['report check'] }],
  ['a hint from which nothing followed', aSignal({}), 'debug', {}],
  ["a sweep's, which no delivery brought", aSignal({ delivery: null }), 'debug', { task: 'acme/rocket#1', who: null }],
  ['rows that were removed', { kind: 'pruned', what: 'signals', removed: 3, ms: 1.6 }, 'info', { removed: 3, ms: 2 }],
  ['nothing to remove', { kind: 'pruned', what: 'signals', removed: 0, ms: 1 }, null, {}],
  ['what is only counted', { kind: 'dequeued', queue: 'tasks', waited: 3 }, null, {}],
  [
    'a turn that failed',
    {
      kind: 'turn',
      task,
      workflow: 'w',
      role: 'planner',
      model: 'a/b',
      ms: 5,
      usage: null,
      failure: 'unavailable',
      usd: null,
      calls: 0,
    },
    'info',
    { who: 'a/b', result: 'unavailable', usd: null, tokens: null },
  ],
  [
    'a turn in text',
    {
      kind: 'turn',
      task,
      workflow: 'w',
      role: 'planner',
      model: 'a/b',
      ms: 5,
      usage: NO_USAGE,
      failure: null,
      usd: 0.1,
      calls: 0,
    },
    'info',
    { result: 'text', usd: 0.1 },
  ],
])('%s', (_, what, level, fields) => {
  const line = lineFor(what);
  expect(line?.level ?? null).toBe(level);
  expect(line?.fields ?? {}).toMatchObject(fields);
});
