import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene, type SceneOptions } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

// A repository with rules of its own: what branches are called, what a task is for, who may start one, and what pull requests and commits
// look like.

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });

async function headOf(task: Scene, branch: string): Promise<string> {
  return (await stage.github.as('olga').rest.git.getRef({ ...at(task), ref: `heads/${branch}` })).data.object.sha;
}

/** A person makes a branch of the tip of another one. */
async function makeBranch(task: Scene, branch: string, from = 'main'): Promise<string> {
  const sha = await headOf(task, from);
  await stage.github.as('wanda').rest.git.createRef({ ...at(task), ref: `refs/heads/${branch}`, sha });
  return sha;
}

async function textOf(task: Scene, path: string, ref: string): Promise<string> {
  const { data } = await stage.github.as('olga').rest.repos.getContent({ ...at(task), path, ref });
  return 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : '';
}

async function writeFile(task: Scene, path: string, text: string): Promise<void> {
  const { rest } = stage.github.as('olga');
  const { data } = await rest.repos.getContent({ ...at(task), path });
  const content = Buffer.from(text).toString('base64');
  await rest.repos.createOrUpdateFileContents({
    ...at(task),
    path,
    message: 'Change it',
    content,
    sha: 'sha' in data ? data.sha : '',
  });
}

/** The bot's replies on the issue are these, in this order. */
async function told(task: Scene, ...texts: readonly string[]): Promise<void> {
  await stage.github.until(`${texts.length} replies`, async () => (await replies(task)).length >= texts.length);
  expect(await replies(task)).toEqual(texts.map((text) => expect.stringContaining(text)));
}

const closed = (task: Scene) => stage.github.until('the issue to be closed', () => task.isClosed());

const SETTINGS = '.github/planwright.yml';
const one: SceneOptions = { components: [aComponent('limiter')] };
const settled = (more: string, scene: SceneOptions = one): SceneOptions => ({ ...scene, settings: `${PLAINLY}${more}` });

describe('branches of another name', () => {
  it.concurrent('a task keeps its prefix to the end, whatever the settings say meanwhile', async () => {
    const components = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];
    const task = await aPlannedIssue(stage, {
      ...settled('branches: { prefix: bot/plan- }\n', { components }),
      prefix: 'bot/plan-',
    });
    expect(task.pullOfPlan.branch).toBe(`bot/plan-issue-${task.issue}/plan`);
    await writeFile(task, SETTINGS, `${PLAINLY}branches: { prefix: robots/ }\n`);
    await task.settled();
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('2 open');
    expect(await task.branches()).toEqual(['limiter', 'plan', 'store'].map((part) => `bot/plan-issue-${task.issue}/${part}`));
    await task.merge('wanda', (await task.pull('store')).number, 'squash');
    await task.componentsAre('1 merged, 1 open');
    await task.merge('wanda', (await task.pull('limiter')).number, 'squash');
    await task.statusIs('done');
    await closed(task);
  });

  it.concurrent('a prefix that somebody wrote into the record is not used', async () => {
    const task = await aPlannedIssue(stage, one);
    const comment = (await task.comments()).find(({ body }) => body.startsWith('<!-- planwright:status'));
    const body = (comment?.body ?? '').replace('"prefix":"planwright/"', '"prefix":"release/"');
    expect(body).toContain('"prefix":"release/"');
    await stage.github.as('olga').rest.issues.updateComment({ ...at(task), comment_id: comment?.id ?? 0, body });
    await task.approve('wanda', task.pullOfPlan.number);
    await task.componentsAre('1 open');
    const { data } = await stage.github.as('olga').rest.git.listMatchingRefs({ ...at(task), ref: 'heads/release' });
    expect([data, await task.branches()]).toEqual([
      [],
      [`planwright/issue-${task.issue}/limiter`, `planwright/issue-${task.issue}/plan`],
    ]);
  });

  it.concurrent("a person's branch of that name is left alone, and nobody is paid for a plan that cannot be published", async () => {
    const task = await anIssue(stage, { ...settled('branches: { prefix: feature/ }\n'), prefix: 'feature/' });
    const branch = `feature/issue-${task.issue}/plan`;
    const sha = await makeBranch(task, branch);
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    expect(await headOf(task, branch)).toBe(sha);
    await told(task, `\`${branch}\` was made by another author`);
    expect(task.requests()).toEqual([]);
    // It is out of the way, and the plan is made.
    await stage.github.deleteBranch(task.repository.fullName, branch, 'wanda');
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
    // Likewise a component's.
    const own = await makeBranch(task, `feature/issue-${task.issue}/limiter`);
    await task.comment('wanda', '/execute');
    await task.statusSays('was made by another author');
    expect(await headOf(task, `feature/issue-${task.issue}/limiter`)).toBe(own);
  });

  it.concurrent('a branch that git cannot have next to them is named', async () => {
    const task = await anIssue(stage, { ...settled('branches: { prefix: bot/plans/ }\n'), prefix: 'bot/plans/' });
    await makeBranch(task, 'bot');
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    const said = `A branch called \`bot\` is in the way of \`bot/plans/issue-${task.issue}/plan\``;
    await told(task, said);
    expect(task.requests()).toEqual([]);
  });
});

