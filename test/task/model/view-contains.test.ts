import { describe, expect, it } from '@jest/globals';
import type { Fact } from '../../../src/domain/task/fact.ts';
import { issueDigest } from '../../../src/domain/task/issue-digest.ts';
import type { TaskView } from '../../../src/task/model/view.ts';
import { viewContains } from '../../../src/task/model/view-contains.ts';
import { aPull, aView, BLOB, planView } from '../a-view.ts';

const issue = aView().issue;
const limiter = aPull({ number: 15, headRef: 'planwright/issue-12/limiter', headSha: 'f'.repeat(40) });
const withLimiter = (more: Partial<typeof limiter> = {}): Partial<TaskView> => ({
  components: {
    limiter: {
      pull: { ...limiter, ...more },
      landing: null,
      closing: null,
      landedAt: null,
      checks: null,
      work: { kind: 'absent' },
    },
  },
});
const check = (state: 'pending' | 'passing', run: number | null, name = 'ci'): Partial<TaskView> => ({
  checks: { limiter: { head: 'f', found: [{ name, state, conclusion: null, run, job: false, said: '' }], failingBelow: [] } },
});
const NO_LIMITER: Partial<TaskView> = {
  components: { limiter: { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'absent' } } },
};

/** The fact, a view that is too old for it, and one that shows it. */
const CASES: readonly [string, Fact, Partial<TaskView>, Partial<TaskView>][] = [
  ['a closed issue', { kind: 'issue_state', state: 'closed' }, {}, { issue: { ...issue, state: 'closed' } }],
  ['a label taken off', { kind: 'label_removed', label: 'PLAN' }, {}, { issue: { ...issue, labels: ['other'] } }],
  [
    'an edited issue',
    { kind: 'issue_text', digest: issueDigest({ title: 'B', body: 'c' }) },
    {},
    { issue: { ...issue, title: 'B', body: 'c' } },
  ],
  [
    'a review of the plan',
    { kind: 'review', on: 13, id: 8, state: 'approved' },
    { plan: planView({ reviews: [{ id: 7, state: 'approved' }] }) },
    { plan: planView({ reviews: [{ id: 8, state: 'approved' }] }) },
  ],
  [
    'a dismissal',
    { kind: 'review', on: 13, id: 8, state: 'dismissed' },
    { plan: planView({ reviews: [{ id: 8, state: 'approved' }] }) },
    { plan: planView({ reviews: [{ id: 8, state: 'dismissed' }] }) },
  ],
  [
    'a review of a component',
    { kind: 'review', on: 15, id: 8, state: 'changes_requested' },
    { reviews: [] },
    { reviews: [{ id: 8, state: 'changes_requested' }] },
  ],
  [
    'the plan’s merge',
    { kind: 'pull', number: 13, state: 'closed', merged: true },
    { plan: planView({ pull: aPull({ state: 'closed' }) }) },
    { plan: planView({ pull: aPull({ state: 'closed', merged: true }) }) },
  ],
  [
    'a component’s closing',
    { kind: 'pull', number: 15, state: 'closed', merged: false },
    withLimiter(),
    withLimiter({ state: 'closed' }),
  ],
  [
    'a push',
    { kind: 'head_moved', branch: limiter.headRef, from: limiter.headSha },
    withLimiter(),
    withLimiter({ headSha: 'a'.repeat(40) }),
  ],
  ['a completed check', { kind: 'check', head: 'f', name: 'ci', run: 5 }, check('pending', 5), check('passing', 5)],
  [
    'a check that is not listed',
    { kind: 'check', head: 'f', name: 'ci', run: 5 },
    check('passing', 4, 'lint'),
    check('passing', 6),
  ],
  ['a status', { kind: 'check', head: 'f', name: 'ci', run: null }, check('pending', null), check('passing', null)],
  ['a published plan', { kind: 'plan_published', pull: 13, blob: BLOB }, { plan: null }, {}],
  ['a published revision', { kind: 'plan_published', pull: 13, blob: BLOB }, { plan: planView({ blob: 'old' }) }, {}],
  ['a component’s pull request', { kind: 'component_published', component: 'limiter', pull: 15 }, NO_LIMITER, withLimiter()],
];

describe('a view of the task', () => {
  it.each(CASES)('is too old without %s, and new enough with it', (_, fact, before, after) => {
    expect(viewContains(aView(before), fact)).toBe(false);
    expect(viewContains(aView(after), fact)).toBe(true);
  });

  it.each<[string, Fact]>([
    ['a pull request it does not look at', { kind: 'pull', number: 99, state: 'closed', merged: true }],
    ['a branch it does not look at', { kind: 'head_moved', branch: 'planwright/issue-12/other', from: 'f' }],
    ['a commit whose checks it does not look at', { kind: 'check', head: 'e', name: 'ci', run: 1 }],
    ['a component that left the plan', { kind: 'component_published', component: 'gone', pull: 4 }],
    ['reviews it does not look at', { kind: 'review', on: 99, id: 1, state: 'approved' }],
  ])('is not waited for because of %s', (_, fact) => {
    expect(viewContains(aView(), fact)).toBe(true);
  });
});
