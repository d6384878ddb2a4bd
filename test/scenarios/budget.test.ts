import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Usage } from '../../src/domain/model/usage.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { parseRecord } from '../../src/domain/task/marker.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openIssue, scriptExecutor, scriptPlanner, type TaskPage } from '../support/task-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'planwright-prices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real prices of the executor change with the provider; these sums are worked out for a price of their own. */
const EXECUTOR_PRICE = 'anthropic/claude-haiku-5-5: { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25 }\n';
const PRICES_FILE = join(folder, 'executor.yml');
writeFileSync(PRICES_FILE, EXECUTOR_PRICE);

let stage: Stage;
let tasks = 0;

const OTHERWISE = 'plan: { self_review: false, final_review: false }\n';
const settings = (budget: string): string => `${OTHERWISE}budget: ${budget}\n`;

const costing = (turns: readonly ScriptedTurn[], usage: Partial<Usage>): ScriptedTurn[] =>
  turns.map((turn) => ({ ...turn, usage: { input: 10, cache_read: 0, cache_write: 0, output: 10, reasoning: 0, ...usage } }));

interface Task {
  readonly page: TaskPage;
  readonly plan: Plan;
  /** Commits the settings to the default branch. */
  set(budget: string): Promise<void>;
  readonly asked: { planner(): readonly SeenRequest[]; executor(): readonly SeenRequest[] };
}

/** In a repository of its own, so that several share a stage. */
async function aTask(budget: string, planner: Partial<Usage>, executor: Partial<Usage> = {}): Promise<Task> {
  tasks += 1;
  const name = `shop-${tasks}`;
  const repository = await stage.github.addRepository({
    owner: 'olga',
    name,
    files: { ...SHOP_FILES, '.github/planwright.yml': settings(budget) },
    collaborators: { wanda: 'write' },
  });
  const at = { owner: 'olga', repo: name };
  const plan = aPlan([aComponent('limiter'), aComponent('metrics')], { title: `Limit the orders of ${name}` });
  const planners = scriptPlanner(stage.models, plan.title, costing(planning(plan), planner));
  const executors = plan.components.map((c) => scriptExecutor(stage.models, plan, c.id, costing(executing(c), executor)));
  const page = await openIssue({
    github: stage.github,
    repository,
    title: plan.title,
    body: 'Too many orders arrive.',
    by: 'olga',
  });
  return {
    page,
    plan,
    async set(next) {
      const { rest } = stage.github.as('wanda');
      const path = '.github/planwright.yml';
      const { data } = await rest.repos.getContent({ ...at, path });
      const content = Buffer.from(settings(next)).toString('base64');
      await rest.repos.createOrUpdateFileContents({
        ...at,
        path,
        message: 'Settings',
        content,
        sha: 'sha' in data ? data.sha : '',
      });
    },
    asked: { planner: () => planners.requests, executor: () => executors.flatMap((e) => e.requests) },
  };
}

/** Waits until people were told so often that planning stopped for money, and how to go on. */
const stopped = (page: TaskPage, times: number) =>
  stage.github.until(`${times} words that planning stopped`, async () => {
    const words = (await page.comments()).filter((c) =>
      c.body.includes('\nPlanning stopped: the budget of $1.20 for this task is spent'),
    );
    return words.length === times && words.every((c) => c.body.includes('`/replan` to try again'));
  });

/** All that the status comment's record counts. */
const dollars = (status: string): number => {
  const record = parseRecord(status);
  const spends = [...(record?.planning.spend ?? []), ...Object.values(record?.components ?? {}).flatMap((c) => c.spend)];
  return spends.reduce((sum, s) => sum + (s.usd ?? Number.NaN), 0);
};

