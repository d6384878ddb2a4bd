import { expect, test } from '@jest/globals';
import type { ComponentState } from '../../../src/domain/task/component-record.ts';
import type { TaskState } from '../../../src/domain/task/task.ts';
import { stateOf } from '../../../src/task/model/state.ts';
import { aRecord, component, PLAN } from '../a-view.ts';

test.each<[TaskState, string, Partial<Record<'store' | 'limiter' | 'metrics', ComponentState>>]>([
  ['executing', 'something is open', { store: 'open', limiter: 'failed', metrics: 'dropped' }],
  ['executing', 'something is running', { store: 'blocked', metrics: 'running' }],
  ['blocked', 'a component has failed, and others wait for it', { store: 'failed', limiter: 'waiting', metrics: 'merged' }],
  [
    'blocked',
    'what depends on a dropped one is held, whatever else waits',
    { store: 'dropped', limiter: 'held', metrics: 'waiting' },
  ],
  // It may wait for another task's files, or for room: neither is a person's decision.
  [
    'executing',
    'one was dropped, and an independent one still waits',
    { store: 'waiting', limiter: 'waiting', metrics: 'dropped' },
  ],
  ['executing', 'the same after another was merged', { store: 'merged', limiter: 'waiting', metrics: 'dropped' }],
  ['blocked', 'all were dropped', { store: 'dropped', limiter: 'dropped', metrics: 'dropped' }],
  ['done', 'all but a dropped one are merged', { store: 'merged', limiter: 'merged', metrics: 'dropped' }],
])('%s: %s', (state, _, states) => {
  const components = Object.fromEntries(Object.entries(states).map(([id, each]) => [id, component(id, each)]));
  expect(stateOf(aRecord({ components }), PLAN, true)).toBe(state);
});
