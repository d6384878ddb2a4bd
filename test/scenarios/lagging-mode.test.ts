import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitStatus, continuousIntegration } from '../support/ci.ts';
import { reviewed } from '../support/reviewed-pull.ts';
import { aPlannedIssue, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

/** The product's own waits, in less time. */
const WAITS = {
  step: { first: 20, factor: 2, tries: 4 },
  fresh: { first: 50, factor: 2, tries: 5 },
  signal: [200, 400, 800],
  lag: [100, 200, 400, 800],
  sweep: 5_000,
};

let stage: Stage;

/** For the App's first reads after each write GitHub shows what was before; its ids are over 2^31. */
beforeAll(async () => {
  stage = await openStage({}, WAITS, { lag: { reads: 2 }, highIds: true });
});
afterAll(() => stage?.close());

const LIMITER = aComponent('limiter');
const ON_LIMITER = aComponent('metrics', { depends_on: ['limiter'] });
const BOT = 'reviewbot[bot]';

/** A review bot that puts its summary in front of a description. */
async function summarised(task: Scene, number: number): Promise<void> {
  const at = { owner: task.repository.owner, repo: task.repository.name, pull_number: number };
  const { body } = (await stage.github.as('olga').rest.pulls.get(at)).data;
  await stage.github.as(BOT).rest.pulls.update({ ...at, body: `## Summary by ReviewBot\n\nIt changes files.\n\n${body}` });
}

/** Nothing is there twice, and nobody was told of a failure. */
async function isTidy(task: Scene): Promise<void> {
  await stage.github.idle();
  expect(await task.statuses()).toHaveLength(1);
  const branches = (await task.pulls()).map((pull) => pull.branch);
  expect(branches).toEqual([...new Set(branches)]);
  expect((await replies(task)).filter((reply) => /stopped|failed|could not/i.test(reply))).toEqual([]);
}

describe('on a GitHub whose replicas lag behind', () => {
  it.concurrent('the main job: from the label over an approving review to the closed issue', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER, aComponent('metrics')] });
    await summarised(task, task.pullOfPlan.number);
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('2 open');
    await task.merge('wanda', (await task.pull('limiter')).number);
    await task.componentsAre('1 merged, 1 open');
    await task.merge('wanda', (await task.pull('metrics')).number);
    await stage.github.until('the issue to be closed', () => task.isClosed());
    await task.statusIs('done');
    await isTidy(task);
  });

  it.concurrent('a review round: the changes that were requested are made once, and answered', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('1 open');
    const pull = await task.pull('limiter');
    await summarised(task, pull.number);
    task.executorDoes('limiter', [
      { calls: [{ name: 'edit_file', input: { path: 'src/limiter.js', old_text: 'limiter = true', new_text: 'limiter = 30' } }] },
      { calls: [{ name: 'finish', input: { summary: '1. Done.' } }] },
    ]);
    const page = reviewed(stage, task, pull, 'src/limiter.js');
    await page.review('wanda', 'REQUEST_CHANGES', '', [2, 'Make it 30.']);
    await page.account();
    await task.componentsAre('1 open');
    expect(Object.keys(await page.threads())).toEqual(['Make it 30.']);
    expect((await page.threads())['Make it 30.']).toHaveLength(1);
    expect((await task.pull('limiter')).head).not.toBe(pull.head);
    await isTidy(task);
  });

  it.concurrent('a red check is fixed, and the green one makes the pull request ready', async () => {
    const settings = PLAINLY.replace('draft: false', 'draft: true');
    const task = await aPlannedIssue(stage, { components: [LIMITER], settings });
    const ci = continuousIntegration(stage.github, task.repository);
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('1 open');
    const red = await task.pull('limiter');
    await commitStatus(stage.github, task.repository, red.head, 'success');
    task.executorDoes('limiter', [
      { calls: [{ name: 'overwrite_file', input: { path: 'src/limiter.js', content: 'export const limiter = 2;\n' } }] },
      { calls: [{ name: 'finish', input: { summary: 'It counts from the right.' } }] },
    ]);
    await ci.ends(red.head, 'failure', { log: 'not ok 1 - counts\n' });
    const green = await stage.github.until('a fix', async () => {
      const pull = await task.pull('limiter');
      return pull.head !== red.head && pull;
    });
    await ci.ends(green.head, 'success');
    await stage.github.until('it to be ready', async () => !(await task.pull('limiter')).draft);
    expect((await task.pull('limiter')).head).toBe(green.head);
    await isTidy(task);
  });

  it.concurrent('a stack: the child is moved when its parent is merged by squash', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER, ON_LIMITER] });
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('2 open');
    await task.merge('wanda', (await task.pull('limiter')).number, 'squash');
    const child = await stage.github.until('the child on main', async () => {
      const pull = await task.pull('metrics');
      return pull.base === 'main' && pull.files.length === 1 && pull;
    });
    expect(child.files).toEqual(['src/metrics.js']);
    await task.componentsAre('1 merged, 1 open');
    await task.merge('wanda', child.number, 'squash');
    await stage.github.until('the issue to be closed', () => task.isClosed());
    await task.statusIs('done');
    await isTidy(task);
  });
});
