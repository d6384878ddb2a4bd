import { expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import {
  componentWorkflowId,
  parseWorkId,
  renderWorkId,
  type WorkId,
  workflowIdPrefixes,
} from '../../../src/domain/task/work-id.ts';

const count = fc.integer({ min: 0, max: 2 ** 40 });
const task = {
  owner: fc.stringMatching(/^[A-Za-z0-9_-]{1,39}$/),
  name: fc.stringMatching(/^[A-Za-z0-9_.-]{1,60}$/),
  issue: fc.integer({ min: 1, max: 2 ** 31 }),
};
const ids: fc.Arbitrary<WorkId> = fc.oneof(
  fc.record({ kind: fc.constant('plan' as const), ...task, generation: count, revision: count, attempt: count }),
  fc.record({
    kind: fc.constant('component' as const),
    ...task,
    component: fc.stringMatching(/^[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,3}$/),
    attempt: count,
  }),
  fc.record({ kind: fc.constant('ask' as const), ...task, comment: count }),
  fc.record({ kind: fc.constant('review' as const), ...task, generation: count, revision: count }),
);

test('an id that is rendered is parsed back to the same, and begins with one of its task’s prefixes', () => {
  fc.assert(
    fc.property(ids, (id) => {
      const text = renderWorkId(id);
      const of = { repository: { owner: id.owner, name: id.name, installation: 1 }, issue: id.issue };
      expect(parseWorkId(text)).toEqual(id);
      expect(workflowIdPrefixes(of).some((prefix) => text.startsWith(prefix))).toBe(true);
    }),
  );
});

it.each([
  'delivery:8a9d',
  'plan:olga/shop#3:1.2',
  'component:olga/shop#3/limiter:1:ended:5',
  'resume:component:olga/shop#3/limiter:1:99',
  'look:olga/shop#3/limiter:abc:now',
  '',
])('%s is no work', (text) => {
  expect(parseWorkId(text)).toBeNull();
});

test('the ids that people’s databases hold stay as they are', () => {
  const shop = { repository: { owner: 'olga', name: 'shop', installation: 7 }, issue: 3 };
  expect(componentWorkflowId(shop, 'limiter', 2)).toBe('component:olga/shop#3/limiter:2');
});
