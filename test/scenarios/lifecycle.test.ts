import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { push } from '../support/check-page.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const STORE = aComponent('store');
const LIMITER = aComponent('limiter', { depends_on: ['store'] });

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const issueAt = (task: Scene) => ({ ...at(task), issue_number: task.issue });
const byExecutor = (task: Scene) => (r: SeenRequest) =>
  saidTo(r).includes('Your component is') && saidTo(r).includes(task.plan.title);
const rest = (login: string) => stage.github.as(login).rest;
const close = (login: string, task: Scene) => rest(login).issues.update({ ...issueAt(task), state: 'closed' });
const reopen = (login: string, task: Scene) => rest(login).issues.update({ ...issueAt(task), state: 'open' });

/** Waits for a reply that contains the text, and gives all that do. */
const told = (task: Scene, text: string, on?: number) =>
  stage.github.until(`a reply with "${text}"`, async () => {
    const found = (await replies(task, on)).filter((r) => r.includes(text));
    return found.length > 0 && found;
  });

/** The task with its only component's last turn in flight. */
async function inFlight(components = [STORE]) {
  const task = await aPlannedIssue(stage, { components });
  const lastTurn = stage.models.hold({ when: (r) => r.turn === 1 && byExecutor(task)(r) });
  await task.comment('wanda', '/execute');
  await lastTurn.reached;
  return {
    task,
    lastTurn,
    turns: () =>
      task
        .requests()
        .filter(byExecutor(task))
        .map((r) => r.turn),
  };
}

describe('the issue', () => {
  it.concurrent('closed: what runs stops, it is said once, and reopened it says how to go on, which works', async () => {
    const { task, lastTurn } = await inFlight();
    await close('olga', task);
    await task.statusIs('cancelled');
    lastTurn.release();
    expect(await told(task, '@olga closed this issue')).toHaveLength(1);
    await task.comment('wanda', '/status');
    await task.settled();
    expect(await told(task, 'closed this issue')).toHaveLength(1);
    expect(await task.branches()).toEqual([`planwright/issue-${task.issue}/plan`]);
    await reopen('olga', task);
    await told(task, 'This task stays stopped.');
    await task.statusIs('cancelled');
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
  });

  it.concurrent('closed by a bot stops the task as well', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    await close('github-actions[bot]', task);
    await task.statusIs('cancelled');
    await told(task, 'this issue was closed');
  });

  it.concurrent('cancelled while the settings are broken: what runs stops all the same', async () => {
    const { task, lastTurn, turns } = await inFlight();
    const fixed = PLAINLY;
    await push(stage.github, task, { by: 'olga', branch: 'main', files: { '.github/planwright.yml': 'unknown: 1\n' } });
    await task.comment('wanda', '/cancel');
    await task.statusIs('cancelled');
    lastTurn.release();
    await push(stage.github, task, { by: 'olga', branch: 'main', files: { '.github/planwright.yml': fixed } });
    await task.settled();
    expect(turns()).toEqual([0, 1]);
    expect(await task.branches()).toEqual([`planwright/issue-${task.issue}/plan`]);
  });

  it.concurrent('loses its label while it is planned: planning stops', async () => {
    const task = await anIssue(stage, { components: [STORE] });
    const submitting = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(task.plan.title) });
    await task.label('wanda', 'plan');
    await submitting.reached;
    await rest('wanda').issues.removeLabel({ ...issueAt(task), name: 'plan' });
    await task.statusIs('cancelled');
    submitting.release();
    await task.settled();
    expect(await task.pulls()).toEqual([]);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
  });

  it.concurrent.each(['deleted', 'transferred'])('%s: what runs stops, and its pull requests say so once', async (how) => {
    const { task, lastTurn, turns } = await inFlight();
    const elsewhere = await stage.github.addRepository({ owner: 'olga', name: `elsewhere-${how}` });
    const plan = await task.pull('plan');
    await stage.github.removeIssue(task.repository.fullName, task.issue, how === 'deleted' ? undefined : elsewhere.fullName);
    const [said] = await told(task, `Issue ${task.issue} was ${how}`, plan.number);
    lastTurn.release();
    if (how === 'transferred') expect(said).toContain('olga/elsewhere-transferred');
    await task.comment('wanda', '/status', plan.number);
    await stage.github.idle();
    expect(await replies(task, plan.number)).toHaveLength(1);
    expect(turns()).toEqual([0, 1]);
    expect(await task.branches()).toEqual([plan.branch]);
  });
});

