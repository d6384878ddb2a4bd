import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import type { Fault, SeenRequest } from '../support/github/traffic.ts';
import { saidTo } from '../support/models/seen-request.ts';
import { anIssue, aPlannedIssue, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const WORKFLOW = '.github/workflows/ci.yml';
const FILES = { [WORKFLOW]: 'on: push\n' };

/** A person changes the workflow on main: the former one is on no branch any more. */
async function workflowChanges(task: Scene): Promise<string> {
  const { rest } = stage.github.as('olga');
  const { data } = await rest.repos.getContent({ ...at(task), path: WORKFLOW });
  const { commit } = (
    await rest.repos.createOrUpdateFileContents({
      ...at(task),
      path: WORKFLOW,
      message: 'Run nightly',
      content: Buffer.from('on: schedule\n').toString('base64'),
      sha: 'sha' in data ? data.sha : '',
    })
  ).data;
  return commit.sha as string;
}

const holdModel = (task: Scene, turn: number) =>
  stage.models.hold({ when: (r) => r.turn === turn && saidTo(r).includes(task.plan.title) });
const parentOf = (task: Scene, sha: string): Promise<string> =>
  git(stage.github.gitDir(task.repository.fullName), ['log', '-1', '--format=%P', sha]).then((said) => said.trim());

describe('a workflow file that changes on the base branch', () => {
  it.concurrent('while the plan is made: the plan is put on the base branch as it is now', async () => {
    const task = await anIssue(stage, { components: [aComponent('limiter')], files: FILES });
    const held = holdModel(task, 1);
    await task.label('wanda', 'plan');
    await held.reached;
    const now = await workflowChanges(task);
    held.release();
    await task.statusIs('review');
    const pull = await task.pull('plan');
    expect([await parentOf(task, pull.head), pull.files]).toEqual([now, ['PLAN.md']]);
    expect(task.requests()).toHaveLength(2);
  });

  it.concurrent('while a component is made: so is the component, and no model is asked again', async () => {
    const task = await aPlannedIssue(stage, { components: [aComponent('limiter')], files: FILES });
    const held = holdModel(task, 1);
    await task.merge('wanda', task.pullOfPlan.number);
    await held.reached;
    // As long as the plan's branch is there, it holds the former workflow.
    await stage.github.deleteBranch(task.repository.fullName, task.pullOfPlan.branch, 'wanda');
    const asked = task.requests().length;
    const now = await workflowChanges(task);
    held.release();
    await task.componentsAre('1 open');
    const pull = await task.pull('limiter');
    expect([await parentOf(task, pull.head), pull.files]).toEqual([now, ['src/limiter.js']]);
    expect(task.requests()).toHaveLength(asked);
  });
});

describe('a branch that GitHub refuses', () => {
  const refused = (task: Scene, respond: Fault['respond']): void => {
    const where = (r: SeenRequest): boolean => r.path === `/repos/olga/${task.repository.name}/git/refs`;
    stage.github.fault({ method: 'POST', by: 'planwright[bot]', where, respond, times: Number.POSITIVE_INFINITY });
  };

  it.concurrent.each([
    ['without a reason of its own', 403, 'Resource not accessible by integration', 'Check that the App'],
    ['by a ruleset', 422, 'Repository rule violations found: Cannot create ref due to creations being restricted.', 'A ruleset'],
    ['for want of a signature', 422, 'Commits must have verified signatures.', 'requires signed commits'],
  ])('%s: the issue says exactly why', async (_, status, message, said) => {
    const task = await anIssue(stage, { components: [aComponent('limiter')] });
    refused(task, { status, body: { message } });
    await task.label('wanda', 'plan');
    await stage.github.until('a word', async () => (await replies(task)).some((reply) => reply.includes(said)));
  });
});

describe('a repository in which nothing can be published', () => {
  it.concurrent.each<[string, object, string]>([
    ['has no pull requests', { has_pull_requests: false }, 'Pull requests are disabled in this repository'],
    ['has no issues any more', { has_issues: false }, 'Issues are disabled in this repository.'],
    ['is archived', { archived: true }, 'The repository is archived'],
  ])('because it %s: it is said before any model is asked', async (_, change, said) => {
    const task = await anIssue(stage, { components: [aComponent('limiter')] });
    const body = { ...(await stage.github.as('olga').rest.repos.get(at(task))).data, ...change };
    const where = (r: SeenRequest): boolean => r.path === `/repos/olga/${task.repository.name}`;
    const respond = { status: 200, body };
    stage.github.fault({ method: 'GET', by: 'planwright[bot]', where, respond, times: Number.POSITIVE_INFINITY });
    await task.label('wanda', 'plan');
    await stage.github.until('a word', async () => (await replies(task)).some((reply) => reply.includes(said)));
    expect(task.requests()).toEqual([]);
  });

  it.concurrent('because it has no commit yet: likewise', async () => {
    const task = await anIssue(stage, { components: [aComponent('limiter')] });
    const where = (r: SeenRequest): boolean => r.path === `/repos/olga/${task.repository.name}/git/ref/heads%2Fmain`;
    const respond = { status: 409, body: { message: 'Git Repository is empty.' } };
    stage.github.fault({ method: 'GET', by: 'planwright[bot]', where, respond, times: Number.POSITIVE_INFINITY });
    await task.label('wanda', 'plan');
    await stage.github.until('a word', async () =>
      (await replies(task)).some((reply) => reply.includes('The repository has no commits yet')),
    );
    expect(task.requests()).toEqual([]);
  });
});