describe('a task with a budget', () => {
  beforeAll(async () => {
    stage = await openStage({ PRICES_FILE });
  });
  afterAll(() => stage?.close());

  it('stops planning before the call that could overshoot, says how to go on, and goes on when the budget is raised', async () => {
    // $20 a million out: an answer may cost $0.64, the first one does cost $0.60.
    const { page, set, asked } = await aTask('{ usd_per_task: 1.2 }', { output: 30_000 });
    await page.label('wanda', 'plan');
    const failed = await page.statusIs('failed');
    expect(failed).toMatch(
      /the budget of \$1\.20 for this task is spent: \$0\.60 so far, and the next call could cost up to \$0\.\d\d. To continue, raise `budget\.usd_per_task` in `\.github\/planwright\.yml`\./,
    );
    expect(failed).toContain('$0.60 of $1.20 |');
    await stopped(page, 1);
    expect(asked.planner()).toHaveLength(1);

    // A restart forgets nothing that is recorded.
    await stage.bot.kill();
    await stage.restart();
    await page.reacted(await page.comment('wanda', '/replan'), 'rocket');
    await stopped(page, 2);
    expect(asked.planner()).toHaveLength(1);

    await set('{ usd_per_task: 12 }');
    await page.comment('wanda', '/replan');
    const planned = await page.statusIs('review');
    // Three turns over two attempts, none forgotten.
    expect(planned).toContain('- **total**: 3 turns, 90,030 tokens');
    expect(planned).toContain('$1.80 of $12 |');
    const { body } = await page.pull('plan');
    expect(body).toMatch(/\*\*Estimate:\*\* \$0\.\d+ to \$0\.\d+; hard limit/);
    expect(body).toContain('; hard limit $12');
    expect(body).not.toContain('Check your models');
  });

  it('goes on after a crash with what the turns in flight had cost', async () => {
    const { page, set, asked } = await aTask('{ usd_per_task: 8 }', { output: 30_000 });
    const second = stage.models.hold({ when: (r) => r.turn === 1 });
    await page.label('wanda', 'plan');
    await second.reached;
    await stage.bot.kill();
    second.release();
    await set('{ usd_per_task: 1.2 }');
    await stage.restart();
    // The call that was in flight may have been billed, so it counts with the most it can have cost.
    expect(await page.statusIs('failed')).toContain('$1.40 so far');
    expect(asked.planner()).toHaveLength(2);
  });

  it('keeps components that run side by side from overshooting together', async () => {
    // $5 a million out: a call sets aside $0.16 and its input, and these use most of it.
    const { page, plan, set, asked } = await aTask('{ usd_per_task: 5 }', {}, { output: 30_000 });
    await page.label('wanda', 'plan');
    await page.statusIs('review');
    await set('{ usd_per_task: 0.3 }');
    const first = stage.models.hold({ when: (r) => saidTo(r).includes('Your component is') });
    await page.reacted(await page.comment('wanda', '/execute'), 'rocket');
    await first.reached;
    await page.componentsAre('2 running');
    // Both run, but the money for the second call is set aside for the first.
    await page.reacted(await page.comment('wanda', '/status'), 'rocket');
    expect(asked.executor()).toHaveLength(1);
    first.release();
    const blocked = await page.componentsAre('2 failed');
    expect(blocked).toContain('the budget of $0.30 for this task is spent: $0.15 so far');
    expect(blocked).toMatch(/- `\w+`: `[^`]+`, 1 turn, 30,010 tokens/);
    expect(blocked).toContain('$0.15 of $0.30');
    expect(asked.executor()).toHaveLength(1);
    expect(dollars(blocked)).toBeLessThanOrEqual(0.3);

    await set('{ usd_per_task: 5 }');
    await page.comment('wanda', `/execute ${plan.components.map((c) => c.id).join(' ')}`);
    const open = await page.componentsAre('2 open');
    // Two turns each, and the one before the stop: a repeated attempt adds to the first.
    expect(dollars(open)).toBeCloseTo(5 * 0.15 + 0.0005, 2);
    expect(open).toContain('of $5 |');
  });
});

describe('a model whose price is unknown', () => {
  const env: Record<string, string> = { PLANNER_MODEL: 'openai/new-model' };
  beforeAll(async () => {
    stage = await openStage(env);
  });
  afterAll(() => stage?.close());

  it('is asked under a budget in tokens, and its price is shown as unknown', async () => {
    const { page } = await aTask('{ usd_per_task: 10, tokens_per_task: 200000 }', {});
    await page.label('wanda', 'plan');
    const planned = await page.statusIs('review');
    expect(planned).toMatch(/\| \*plan\* \| revision 1 \| #\d+ \| unknown \|/);
    expect(planned).toContain('- **total**: 2 turns, 40 of 200,000 tokens');
  });

  it('is not asked under a budget in dollars, until PRICES_FILE names its price', async () => {
    const { page, asked } = await aTask('{ usd_per_task: 10 }', {});
    await page.label('wanda', 'plan');
    const failed = await page.statusIs('failed');
    expect(failed).toContain(
      'the price of `openai/new-model` is unknown, so the limit `budget.usd_per_task` ($10) cannot be enforced',
    );
    for (const way of ['PRICES_FILE', '`budget.tokens_per_task`', '`usd_per_task: null`']) expect(failed).toContain(way);
    expect(asked.planner()).toHaveLength(0);

    env.PRICES_FILE = join(folder, 'prices.yml');
    writeFileSync(env.PRICES_FILE, `# Ours.\nopenai/new-model: { input: 1, output: 2 }\n${EXECUTOR_PRICE}`);
    await stage.bot.stop();
    await stage.restart();
    await page.comment('wanda', '/replan');
    const planned = await page.statusIs('review');
    expect(planned).toContain('`openai/new-model`, 2 turns, 40 tokens');
    // Its answers cost less than the executor's.
    const note = /The planner openai\/new-model is cheaper than the executor anthropic\/claude-haiku-5-5/;
    await stage.bot.prints(note);
    expect((await page.pull('plan')).body).toContain('**Check your models:** the planner `openai/new-model` is cheaper');
  });

  it('and a file of prices with mistakes in it does not let the bot start', async () => {
    const file = join(folder, 'broken.yml');
    writeFileSync(file, 'new-model: { input: 1 }\n');
    await expect(openStage({ PRICES_FILE: file })).rejects.toThrow(
      /PRICES_FILE .*broken\.yml cannot be used\.\n- `new-model` must be provider\/model-id.*\n- `new-model\.output` must be a number/s,
    );
  });
});

