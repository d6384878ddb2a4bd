import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, planning, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { openIssue, scriptPlanner, type TaskPage } from '../support/task-page.ts';

const QUESTION = 'What could go wrong with this approach that you have not mentioned? Defend each trade-off.';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

interface Review {
  readonly page: TaskPage;
  readonly requests: readonly SeenRequest[];
  readonly draft: Plan;
  readonly final: Plan;
}

/** A labelled issue; `answer` says what the planner does when it is asked what could go wrong, and after that. */
async function aReview(answer: (plans: { draft: Plan; final: Plan }) => readonly ScriptedTurn[], settings = ''): Promise<Review> {
  shops += 1;
  const repository = await stage.github.addRepository({
    owner: 'olga',
    name: `reviewed-${String(shops).padStart(4, '0')}`,
    files: { ...SHOP_FILES, ...(settings ? { '.github/planwright.yml': settings } : {}) },
    collaborators: { wanda: 'write' },
  });
  const title = `Limit the rate of orders in ${repository.name}`;
  const draft = aPlan([aComponent('limiter')], { title, risks: [] });
  const final = { ...draft, risks: [{ risk: 'A restart forgets the limit.', mitigation: 'It fills again within a minute.' }] };
  const [look, submit] = planning(draft) as [ScriptedTurn, ScriptedTurn];
  const { requests } = scriptPlanner(stage.models, title, [look, submit, ...answer({ draft, final })]);
  const page = await openIssue({ github: stage.github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  await page.label('wanda', 'plan');
  return { page, requests, draft, final };
}

const submit = (plan: Plan): ScriptedTurn => ({ calls: [{ name: 'submit_plan', input: plan }] });

async function planFile({ repository }: TaskPage, head: string): Promise<string> {
  const { data } = await stage.github
    .as('olga')
    .rest.repos.getContent({ owner: repository.owner, repo: repository.name, path: 'PLAN.md', ref: head });
  return 'content' in data ? Buffer.from(data.content, 'base64').toString() : '';
}

/** What the planner was told in answer to its latest calls. */
const lastTold = (request: SeenRequest | undefined): string => {
  const last = request?.messages.at(-1);
  return last?.role === 'tools' ? last.results.map((r) => r.content).join('\n') : '';
};

describe('before people see a plan', () => {
  it('the planner is asked what could go wrong, in the same conversation, and what it submits then is posted', async () => {
    const { page, requests } = await aReview(({ final }) => [submit(final)]);
    await page.statusIs('review');
    const plan = await page.pull('plan');
    expect(requests.map((r) => r.turn)).toEqual([0, 1, 2]);
    expect(lastTold(requests[2])).toContain(QUESTION);
    expect(await planFile(page, plan.head)).toContain('A restart forgets the limit.');
    expect(plan.body).not.toContain('Self-review failed');
  });

  it('findings on the reviewed plan, empty risks among them, are fixed as usual', async () => {
    const { page, requests } = await aReview(({ draft, final }) => [
      submit(draft),
      submit({ ...final, implementation_order: [] }),
      submit(final),
    ]);
    await page.statusIs('review');
    expect(lastTold(requests[3])).toContain('risks is empty');
    expect(lastTold(requests[4])).toContain('implementation_order does not name limiter');
    expect(await planFile(page, (await page.pull('plan')).head)).toContain('A restart forgets the limit.');
  });

  it('three times put right, the first sound plan stands, and the pull request says so', async () => {
    const { page, requests } = await aReview(({ draft }) => [
      { text: 'I stand by it.' },
      { calls: [{ name: 'ask_questions', input: { questions: [{ question: 'Really?', why: 'Doubt' }] } }] },
      submit(draft),
      { text: 'I still stand by it.' },
    ]);
    await page.statusIs('review');
    const plan = await page.pull('plan');
    expect(requests).toHaveLength(6);
    expect(lastTold(requests[4])).toContain('submit it with these under open_questions');
    expect(await planFile(page, plan.head)).toContain('limiter');
    expect(plan.body).toContain('Self-review failed');
  });

  it('a provider that is down during the review does not cost the plan', async () => {
    const { page } = await aReview(({ final }) => {
      stage.models.fault({ when: (r) => r.turn === 2 && saidTo(r).includes(final.title), respond: { status: 401 }, times: 1 });
      return [submit(final)];
    });
    await page.statusIs('review');
    expect((await page.pull('plan')).body).toContain('Self-review failed');
  });

  it('a kill in the middle of the review repeats only the call whose answer was not recorded', async () => {
    const repository = `reviewed-${String(shops + 1).padStart(4, '0')}`;
    const held = stage.models.hold({ when: (r) => r.turn === 2 && saidTo(r).includes(repository) });
    const { page, requests } = await aReview(({ final }) => [submit(final)]);
    await held.reached;
    await stage.bot.kill();
    held.release();
    await stage.restart();
    await page.statusIs('review');
    expect(requests.map((r) => r.turn)).toEqual([0, 1, 2, 2]);
    expect(JSON.stringify(requests[3]?.messages)).toBe(JSON.stringify(requests[2]?.messages));
    const plan = await page.pull('plan');
    expect(await planFile(page, plan.head)).toContain('A restart forgets the limit.');
    expect(plan.body).not.toContain('Self-review failed');
  });

  it('nothing of this where the settings turn it off', async () => {
    const { page, requests } = await aReview(() => [], 'plan: { self_review: false }\n');
    await page.statusIs('review');
    expect(requests).toHaveLength(2);
    expect((await page.pull('plan')).body).not.toContain('Self-review failed');
  });
});