describe('another base than the default branch', () => {
  it.concurrent('`/plan --base` plans, builds and lands there, and the plan says so', async () => {
    const task = await anIssue(stage, one);
    const main = await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x Keep it small.');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    expect([plan.base, await textOf(task, 'PLAN.md', plan.branch)]).toEqual([
      'release/2.x',
      expect.stringContaining('· for `release/2.x` · planned by'),
    ]);
    await task.merge('wanda', plan.number);
    await task.componentsAre('1 open');
    const limiter = await task.pull('limiter');
    expect([limiter.base, limiter.files]).toEqual(['release/2.x', ['src/limiter.js']]);
    await task.merge('wanda', limiter.number, 'squash');
    await task.statusIs('done');
    await closed(task);
    expect(await headOf(task, 'main')).toBe(main);
  });

  it.concurrent('the settings may name it; one that is not there is said before anybody is paid', async () => {
    const task = await anIssue(stage, settled('branches: { base: develop }\n'));
    await task.label('wanda', 'plan');
    await task.statusIs('failed');
    await told(task, 'there is no branch `develop`');
    expect(task.requests()).toEqual([]);
    await makeBranch(task, 'develop');
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
    expect((await task.pull('plan')).base).toBe('develop');
  });

  it.concurrent('a base that does not exist, cannot exist or is no base starts nothing', async () => {
    const task = await anIssue(stage, one);
    for (const base of ['nope', '', 'a..b', `planwright/issue-${task.issue}/plan`])
      await task.reacted(await task.comment('wanda', `/plan --base ${base}`.trim()), 'confused');
    await told(
      task,
      'There is no branch `nope`',
      'The name of the branch is missing',
      '`a..b` cannot be the name of a branch',
      "one of Planwright's own branches",
    );
    expect([await task.statuses(), task.requests()]).toEqual([[], []]);
  });

  it.concurrent('a merge into any other branch approves nothing', async () => {
    const task = await anIssue(stage, one);
    await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: plan.number, base: 'main' });
    await task.merge('wanda', plan.number);
    await task.statusSays('main');
    expect(await task.state()).toBe('review');
  });

  it.concurrent('deleted in the middle, people are told; restored, the task continues', async () => {
    const task = await anIssue(stage, one);
    const sha = await makeBranch(task, 'release/2.x');
    await task.comment('wanda', '/plan --base release/2.x');
    await task.statusIs('review');
    const plan = await task.pull('plan');
    await stage.github.deleteBranch(task.repository.fullName, 'release/2.x', 'wanda');
    await task.comment('wanda', '/execute');
    const gone = '`release/2.x`, which this task is for, was deleted';
    await stage.github.until('people are told', async () => (await replies(task)).some((reply) => reply.includes(gone)));
    expect((await task.pulls()).map(({ branch }) => branch)).toEqual([plan.branch]);
    await stage.github.as('wanda').rest.git.createRef({ ...at(task), ref: 'refs/heads/release/2.x', sha });
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: plan.number, state: 'open' });
    await task.approve('wanda', plan.number);
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).base).toBe('release/2.x');
  });
});