describe('limits beyond the task', () => {
  afterEach(() => stage?.close());

  it('0 dollars a day stop every call until the operator raises it; a repository has a limit of its own, and /status shows both', async () => {
    const env = { PRICES_FILE, BUDGET_USD_PER_DAY: '0' };
    stage = await openStage(env);
    const task = await aTask('{ usd_per_month: 500 }', {});
    await task.page.label('wanda', 'plan');
    expect(await task.page.statusIs('failed')).toContain('the operator has stopped all model calls');
    expect(task.asked.planner()).toEqual([]);
    await stage.bot.stop();
    env.BUDGET_USD_PER_DAY = '400';
    await stage.restart();
    await task.page.comment('wanda', '/replan');
    await task.page.statusIs('review');
    const asking = await task.page.comment('wanda', '/status');
    await task.page.reacted(asking, 'rocket');
    const said = (await task.page.comments()).map(({ body }) => body).find((body) => body.includes('State: **review**')) ?? '';
    expect(said).toMatch(
      /\$\d+\.\d+ of the operator's daily limit of \$400; \$\d+\.\d+ of this repository's monthly limit of \$500/,
    );
    await task.set('{ usd_per_month: 0.000001 }');
    await task.page.comment('wanda', '/replan');
    expect(await task.page.statusIs('failed')).toContain("this repository's monthly limit");
  });
});
