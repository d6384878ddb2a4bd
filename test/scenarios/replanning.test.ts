import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Component, Plan } from '../../src/domain/plan/plan.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import {
  openIssue,
  scriptAnswer,
  scriptExecutor,
  scriptPlanner,
  scriptReview,
  type TaskPage,
  visible,
} from '../support/task-page.ts';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: TaskPage) => ({ owner: repository.owner, repo: repository.name });
const about = (page: TaskPage) => (r: SeenRequest) => saidTo(r).includes(page.repository.name);

interface Task {
  readonly page: TaskPage;
  /** The plan with this issue's title; scripts the executors of its components. */
  revision(components: readonly Component[], more?: Partial<Plan>): Plan;
}

async function aTask(components: readonly Component[]): Promise<Task> {
  shops += 1;
  const repository = await stage.github.addRepository({
    owner: 'olga',
    name: `replanned-${String(shops).padStart(4, '0')}`,
    files: SHOP_FILES,
    collaborators: { wanda: 'write', rita: 'read' },
  });
  const title = `Limit the rate of orders in ${repository.name}`;
  const revision = (parts: readonly Component[], more: Partial<Plan> = {}): Plan => {
    const plan = aPlan(parts, { title, ...more });
    for (const c of parts) scriptExecutor(stage.models, plan, c.id, executing(c));
    return plan;
  };
  scriptPlanner(stage.models, title, planning(revision(components)));
  const page = await openIssue({ github: stage.github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  await page.label('wanda', 'plan');
  await page.statusIs('review');
  return { page, revision };
}

const STORE = aComponent('store');
const LIMITER = aComponent('limiter');
const METRICS = aComponent('metrics');

describe('/replan', () => {
  it('makes the next revision on the same pull request, says what it means for the work, and voids the approval', async () => {
    const { page, revision } = await aTask([STORE, LIMITER]);
    const plan = await page.pull('plan');
    await stage.github.as('wanda').rest.pulls.createReview({
      ...at(page), pull_number: plan.number, event: 'REQUEST_CHANGES', body: 'Please count refusals too.',
    }); // biome-ignore format: one call
    await stage.github
      .as('rita')
      .rest.issues.createComment({ ...at(page), issue_number: plan.number, body: 'Use a blockchain.' });
    const changed = { ...LIMITER, contract: '`export const limiter = 2`' };
    const second = scriptPlanner(stage.models, page.repository.name, planning(revision([STORE, changed, METRICS])));
    await page.comment('wanda', '/replan and mind the metrics', plan.number);
    await page.statusIs('review', 2);
    await page.statusIs('review');

    const asked = saidTo(second.requests[0] as SeenRequest);
    expect(asked).toContain('Please count refusals too.');
    expect(asked).toContain('and mind the metrics');
    expect(asked).toContain('The plan so far');
    expect(asked).not.toContain('blockchain');
    const after = await page.pull('plan');
    expect(after.number).toBe(plan.number);
    expect(after.body).toContain('revision=2');
    const said = (await page.comments(plan.number)).find((c) => c.body.includes('Its components'))?.body;
    expect(said).toContain('- added: `metrics`');
    expect(said).toContain('- changed: `limiter` (contract)');
    expect(said).toContain('- unchanged: `store`');
    // Wanda's "changes requested" still stands; her approval of the new text lifts it.
    expect(await page.branches()).toEqual([`planwright/issue-${page.issue}/plan`]);
    await page.approve('wanda', plan.number);
    await page.componentsAre('3 open');
  });

  it('keeps what a person wrote into PLAN.md in front of the planner', async () => {
    const { page, revision } = await aTask([STORE]);
    const plan = await page.pull('plan');
    const { data } = await stage.github.as('wanda').rest.repos.getContent({ ...at(page), path: 'PLAN.md', ref: plan.head });
    if (!('content' in data)) throw new Error('no PLAN.md');
    const text = Buffer.from(data.content, 'base64').toString().replace('No new dependency.', 'No new dependency, says Wanda.');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      ...at(page), path: 'PLAN.md', branch: plan.branch, sha: data.sha, message: 'Say who says so', content: Buffer.from(text).toString('base64'),
    }); // biome-ignore format: one call
    const second = scriptPlanner(
      stage.models,
      page.repository.name,
      planning(revision([STORE, METRICS], { constraints: ['No new dependency, says Wanda.'] })),
    );
    await page.comment('wanda', '/replan with metrics');
    await page.statusIs('review', 2);
    expect(saidTo(second.requests[0] as SeenRequest)).toContain('No new dependency, says Wanda.');
  });

  it('after the plan was merged opens the next plan branch and keeps what is unchanged', async () => {
    const { page, revision } = await aTask([STORE]);
    await page.merge('wanda', (await page.pull('plan')).number);
    const store = await page.pull('store');
    scriptPlanner(stage.models, page.repository.name, planning(revision([STORE, METRICS])));
    await page.comment('wanda', '/replan count too');
    const next = await page.pull('plan.2');
    await page.statusIs('review');
    await page.approve('wanda', next.number);
    await page.pull('metrics');
    await page.componentsAre('2 open');
    expect((await page.pull('store')).head).toBe(store.head);
  });
});

