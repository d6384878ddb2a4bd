import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checked } from '../support/check-page.ts';
import { observes } from '../support/requests-about.ts';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { visible } from '../support/task-page.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];
const TWO_PEOPLE = `${PLAINLY}approval: { required: 2 }\n`;
const at = ({ repository }: Scene) => ({ owner: 'olga', repo: repository.name });
type Planned = Awaited<ReturnType<typeof aPlannedIssue>>;

/** A person with write access rewrites the hidden record in the bot's comment. */
async function editRecord(task: Scene, by: string, change: (record: Record<string, unknown>) => object): Promise<void> {
  const status = (await task.comments()).find((c) => c.body.includes('planwright:status'));
  const [marker, json = ''] = /<!-- planwright:state (\{.*\}) -->/.exec(status?.body ?? '') ?? [];
  if (!status || !marker) throw new Error('there is no record');
  const record = JSON.parse(json);
  const body = status.body.replace(marker, () => `<!-- planwright:state ${JSON.stringify({ ...record, ...change(record) })} -->`);
  await stage.github.as(by).rest.issues.updateComment({ ...at(task), comment_id: status.id, body });
}

async function nodeOf(task: Scene, comment: number): Promise<string> {
  return (await stage.github.as('olga').rest.issues.getComment({ ...at(task), comment_id: comment })).data.node_id;
}

const blobOf = ({ pullOfPlan }: Planned): string => /blob=([0-9a-f]{40})/.exec(pullOfPlan.body)?.[1] ?? '';

/** A person changes PLAN.md on its branch, through the web, or puts the branch back to a former commit. */
async function editPlan(task: Planned, change: (text: string) => string): Promise<void> {
  const { repos } = stage.github.as('wanda').rest;
  const branch = `planwright/issue-${task.issue}/plan`;
  const { data } = await repos.getContent({ ...at(task), path: 'PLAN.md', ref: branch });
  if (!('content' in data)) throw new Error('PLAN.md is no file');
  const content = Buffer.from(change(Buffer.from(data.content, 'base64').toString())).toString('base64');
  await repos.createOrUpdateFileContents({ ...at(task), path: 'PLAN.md', branch, message: 'Edit', sha: data.sha, content });
}

describe('`/execute` while the planning work is still ending', () => {
  it.concurrent('right after the plan is checked: it is kept, and starts when the work has ended', async () => {
    const task = await anIssue(stage, { components: ONE, settings: PLAINLY });
    const last = stage.github.hold({
      when: 'before',
      method: 'POST',
      by: 'planwright[bot]',
      where: (r) => r.path.startsWith(`/repos/${task.repository.fullName}/issues/`) && r.path.endsWith('/labels'),
    });
    await task.label('wanda', 'plan');
    await last.reached;
    const plan = await task.pull('plan');
    await checked(stage.github, task, plan.head, 'planwright / plan');
    expect(await task.state()).toBe('planning');
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    last.release();
    await task.componentsAre('1 open');
  });
});

describe('what the record says is not an approval', () => {
  it.concurrent('one writer adds a second approval to the record, by every pointer there is: nothing starts', async () => {
    const task = await aPlannedIssue(stage, { components: ONE, settings: TWO_PEOPLE });
    const blob = blobOf(task);
    const remark = await task.comment('olga', 'Looks good to me.');
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    const forged = await task.comment('olga', 'Nearly there.');
    await stage.github.as('wanda').rest.issues.updateComment({ ...at(task), comment_id: forged, body: '/execute' });
    const nodes = [await nodeOf(task, remark), await nodeOf(task, forged), 'IC_nowhere', null];
    await editRecord(task, 'wanda', ({ approvals }) => ({
      approvals: [...(approvals as object[]), ...nodes.map((node) => ({ by: 'olga', blob, at: new Date().toISOString(), node }))],
      lastApproved: { blob, pull: task.pullOfPlan.number },
    }));
    await task.settled();
    expect(await task.state()).toBe('review');
    expect(await task.branches()).toEqual([`planwright/issue-${task.issue}/plan`]);
    const reports = (await replies(task)).filter((text) => text.includes('status comment'));
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain("@wanda edited [Planwright's status comment](");

    // The second person's own comment is one.
    await task.comment('olga', '/execute');
    await task.componentsAre('1 open');
  });

  it.concurrent('a comment that was deleted, or edited, approves of nothing any more', async () => {
    const task = await aPlannedIssue(stage, { components: ONE, settings: TWO_PEOPLE });
    const first = await task.comment('wanda', '/execute');
    await task.reacted(first, 'rocket');
    await stage.github.as('wanda').rest.issues.deleteComment({ ...at(task), comment_id: first });
    const second = await task.comment('wanda', '/execute');
    await task.reacted(second, 'rocket');
    await stage.github.as('wanda').rest.issues.updateComment({ ...at(task), comment_id: second, body: '/execute\nNo, wait.' });
    const last = await task.comment('olga', '/execute');
    await task.reacted(last, 'rocket');
    await task.settled();
    expect(await task.state()).toBe('review');
    expect((await replies(task)).at(-2)).toContain('1 of 2 approvals, by @olga');
  });
});

