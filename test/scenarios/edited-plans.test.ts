import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aPlannedIssue, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const TWO = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];

/** Wanda edits PLAN.md in the pull request. @returns the check the bot reports on her commit, and the line she is shown. */
async function edit(task: Scene, change: (text: string) => string) {
  const plan = await task.pull('plan');
  const { rest } = stage.github.as('wanda');
  const { data } = await rest.repos.getContent({ ...at(task), path: 'PLAN.md', ref: plan.head });
  if (!('content' in data)) throw new Error('there is no PLAN.md');
  const text = change(Buffer.from(data.content, 'base64').toString());
  const content = Buffer.from(text).toString('base64');
  const made = await rest.repos.createOrUpdateFileContents({
    ...at(task), path: 'PLAN.md', branch: plan.branch, sha: data.sha, message: 'Edit the plan', content,
  }); // biome-ignore format: one call
  const ref = made.data.commit.sha as string;
  const check = await stage.github.until('the check of the edit', async () => {
    const runs = (await rest.checks.listForRef({ ...at(task), ref })).data.check_runs;
    return runs.find((r) => r.name === 'planwright / plan' && r.status === 'completed');
  });
  const notes = (await rest.checks.listAnnotations({ ...at(task), check_run_id: check.id })).data;
  const lines = text.split('\n');
  return {
    conclusion: check.conclusion,
    summary: check.output.summary ?? '',
    notes: notes.map((n) => ({ line: lines[n.start_line - 1] ?? '', says: n.message ?? '' })),
  };
}

it.concurrent('an edit that reads well is honoured: the check succeeds on it', async () => {
  const task = await aPlannedIssue(stage, { components: TWO });
  const { conclusion, notes } = await edit(task, (text) =>
    text.replaceAll('\n', '\r\n').replace('## Constraints', '## CONSTRAINTS'),
  );
  expect([conclusion, notes]).toEqual(['success', []]);
});

it.concurrent('a sensitive file that an edit adds stands first in the check and in the description, until an edit removes it', async () => {
  const task = await aPlannedIssue(stage, { components: TWO });
  const description = async () => (await task.pull('plan')).body;
  expect(await description()).not.toContain('Review these files first');
  const added = '  - create: Makefile\n    change: Add a target\n';
  const { summary } = await edit(task, (text) => text.replace('  - create: src/store.js\n', (line) => `${added}${line}`));
  expect(summary).toMatch(/^\*\*Review these files first\.\*\* [^\n]+\n\n- `Makefile` \(create, by `store`\): Add a target\n/);
  await stage.github.until('the list', async () => (await description()).includes('> - `Makefile` (create, by `store`)'));
  await edit(task, (text) => text.replace(added, ''));
  await stage.github.until('the list gone', async () => !(await description()).includes('Review these files first'));
});

it.concurrent.each<[string, (text: string) => string, RegExp, RegExp]>([
  [
    'a file that does not exist',
    (t) => t.replace('- create: src/store.js', '- modify: src/stoer.js'),
    /src\/stoer\.js/,
    /does not exist/,
  ],
  ['a dependency on nothing', (t) => t.replace('depends_on: [store]', 'depends_on: [shop]'), /depends_on/, /shop/],
  ['a block that is no YAML', (t) => t.replace('id: limiter', 'id: [limiter'), /limiter|```|depends_on/, /./],
])('%s fails the check on the right line, and cannot be executed', async (_, change, line, says) => {
  const task = await aPlannedIssue(stage, { components: TWO });
  const { conclusion, notes } = await edit(task, change);
  expect(conclusion).toBe('failure');
  expect(notes.some((n) => line.test(n.line) && says.test(n.says))).toBe(true);
  const execute = await task.comment('wanda', '/execute');
  await task.reacted(execute, 'confused');
  expect((await replies(task)).some((r) => r.includes('`planwright / plan` failed'))).toBe(true);
  expect(await task.branches()).toEqual([`planwright/issue-${task.issue}/plan`]);
});
