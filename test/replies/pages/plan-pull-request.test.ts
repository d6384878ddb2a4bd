import { expect, test } from '@jest/globals';
import { type PlanPullRequest, planBody } from '../../../src/replies/pages/plan-pull-request.ts';
import { aComponent, aPlan } from '../../support/shop.ts';

const estimate = { turns: 4, tokens: 1_000, usd: 0.01 };
const body = (more: Partial<PlanPullRequest>): string =>
  planBody({
    issue: 7,
    revision: 1,
    blob: 'b'.repeat(40),
    path: 'PLAN.md',
    plan: aPlan([aComponent('limiter')]),
    spend: [],
    model: 'anthropic/deep',
    prompt: 1,
    reasoning: null,
    unopened: [],
    protectsNothing: [],
    forecast: { model: 'anthropic/fast', low: estimate, high: estimate },
    ways: ['review', 'merge', 'command'],
    limits: { usd: 10, tokens: null },
    weakPlanner: false,
    unreviewed: null,
    ...more,
  });

test('sensitive files come before everything the planner says', () => {
  const plan = aPlan([
    aComponent('limiter', {
      files: [
        { path: 'src/limiter.js', action: 'create', change: 'the limiter' },
        { path: '.github/CODEOWNERS', action: 'modify', change: 'owners, says @wanda' },
      ],
    }),
  ]);
  const lines = body({ plan }).split('\n');
  const at = lines.findIndex((line) => line.startsWith('> **Review these files first.**'));
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(lines.indexOf(plan.overview));
  expect(lines[at + 2]).toBe('> - `.github/CODEOWNERS` (modify, by `limiter`): owners, says @\u200bwanda');
  expect(body({})).not.toContain('Review these files first');
});

test('says which of the protections match no file', () => {
  expect(body({ protectsNothing: ['app/`x`/**'] })).toContain('no file of this repository matches `` app/`x`/** `` in');
});

test('what the settings open in vain is said with the plan, at most ten of it', () => {
  const unopened = Array.from({ length: 12 }, (_, i) => ({
    path: `p${i}/yarn.lock`,
    glob: '**/yarn.lock',
    reason: 'is sensitive',
  }));
  const lines = body({ unopened }).split('\n');
  expect(lines.filter((line) => line.includes('(by `**/yarn.lock`) is sensitive'))).toHaveLength(10);
  expect(lines).toContain('- and 2 more');
});
