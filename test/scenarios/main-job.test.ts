import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import type { Repository } from '../support/github/local-github.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from '../support/task-page.ts';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

async function aShop(): Promise<Repository> {
  shops += 1;
  return stage.github.addRepository({ owner: 'olga', name: `shop-${shops}`, files: SHOP_FILES, collaborators: { wanda: 'write', rita: 'read' } });
}

/** An issue whose plan is scripted; executors are scripted for every component. */
async function anIssue(plan: Plan): Promise<TaskPage> {
  const repository = await aShop();
  const title = `${plan.title} in ${repository.name}`;
  const page = await openIssue({ github: stage.github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  const own = { ...plan, title };
  scriptPlanner(stage.models, title, planning(own));
  for (const c of plan.components) scriptExecutor(stage.models, own, c.id, executing(c));
  return page;
}

const TWO = aPlan([aComponent('limiter'), aComponent('metrics')]);

describe('1. a writer labels an issue', () => {
  it('and the plan arrives as a pull request with PLAN.md, a status comment and a check', async () => {
    const page = await anIssue(TWO);
    await page.label('wanda', 'plan');
    const pull = await page.pull('plan');
    await page.statusSays('review');
    expect(pull.title).toBe(`Plan: Limit the rate of orders in ${page.repository.name} (#${page.issue})`);
    expect(pull.files).toEqual(['PLAN.md']);
    expect(pull.body).toMatch(new RegExp(`^<!-- planwright:plan issue=${page.issue} revision=1 blob=[0-9a-f]{40} -->`));
  });
});
