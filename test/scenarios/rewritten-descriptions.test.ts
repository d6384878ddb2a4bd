import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPlannedIssue, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const ONE = [aComponent('store')];

const describeAs = (task: Scene, pull: number, body: string) =>
  stage.github.as('wanda').rest.pulls.update({
    owner: task.repository.owner,
    repo: task.repository.name,
    pull_number: pull,
    body,
  });

const CHANGES: [string, (body: string) => string][] = [
  [
    'field case 01-plan-pr-body-prefixed: a review bot puts its summary in front',
    (body) => `## Summary by ReviewBot\n\nAdds a plan.\n\n${body}`,
  ],
  ['a person writes it from scratch', () => 'I have read this, and it is good.'],
];

describe.each(CHANGES)('the description of the plan: %s', (_, change) => {
  it.concurrent('and an approval by review still counts', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await describeAs(task, task.pullOfPlan.number, change(task.pullOfPlan.body));
    await task.approve('wanda', task.pullOfPlan.number);
    expect((await task.pull('store')).state).toBe('open');
  });

  it.concurrent('and commands there are obeyed', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await describeAs(task, task.pullOfPlan.number, change(task.pullOfPlan.body));
    await task.reacted(await task.comment('wanda', '/status', task.pullOfPlan.number), 'rocket');
    await task.reacted(await task.comment('wanda', '/execute', task.pullOfPlan.number), 'rocket');
    expect((await task.pull('store')).state).toBe('open');
  });

  it.concurrent('and its merge is seen', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await describeAs(task, task.pullOfPlan.number, change(task.pullOfPlan.body));
    await task.merge('wanda', task.pullOfPlan.number);
    expect((await task.pull('store')).state).toBe('open');
  });

  it.concurrent('and without the status comment the task is brought back from the plan', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await describeAs(task, task.pullOfPlan.number, change(task.pullOfPlan.body));
    const [status] = (await task.comments()).filter((c) => c.body.includes('planwright:status'));
    const { owner, name: repo } = task.repository;
    await stage.github.as('olga').rest.issues.deleteComment({ owner, repo, comment_id: status?.id ?? 0 });
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    expect((await task.pull('store')).state).toBe('open');
  });
});

describe.each(CHANGES)('the description of a component: %s', (_, change) => {
  it.concurrent('and its commands are obeyed and its merge ends the task', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await task.comment('wanda', '/execute');
    const pull = await task.pull('store');
    await describeAs(task, pull.number, change(pull.body));
    await task.reacted(await task.comment('wanda', '/status', pull.number), 'rocket');
    await task.merge('wanda', pull.number);
    await stage.github.until('the issue to be closed', () => task.isClosed());
  });
});

it.concurrent('a command on a pull request of another bot is nobody’s to answer', async () => {
  const task = await aPlannedIssue(stage, { components: ONE });
  const { owner, name: repo } = task.repository;
  const bot = stage.github.as('github-actions[bot]').rest;
  const { data: base } = await bot.git.getRef({ owner, repo, ref: 'heads/main' });
  await stage.github.as('wanda').rest.git.createRef({ owner, repo, ref: 'refs/heads/update', sha: base.object.sha });
  await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
    owner,
    repo,
    path: 'update.txt',
    message: 'Update',
    content: 'eA==',
    branch: 'update',
  });
  const { data: pull } = await bot.pulls.create({ owner, repo, head: 'update', base: 'main', title: 'Update' });
  await task.comment('wanda', '/status', pull.number);
  await task.settled();
  expect(await task.comments(pull.number)).toHaveLength(1);
});
