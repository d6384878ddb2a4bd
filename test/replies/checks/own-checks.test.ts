import { expect, test } from '@jest/globals';
import { outsideScope, planIsSound, withinScope } from '../../../src/replies/checks/own-checks.ts';
import { aComponent, aPlan } from '../../support/shop.ts';

test('a sound plan names first what runs on the machines of those who approve it', () => {
  const estimate = { turns: 4, tokens: 1_000, usd: 0.01 };
  const forecast = { model: 'anthropic/fast', reviewer: null, low: estimate, high: estimate };
  const summary = (...paths: string[]) => {
    const files = paths.map((path) => ({ path, action: 'modify' as const, change: 'it' }));
    return planIsSound('b'.repeat(40), aPlan([aComponent('limiter', { files })]), forecast, { usd: 10, tokens: null }).summary;
  };
  expect(summary('a.js')).toMatch(/^The plan is complete/);
  expect(summary('a.js', 'Makefile')).toMatch(
    /^\*\*Review these files first\.\*\* [^\n]+\n\n- `Makefile` \(modify, by `limiter`\): it\n\nThe plan is complete/,
  );
});

test('a change within its scope', () => {
  expect(withinScope('limiter', 'f'.repeat(64), 1)).toMatchObject({
    name: 'planwright / scope',
    conclusion: 'success',
    title: 'limiter: 1 file, all in the plan',
  });
});

test('a change outside of it names each file and why, in the summary and at the file', () => {
  const report = outsideScope('limiter', 'f'.repeat(64), [
    { path: 'src/`odd`.js', reason: 'is not among the files of component limiter' },
    { path: 'PLAN.md', reason: 'is the plan itself' },
  ]);
  expect(report).toMatchObject({
    name: 'planwright / scope',
    conclusion: 'failure',
    title: 'limiter: 2 files are outside the plan',
  });
  expect(report.summary).toContain(
    '- `` src/`odd`.js `` is not among the files of component limiter.\n- `PLAN.md` is the plan itself.',
  );
  expect(report.annotations).toEqual([
    { path: 'src/`odd`.js', line: 1, level: 'failure', message: 'src/`odd`.js is not among the files of component limiter.' },
    { path: 'PLAN.md', line: 1, level: 'failure', message: 'PLAN.md is the plan itself.' },
  ]);
});

test('thousands of files cost a handful of requests, and all are in the summary', () => {
  const report = outsideScope(
    'limiter',
    'f'.repeat(64),
    Array.from({ length: 3_000 }, (_, i) => ({ path: `gen/${i}`, reason: 'is not planned' })),
  );
  expect(report.annotations).toHaveLength(200);
  expect(report.summary).toContain('`gen/2999`');
});
