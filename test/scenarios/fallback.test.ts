import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Provider } from '../../src/domain/model/providers.ts';
import type { Breakdown } from '../support/models/faults.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aComponent, aPlan, contentOf, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { openIssue, type TaskPage } from '../support/task-page.ts';

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const PLANNER = 'anthropic/claude-opus-5-5';
/** So long that nobody waits for it: the model is out at once. */
const OVERLOADED: Breakdown = { status: 529, headers: { 'retry-after': '3600' } };

interface Scene {
  readonly page: TaskPage;
  /** The requests of this scene to one provider. */
  asked(provider: Provider): SeenRequest[];
  /** From the given turn on, the provider does not answer in this scene. */
  out(provider: Provider, fromTurn: number, respond: Breakdown): void;
}

const limiter = aComponent('limiter');

/** An issue in a repository with these fallbacks; every provider would plan it alike, and carry it out in its own words. */
async function aScene(models: string): Promise<Scene> {
  shops += 1;
  const name = `fallback-${shops}`;
  const repository = await stage.github.addRepository({
    owner: 'olga',
    name,
    files: { ...SHOP_FILES, '.github/planwright.yml': `models: ${models}\nbudget: { usd_per_task: null }\n` },
    collaborators: { wanda: 'write' },
  });
  const title = `Limit the rate of orders in ${name}`;
  const mine = (r: SeenRequest): boolean => saidTo(r).includes(name);
  const plan = aPlan([limiter], { title });
  const drafted = planning(plan);
  const plans = [...drafted, ...drafted.slice(-1)];
  const carriesOut = (r: SeenRequest): ScriptedTurn[] =>
    r.provider === 'compatible' ? executing(limiter) : [{ calls: [create('half done\n')] }, { text: 'Never said.' }];
  stage.models.script(mine, (r, nth) => (isPlanner(r) ? plans : carriesOut(r))[nth] ?? {});
  const page = await openIssue({ github: stage.github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  return {
    page,
    asked: (provider) => stage.models.requests.filter((r) => mine(r) && r.provider === provider),
    out: (provider, fromTurn, respond) =>
      stage.models.fault({ provider, times: Number.POSITIVE_INFINITY, when: (r) => mine(r) && r.turn >= fromTurn, respond }),
  };
}

const isPlanner = (r: SeenRequest): boolean => r.system.includes('senior software architect');
const create = (content: string) => ({ name: 'create_file', input: { path: 'src/limiter.js', content } });

describe('a planner that is out', () => {
  it('is replaced by the fallback of another provider, and people are told', async () => {
    const { page, asked, out } = await aScene('{ planner: { fallback: [gemini/gemini-next] } }');
    out('anthropic', 0, OVERLOADED);
    await page.label('wanda', 'plan');
    const status = await page.statusIs('review');
    expect(status).toContain(
      `\`${PLANNER}\` was unavailable, so \`gemini/gemini-next\` was used: ${PLANNER} is not available (529`,
    );
    expect(status).toMatch(/- \*plan\*: `gemini\/gemini-next`, /);
    const plan = await page.pull('plan');
    expect(plan.body).toContain('by `gemini/gemini-next`');
    expect(plan.body).toContain(`\`${PLANNER}\` was unavailable`);
    expect(plan.body).toContain('First the lie of the land.');
    expect(asked('anthropic')).toHaveLength(1);
    expect(asked('gemini').map((r) => r.turn)).toEqual([0, 1, 2]);
  });

  it('stays out after a kill: the fallback goes on where it was', async () => {
    const { page, asked, out } = await aScene('{ planner: { fallback: [gemini/gemini-next] } }');
    out('anthropic', 0, OVERLOADED);
    const name = page.repository.name;
    const second = stage.models.hold({ when: (r) => r.provider === 'gemini' && r.turn === 1 && saidTo(r).includes(name) });
    await page.label('wanda', 'plan');
    await second.reached;
    await stage.bot.kill();
    second.release();
    await stage.restart();
    await page.statusIs('review');
    expect(asked('anthropic')).toHaveLength(1);
    // Only the turn whose answer was not recorded is asked for again.
    expect(asked('gemini').map((r) => r.turn)).toEqual([0, 1, 1, 2]);
    expect(await page.status()).toContain(`\`${PLANNER}\` was unavailable`);
  });

  it('and with it every fallback: planning stops with all the reasons', async () => {
    const { page, out } = await aScene('{ planner: { fallback: [gemini/gemini-next] } }');
    out('anthropic', 0, OVERLOADED);
    out('gemini', 0, { status: 401 });
    await page.label('wanda', 'plan');
    const status = await page.statusIs('failed');
    expect(status).toContain(`${PLANNER} is not available (529`);
    expect(status).toContain('gemini refused the key for gemini/gemini-next (401).');
  });
});

describe('a provider that refuses a request and repeats the key in its answer', () => {
  it('is replaced by the fallback; people read the status only, and the key is neither shown nor logged', async () => {
    const { page, asked, out } = await aScene('{ planner: { fallback: [gemini/gemini-next] } }');
    const message = 'The tool schema is too odd for the bearer of a-local-key.';
    out('anthropic', 0, { status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message } } });
    await page.label('wanda', 'plan');
    const status = await page.statusIs('review');
    expect(status).toContain(`anthropic refused the request to ${PLANNER} (400).`);
    expect(asked('anthropic')).toHaveLength(1);
    const plan = await page.pull('plan');
    for (const shown of [status, plan.body]) expect(shown).not.toContain('too odd');
    const log = stage.bot.output.join('\n');
    expect(log).toContain('The tool schema is too odd for the bearer of [redacted].');
    for (const text of [log, status, plan.body]) expect(text).not.toContain('a-local-key');
  });
});