describe("the plan's pull request", () => {
  it.concurrent('closed: it asks there what is to be done, nothing starts from reviews, and /replan opens the next', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    const { number } = task.pullOfPlan;
    await rest('wanda').pulls.update({ ...at(task), pull_number: number, state: 'closed' });
    const [asked] = await told(task, 'The plan was closed without being merged', number);
    expect(asked).toContain('Nothing starts');
    await task.statusSays(`Plan closed: #${number}`);
    await task.approve('wanda', number);
    await task.settled();
    expect(await task.branches()).toHaveLength(1);
    expect(await replies(task, number)).toHaveLength(1);
    await task.comment('wanda', '/replan smaller');
    const next = await task.pull('plan.2');
    await task.statusIs('review');
    await task.approve('wanda', next.number);
    await task.componentsAre('1 open');
  });

  it.concurrent('closed by another bot: it says that approvals stay, and /execute continues', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    const { number } = task.pullOfPlan;
    await rest('reviewbot[bot]').pulls.update({ ...at(task), pull_number: number, state: 'closed' });
    const [noted] = await told(task, 'approvals stay', number);
    expect(noted).toContain('closed by the bot `reviewbot[bot]`, which does not count as a decision');
    await task.comment('wanda', '/execute', number);
    await task.componentsAre('1 open');
    expect(await told(task, 'approvals stay', number)).toHaveLength(1);
  });

  it.concurrent('a command on the one before is one of the task', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    const { number } = task.pullOfPlan;
    await rest('wanda').pulls.update({ ...at(task), pull_number: number, state: 'closed' });
    await told(task, 'The plan was closed without being merged', number);
    await task.comment('wanda', '/replan smaller', number);
    await task.pull('plan.2');
    await task.statusIs('review', 2);
    await task.reacted(await task.comment('wanda', '/cancel', number), 'rocket');
    await task.statusIs('cancelled');
  });

  it.concurrent('closed while components are at work: those go on, others wait, and /execute goes on with it', async () => {
    const { task, lastTurn } = await inFlight([STORE, LIMITER]);
    const { number } = await task.pull('plan');
    await rest('wanda').pulls.update({ ...at(task), pull_number: number, state: 'closed' });
    expect((await told(task, 'The plan was closed without being merged', number))[0]).toContain('Running components continue');
    lastTurn.release();
    await task.pull('store');
    await task.settled();
    expect(await task.branches()).not.toContain(`planwright/issue-${task.issue}/limiter`);
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
  });

  it.concurrent('loses its branch: the same, and /execute works from the text that was approved', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    const { number, branch } = task.pullOfPlan;
    await rest('wanda').git.deleteRef({ ...at(task), ref: `heads/${branch}` });
    await told(task, 'The plan was closed without being merged', number);
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    expect((await task.pull('store')).files).toEqual(['src/store.js']);
  });
});

describe("a component's pull request", () => {
  it.concurrent('closed by a person: it is dropped, what depends on it is held, and the way back is said', async () => {
    const settings = PLAINLY.replace('amend: off', 'amend: off, strategy: merged');
    const task = await aPlannedIssue(stage, { components: [STORE, LIMITER], settings });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open, 1 waiting');
    const { branch } = await task.pull('store');
    await rest('wanda').git.deleteRef({ ...at(task), ref: `heads/${branch}` });
    const status = await task.componentsAre('1 dropped, 1 held');
    expect(status).toContain('`/execute store`');
    const alone = await task.comment('wanda', '/execute limiter');
    await task.reacted(alone, 'confused');
    await told(task, '`limiter` depends on `store`, which was dropped');
    await task.comment('wanda', '/execute store');
    await task.merge('wanda', (await task.pull('store.2')).number);
    await task.merge('wanda', (await task.pull('limiter')).number);
    await task.statusIs('done');
  });
});

describe('the repository', () => {
  it.concurrent('with another default branch: pull requests go there, and work in flight arrives there', async () => {
    const { task, lastTurn } = await inFlight();
    await rest('olga').repos.renameBranch({ ...at(task), branch: 'main', new_name: 'trunk' });
    lastTurn.release();
    await task.componentsAre('1 open');
    const pulls = [await task.pull('plan'), await task.pull('store')];
    expect(pulls.map((p) => p.base)).toEqual(['trunk', 'trunk']);
    // The plan first: once everything else is merged, the bot closes it.
    for (const { number } of pulls) await task.merge('wanda', number);
    await task.statusIs('done');
  });
});
