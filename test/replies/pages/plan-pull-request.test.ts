import { expect, test } from '@jest/globals';
import { type PlanPullRequest, planBody } from '../../../src/replies/pages/plan-pull-request.ts';
import { updateSensitiveFiles } from '../../../src/replies/phrases/sensitive-files.ts';
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
    forecast: { model: 'anthropic/fast', reviewer: null, low: estimate, high: estimate },
    approval: { by: ['review', 'merge', 'command'], required: 1, allow_issue_author: true },
    limits: { usd: 10, tokens: null },
    weakPlanner: false,
    unreviewed: null,
    dashboard: null,
    ...more,
  });

test.each([
  [1, true, 'by a person with write access.'],
  [2, true, 'by 2 people with write access.'],
  [1, false, "by a person with write access other than the issue's author."],
  [3, false, "by 3 people with write access other than the issue's author."],
])('how it starts, with %j approvals required, and the author may approve: %j', (required, allow_issue_author, said) => {
  expect(body({ approval: { by: ['review', 'command'], required, allow_issue_author } })).toContain(
    `- **To start:** approving review or \`/execute\`, ${said}\n`,
  );
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

test('an edit of the plan brings them up to date, wherever the body was rewritten', () => {
  const touching = (...paths: string[]) =>
    aPlan([aComponent('limiter', { files: paths.map((path) => ({ path, action: 'modify', change: 'it' })) })]);
  const [plain, owners, both] = [touching('a.js'), touching('.github/CODEOWNERS'), touching('.github/CODEOWNERS', 'Makefile')];
  const written = { plain: body({ plan: plain }), owners: body({ plan: owners }), both: body({ plan: both }) };
  const overview = (text: string) => text.replace(/\n\| `limiter`.*/, '');
  for (const isEdited of [true, false]) {
    expect(updateSensitiveFiles(written.owners, owners, isEdited)).toBe(written.owners);
    expect(updateSensitiveFiles(written.plain, plain, isEdited)).toBe(written.plain);
    expect(overview(updateSensitiveFiles(written.owners, both, isEdited))).toBe(overview(written.both));
    expect(overview(updateSensitiveFiles(written.both, plain, isEdited))).toBe(overview(written.plain));
  }
  expect(overview(updateSensitiveFiles(written.plain, both, true))).toBe(overview(written.both));
  // GitHub keeps the line ends of its own form.
  const crlf = written.owners.replaceAll('\n', '\r\n');
  expect(updateSensitiveFiles(crlf, owners, true)).toBe(crlf);
  expect(updateSensitiveFiles(crlf, both, true).replaceAll('\r', '')).toContain('> - `Makefile` (modify, by `limiter`): it\n\n');
  // Where people wrote a body of their own, it comes first, and is not forced on them for a text that nobody edited.
  expect(updateSensitiveFiles('Mine.', owners, true)).toMatch(
    /^<!-- planwright:look-first -->\n> \[!IMPORTANT\]\n[\s\S]*\n\nMine\.$/,
  );
  expect(updateSensitiveFiles('Mine.', owners, false)).toBe('Mine.');
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