describe('an executor that goes out half way', () => {
  it('leaves nothing of its work to the fallback but the bill', async () => {
    const { page, asked } = await aScene('{ executor: { fallback: [compatible/local-coder] } }');
    const name = page.repository.name;
    stage.models.fault({
      provider: 'anthropic',
      times: 1,
      when: (r) => !isPlanner(r) && r.turn === 1 && saidTo(r).includes(name),
      respond: { status: 401 },
    });
    await page.label('wanda', 'plan');
    await page.statusIs('review');
    await page.comment('wanda', '/execute');
    const pull = await page.pull('limiter');
    expect(pull.body).toContain('Written by `compatible/local-coder` for ');
    expect(pull.body).toContain('`anthropic/claude-haiku-5-5` was unavailable, so `compatible/local-coder` was used');
    const file = await stage.github
      .as('olga')
      .rest.repos.getContent({ owner: 'olga', repo: name, path: 'src/limiter.js', ref: pull.head });
    expect('content' in file.data && Buffer.from(file.data.content, 'base64').toString()).toBe(
      contentOf('limiter', 'src/limiter.js'),
    );
    expect(asked('compatible').map((r) => r.turn)).toEqual([0, 1]);
    const status = await page.componentsAre('1 open');
    expect(status).toMatch(/- `limiter`: `compatible\/local-coder`, 3 turns, /);
    expect(status).toContain('`anthropic/claude-haiku-5-5` was unavailable');
  });
});

describe('a model of a provider without a key', () => {
  it('is refused on the issue, with its line and the way out', async () => {
    const { page } = await aScene('{ planner: { model: openai/gpt-next } }');
    await page.comment('wanda', '/plan');
    const reply = await stage.github.until('a reply to wanda', async () =>
      (await page.comments()).find((c) => c.login === 'planwright[bot]'),
    );
    expect(reply.body).toContain(
      'line 1: `models.planner.model`: this Planwright has no access to openai; choose a model of anthropic or gemini or compatible, or have its operator set `OPENAI_API_KEY`.',
    );
  });
});
