import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { saidTo } from '../support/models/seen-request.ts';
import { anIssue, aPlannedIssue, PLAINLY, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository, issue }: Scene) => ({ owner: repository.owner, repo: repository.name, issue_number: issue });
const lock = (task: Scene) => stage.github.as('olga').rest.issues.lock(at(task));
const unlock = (task: Scene) => stage.github.as('olga').rest.issues.unlock(at(task));
const logged = (task: Scene, words: string) =>
  stage.github.until(`the log to say that ${words}`, async () =>
    stage.bot.output.some((line) => line.includes(words) && line.includes(task.repository.name)),
  );
const planChecks = async (task: Scene, head: string): Promise<string[]> => {
  const { owner, repo } = at(task);
  const { data } = await stage.github
    .as('olga')
    .rest.checks.listForRef({ owner, repo, ref: head, check_name: 'planwright / plan' });
  return data.check_runs.map((run) => `${run.conclusion}: ${run.output.title}`);
};
const checkSays = (task: Scene, head: string, said: string) =>
  stage.github.until(`the check to say ${said}`, async () =>
    (await planChecks(task, head)).some((check) => check.includes(said)),
  );

describe('a locked issue', () => {
  it.concurrent('starts no task: nothing is spent, and the operator reads which issue it is', async () => {
    const task = await anIssue(stage, { components: [aComponent('limiter')] });
    await lock(task);
    await task.label('wanda', 'plan');
    await logged(task, 'is not started: its issue is locked');
    await stage.github.idle();
    expect(task.requests()).toEqual([]);
    expect(await task.comments()).toEqual([]);
    await unlock(task);
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
  });

  it.concurrent('pauses its task, which says so on the checks and continues once it is unlocked', async () => {
    const task = await aPlannedIssue(stage, {
      components: [aComponent('limiter'), aComponent('metrics')],
      settings: PLAINLY.replace('draft: false', 'draft: false, max_parallel: 1'),
    });
    await lock(task);
    await checkSays(task, task.pullOfPlan.head, `success: Paused, because issue ${task.issue} is locked`);
    const asked = task.requests().length;
    await task.approve('wanda', task.pullOfPlan.number);
    await logged(task, 'is paused: its issue is locked');
    await stage.github.idle();
    expect(task.requests()).toHaveLength(asked);
    expect(await task.branches()).toEqual([task.pullOfPlan.branch]);
    await unlock(task);
    await task.componentsAre('2 open');
    await checkSays(task, task.pullOfPlan.head, 'success: Sound');
  });

  it.concurrent('while a component is being made: its model is not asked again before it is unlocked', async () => {
    const task = await aPlannedIssue(stage, { components: [aComponent('limiter')] });
    const held = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(task.plan.title) });
    await task.comment('wanda', '/execute');
    await held.reached;
    await lock(task);
    await logged(task, 'is paused: its issue is locked');
    held.release();
    await stage.github.idle();
    expect((await task.pulls()).map((pull) => pull.branch)).toEqual([task.pullOfPlan.branch]);
    await unlock(task);
    await task.componentsAre('1 open');
    expect((await task.statuses()).length).toBe(1);
  });

  it.concurrent('a locked pull request keeps nothing from happening that can happen without a comment', async () => {
    const task = await aPlannedIssue(stage, { components: [aComponent('limiter')] });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const limiter = await task.pull('limiter');
    await stage.github.as('olga').rest.issues.lock({ ...at(task), issue_number: limiter.number });
    await task.merge('wanda', limiter.number);
    await task.statusIs('done');
  });
});
