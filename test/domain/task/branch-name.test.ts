import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isReservedBranch, parseBranchName, renderBranchName } from '../../../src/domain/task/branch-name.ts';

it('branch names read back as they were written', () => {
  const name = fc.record({
    prefix: fc.constantFrom('planwright/', 'bot/plans/', 'plan-', 'a/issue-7/b-', 'é/'),
    issue: fc.integer({ min: 1, max: 10_000_000 }),
    part: fc.oneof(fc.constant('plan'), fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}$/)),
    generation: fc.integer({ min: 1, max: 99 }),
  });
  fc.assert(fc.property(name, (n) => expect(parseBranchName(renderBranchName(n))).toEqual(n)));
});

it.each([
  ['planwright/issue-12/plan', { prefix: 'planwright/', issue: 12, part: 'plan', generation: 1 }],
  ['planwright/issue-12/plan.2', { prefix: 'planwright/', issue: 12, part: 'plan', generation: 2 }],
  ['planwright/issue-12/token-bucket.13', { prefix: 'planwright/', issue: 12, part: 'token-bucket', generation: 13 }],
  ['bot/issue-3/issue-12/plan', { prefix: 'bot/issue-3/', issue: 12, part: 'plan', generation: 1 }],
  ['plan-issue-12/api', { prefix: 'plan-', issue: 12, part: 'api', generation: 1 }],
  ['issue-12/plan', null],
  ['gh-readonly-queue/issue-12/plan', null],
  ['planwright/issue-12/plan.1', null],
  ['planwright/issue-0/plan', null],
  ['planwright/issue-12/Plan', null],
  ['planwright/issue-12/plan/more', null],
  ['refs/heads/planwright/issue-12/plan', null],
  ['main', null],
])('%s', (name, parsed) => {
  expect(parseBranchName(name)).toEqual(parsed);
});

it.each([
  ['planwright/issue-12/plan', 'planwright/', true],
  ['planwright/notes', 'planwright/', true],
  ['planwright/notes', 'bot/', true],
  ['feature/issue-12/plan', 'feature/', true],
  ['feature/issue-12/My Work', 'feature/', true],
  ['feature/issue-x', 'feature/', false],
  ['feature/login', 'feature/', false],
  ['login', 'feature/', false],
])('whether %s is kept for the App whose prefix is %s: %s', (name, prefix, reserved) => {
  expect(isReservedBranch(name, prefix)).toBe(reserved);
});