describe('/ask', () => {
  it('answers in a comment and leaves the plan as it is', async () => {
    const { page } = await aTask([STORE]);
    const plan = await page.pull('plan');
    scriptAnswer(stage.models, `Why no cache in ${page.repository.name}?`, [
      { calls: [{ name: 'read_file', input: { path: 'src/server.js', from_line: null, to_line: null } }] },
      { text: 'Because src/orders.js:1 is called once. Thank @rita for asking.' },
    ]);
    const question = await page.comment('wanda', `/ask Why no cache in ${page.repository.name}?`, plan.number);
    await page.reacted(question, 'rocket');
    const answer = (await page.comments(plan.number)).find((c) => c.body.includes('is called once'));
    expect(answer?.body).toContain('@wanda');
    expect(answer?.body).not.toContain('@rita');
    expect((await page.pull('plan')).head).toBe(plan.head);
    expect(await page.state()).toBe('review');
  });
});

describe('a plan whose files have changed since', () => {
  it('does not start silently: /execute says which files, once more goes on', async () => {
    const orders = aComponent('orders', { files: [{ path: 'src/orders.js', action: 'modify', change: 'count them' }] });
    const { page, revision } = await aTask([orders]);
    const plan = revision([orders]);
    scriptExecutor(stage.models, plan, 'orders', [
      { calls: [{ name: 'edit_file', input: { path: 'src/orders.js', old_text: 'return [1]', new_text: 'return [1, 2]' } }] },
      { calls: [{ name: 'finish', input: { summary: 'Counted.' } }] },
    ]);
    const { data } = await stage.github.as('wanda').rest.repos.getContent({ ...at(page), path: 'src/orders.js' });
    if (!('sha' in data)) throw new Error('no file');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      ...at(page), path: 'src/orders.js', sha: data.sha, message: 'Fill', content: Buffer.from('export function orders() {\n  return [1];\n}\n').toString('base64'),
    }); // biome-ignore format: one call
    const first = await page.comment('wanda', '/execute');
    await page.reacted(first, 'rocket');
    expect(await page.branches()).toEqual([`planwright/issue-${page.issue}/plan`]);
    expect((await page.comments()).some((c) => c.body.includes('`src/orders.js`') && c.body.includes('`/execute` again'))).toBe(
      true,
    );
    expect(visible(await page.status())).toContain('src/orders.js');
    await page.comment('wanda', '/execute');
    expect((await page.pull('orders')).files).toEqual(['src/orders.js']);
  });
});

describe('a blocker', () => {
  it('makes the planner amend the plan; what it keeps stays approved and goes on', async () => {
    const { page, revision } = await aTask([STORE, LIMITER, METRICS]);
    const first = revision([STORE, LIMITER, METRICS]);
    const blocker = {
      kind: 'contradiction',
      plan_clause: 'limiter = true',
      evidence: 'src/server.js:1 wants a number',
      proposal: 'Make it 2.',
    };
    const amended = { ...LIMITER, contract: '`export const limiter = 2`' };
    const planner = stage.models.hold({ when: (r) => about(page)(r) && saidTo(r).includes('wants a number') });
    const second = scriptPlanner(stage.models, page.repository.name, planning(revision([STORE, amended, METRICS])));
    // After the revision's own scripts, because the latest wins.
    scriptExecutor(stage.models, first, 'limiter', [{ calls: [{ name: 'flag_blocker', input: blocker }] }]);
    await page.comment('wanda', '/execute');
    await planner.reached;
    expect((await page.comments()).some((c) => c.body.includes('src/server.js:1 wants a number'))).toBe(true);
    // The others are not held up by the planner.
    await page.pull('store');
    await page.pull('metrics');
    planner.release();
    await page.statusIs('review', 2);
    await page.statusIs('review');
    expect(saidTo(second.requests[0] as SeenRequest)).toContain('Make it 2.');
    const plan = await page.pull('plan');
    scriptExecutor(stage.models, revision([STORE, amended, METRICS]), 'limiter', executing(amended));
    await page.approve('wanda', plan.number);
    const limiter = await page.pull('limiter');
    expect(limiter.files).toEqual(['src/limiter.js']);
    await page.componentsAre('3 open');
  });
});

describe('the review of the whole', () => {
  it('compares what was merged with the plan and says what it finds before the issue is closed', async () => {
    const { page } = await aTask([STORE]);
    scriptReview(stage.models, page.repository.name, [
      { calls: [{ name: 'read_file', input: { path: 'src/store.js', from_line: null, to_line: null } }] },
      { text: '- `src/store.js:2`, store: the contract wants `store`, which is there; nothing else is missing.' },
    ]);
    await page.comment('wanda', '/execute');
    await page.merge('wanda', (await page.pull('store')).number);
    await stage.github.until('the issue to be closed', () => page.isClosed());
    const said = (await page.comments()).find((c) => c.body.includes('compared the result with the plan'));
    expect(said?.body).toContain('src/store.js:2');
    expect(await page.state()).toBe('done');
  });
});