describe('/execute approves what its author could have seen', () => {
  it.concurrent('not what the branch was moved to afterwards, though it was there before; the text named by its blob is', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    const { git } = stage.github.as('wanda').rest;
    const ref = `heads/planwright/issue-${task.issue}/plan`;
    await editPlan(task, (text) => text.replace('Provide limiter for the shop.', 'Provide it to everybody.'));
    const edited = (await git.getRef({ ...at(task), ref })).data.object.sha;
    await task.settled();
    await git.updateRef({ ...at(task), ref, sha: task.pullOfPlan.head, force: true });
    await task.settled();
    const look = stage.github.hold({ by: 'planwright[bot]', where: observes(task.repository) });
    const comment = await task.comment('wanda', '/execute');
    await look.reached;
    await git.updateRef({ ...at(task), ref, sha: edited, force: true });
    look.release();
    await task.reacted(comment, 'confused');
    const refused = (await replies(task)).at(-1) ?? '';
    const [, named = ''] = /`\/execute ([0-9a-f]{7})`/.exec(refused) ?? [];
    expect(refused).toContain('has changed since you commented');
    await task.settled();
    expect(await task.state()).toBe('review');

    const naming = await task.comment('wanda', `/execute ${named}`);
    await task.componentsAre('1 open');
    await task.reacted(naming, 'rocket');
    expect((await replies(task)).find((text) => text.startsWith('This approves'))).toContain(`[\`${named}\`](`);
  });
});

describe('a component merged elsewhere', () => {
  it.concurrent('is not merged: the task says where it went and asks, and the issue stays open', async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    await task.comment('wanda', '/execute');
    const { number } = await task.pull('limiter');
    await task.componentsAre('1 open');
    const person = stage.github.as('wanda').rest;
    await person.git.createRef({ ...at(task), ref: 'refs/heads/release', sha: task.repository.head });
    await person.pulls.update({ ...at(task), pull_number: number, base: 'release' });
    await task.merge('wanda', number);
    const status = visible(await task.componentsAre('1 failed'));
    expect(status).toContain('release');
    expect(status).toContain('/execute limiter');
    expect(await task.isClosed()).toBe(false);
    const { data } = await person.repos.getContent({ ...at(task), path: 'src', ref: 'main' });
    expect(JSON.stringify(data)).not.toContain('limiter.js');
  });
});

describe("a writer's commit that carries the App's trailers", () => {
  it.concurrent("is not taken for the App's work: the executor is asked, and continues from it", async () => {
    const task = await aPlannedIssue(stage, { components: ONE });
    const { git, repos } = stage.github.as('wanda').rest;
    const branch = `planwright/issue-${task.issue}/limiter`;
    await git.createRef({ ...at(task), ref: `refs/heads/${branch}`, sha: task.repository.head });
    const trailers = `Planwright-Plan: ${blobOf(task)}\nPlanwright-Component: limiter\nPlanwright-Attempt: 1`;
    await repos.createOrUpdateFileContents({
      ...at(task),
      branch,
      path: 'src/limiter.js',
      message: `Add limiter\n\nComponent limiter of the plan for #${task.issue}.\n\n${trailers}`,
      content: Buffer.from('export const limiter = false;\n').toString('base64'),
    });
    await task.comment('wanda', '/execute');
    const pull = await task.pull('limiter');
    expect(pull.body).toContain('Written by');
    expect(task.requests().filter((r) => r.system.startsWith('You carry out one component'))).not.toEqual([]);
  });
});
