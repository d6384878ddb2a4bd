import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBranchName, renderBranchName } from '../../../src/domain/task/branch-name.ts';

it('branch names read back as they were written', () => {
  const name = fc.record({
    issue: fc.integer({ min: 1, max: 10_000_000 }),
    part: fc.oneof(fc.constant('plan'), fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}$/)),
    generation: fc.integer({ min: 1, max: 99 }),
  });
  fc.assert(fc.property(name, (n) => expect(parseBranchName(renderBranchName(n))).toEqual(n)));
});

it.each([
  ['planwright/issue-12/plan', { issue: 12, part: 'plan', generation: 1 }],
  ['planwright/issue-12/plan.2', { issue: 12, part: 'plan', generation: 2 }],
  ['planwright/issue-12/token-bucket.13', { issue: 12, part: 'token-bucket', generation: 13 }],
  ['planwright/issue-12/plan.1', null],
  ['planwright/issue-0/plan', null],
  ['planwright/issue-12/Plan', null],
  ['planwright/issue-12/plan/more', null],
  ['refs/heads/planwright/issue-12/plan', null],
  ['main', null],
])('%s', (name, parsed) => {
  expect(parseBranchName(name)).toEqual(parsed);
});
