import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Fault, SeenRequest } from '../support/github/traffic.ts';
import type { Breakdown } from '../support/models/faults.ts';
import { playedOnce } from '../support/played-once.ts';
import { QUICK_WAITS } from '../support/quick-waits.ts';
import { observes } from '../support/requests-about.ts';
import { anIssue, aPlannedIssue, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

/** The stage's own, which looks like no key of any provider. */
const KEY = 'a-local-key';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const ONE = [aComponent('limiter')];
const TWO = [aComponent('limiter'), aComponent('metrics')];

/** Spoils what the bot asks GitHub about this task's repository. */
function gitHubFails(task: Scene, method: string, path: RegExp, respond: Fault['respond'], times = 1): void {
  const here = `/repos/olga/${task.repository.name}`;
  const where = (r: SeenRequest): boolean => r.path.startsWith(here) && path.test(r.path.slice(here.length));
  stage.github.fault({ method, by: 'planwright[bot]', where, respond, times });
}

function modelFails(task: Scene, respond: Breakdown, turn = 0): void {
  stage.models.fault({
    times: 1,
    respond,
    when: (r) => r.turn === turn && JSON.stringify(r.messages).includes(task.plan.title),
  });
}

const wordAbout = (task: Scene, part: string): Promise<string> =>
  stage.github.until(`a word about ${part} on the issue`, async () => (await replies(task)).find((r) => r.includes(part)));

/** Once for every time that a step is tried. */
const THROUGHOUT = QUICK_WAITS.fresh.tries;

const RATE_LIMITED = { status: 429, headers: { 'retry-after': '1' }, body: { message: 'API rate limit exceeded' } };
const BAD_GATEWAY = { status: 502, body: '<html>Unicorn!</html>' };

describe('GitHub', () => {
  it.concurrent('takes no pull request for good: the issue says so, and what the plan had cost is not forgotten', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubFails(task, 'POST', /^\/pulls$/, BAD_GATEWAY, THROUGHOUT);
    await task.label('wanda', 'plan');
    await wordAbout(task, 'Planning stopped');
    expect(await task.status()).toMatch(/- \*plan\*: `anthropic\/claude-opus-5-5`, [1-9]\d* turns/);
    await task.comment('wanda', '/replan');
    await task.statusIs('review');
  });

  it.concurrent('is out for longer than a step is tried: the command comes back by itself and is carried out', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubFails(task, 'POST', /^\/issues\/1\/comments$/, BAD_GATEWAY, THROUGHOUT);
    await task.label('wanda', 'plan');
    await stage.github.until('the plan', async () => (await task.pulls()).length > 0);
    await task.statusIs('review');
    expect(await task.statuses()).toHaveLength(1);
  });

  it.concurrent.each<[string, Fault['respond']]>([
    ['502', BAD_GATEWAY],
    ['429 with Retry-After', RATE_LIMITED],
    ['a dropped connection', 'drop'],
  ])('answers reads with %s once: the plan arrives all the same', async (_, respond) => {
    const task = await anIssue(stage, { components: ONE });
    stage.github.fault({ by: 'planwright[bot]', where: observes(task.repository), respond });
    gitHubFails(task, 'GET', /^\/issues\/1$/, respond);
    gitHubFails(task, 'GET', /^\/git\/ref\//, respond);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect(await replies(task)).toEqual([]);
  });

  it.concurrent.each<[string, Fault['respond']]>([
    ['502, having done what was asked', { ...BAD_GATEWAY, performed: true }],
    ['a dropped connection, having done what was asked', 'drop-after'],
    ['a dropped connection, having done nothing', 'drop'],
    ['429 with Retry-After', RATE_LIMITED],
  ])('answers every kind of write with %s: nothing is there twice and nothing is missing', async (_, respond) => {
    const task = await anIssue(stage, { components: ONE });
    const writes: readonly [string, RegExp][] = [
      ['POST', /^\/issues\/\d+\/comments$/],
      ['PATCH', /^\/issues\/comments\/\d+$/],
      ['POST', /^\/issues\/\d+\/labels$/],
      ['POST', /^\/issues\/comments\/\d+\/reactions$/],
      ['POST', /^\/git\/trees$/],
      ['POST', /^\/git\/commits$/],
      ['POST', /^\/git\/refs$/],
      ['POST', /^\/pulls$/],
      ['POST', /^\/check-runs$/],
    ];
    const spoil = (): void => {
      for (const [method, path] of writes) gitHubFails(task, method, path, respond);
    };
    spoil();
    await task.comment('wanda', '/plan');
    await task.statusIs('review');
    spoil();
    await task.reacted(await task.comment('wanda', '/execute'), 'rocket');
    await task.componentsAre('1 open');

    expect(await task.statuses()).toHaveLength(1);
    expect(await replies(task)).toEqual([expect.stringContaining('approves the plan')]);
    expect((await task.pulls()).map((p) => p.branch.split('/').at(-1)).sort()).toEqual(['limiter', 'plan']);
    expect((await task.branches()).length).toBe(2);
    const person = stage.github.as('olga').rest;
    for (const pull of await task.pulls()) {
      expect(pull.labels).toEqual(['planwright']);
      const at = { owner: 'olga', repo: task.repository.name };
      expect((await person.pulls.listCommits({ ...at, pull_number: pull.number })).data).toHaveLength(1);
      const { check_runs } = (await person.checks.listForRef({ ...at, ref: pull.head })).data;
      expect(check_runs.map((r) => r.conclusion)).toEqual(['success', 'success']);
    }
  });

  it.concurrent('keeps failing: the issue says what could not be done, and /replan goes on when it is back', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitHubFails(task, 'POST', /^\/git\/trees$/, { status: 500, body: { message: 'Server Error' } }, THROUGHOUT);
    await task.label('wanda', 'plan');
    const said = await wordAbout(task, 'Planning stopped');
    expect(said).toMatch(/GitHub answered 500 to POST \S*\/git\/trees: Server Error\./);
    expect(said).toContain('`/replan`');
    await task.reacted(await task.comment('wanda', '/replan'), 'rocket');
    await task.statusIs('review');
  });

  it.concurrent('refuses git once: it is asked again, and nobody hears of it', async () => {
    const task = await anIssue(stage, { components: ONE });
    gitFails(task, 1);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect(await replies(task)).toEqual([]);
  });

  it.concurrent('refuses git for good: the issue says so without any token, and /replan goes on when it is back', async () => {
    const task = await anIssue(stage, { components: ONE });
    const back = gitFails(task, Number.POSITIVE_INFINITY);
    await task.label('wanda', 'plan');
    const said = await wordAbout(task, 'Planning stopped');
    expect(said).toMatch(/git could not fetch [0-9a-f]{40} of olga\/shop-\d+/);
    expect(said).not.toMatch(/ghs_|x-access-token|\/tmp\//);
    back();
    await task.comment('wanda', '/replan');
    await task.statusIs('review');
  });
});

describe('a model provider', () => {
  const BREAKDOWNS: readonly (readonly [string, Breakdown])[] = [
    ['answers 500', { status: 500 }],
    ['is overloaded', { status: 529 }],
    ['asks to wait a second', { status: 429, headers: { 'retry-after': '1' } }],
    ['cuts the stream', 'cut-mid-stream'],
    ['breaks down in mid-stream', { sseError: 'overloaded_error' }],
    ['drops the connection', 'cut-before-answer'],
  ];
  /** A plan of as many turns, each of which breaks down once in its own way. */
  const brokenDown = playedOnce(async () => {
    const looking = BREAKDOWNS.map((_, turn) => ({
      calls: [{ name: 'list_files', input: { path: '', glob: `*.${turn}` } }],
    }));
    const planner = (plan: Plan) => [...looking, { calls: [{ name: 'submit_plan', input: plan }] }];
    const task = await anIssue(stage, { components: ONE, planner });
    for (const [turn, [, respond]] of BREAKDOWNS.entries()) modelFails(task, respond, turn);
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    return task;
  });

  it.concurrent.each(BREAKDOWNS.map(([how], turn) => [how, turn] as const))(
    '%s once: it is asked again, and nobody hears of it',
    async (_, turn) => {
      const task = await brokenDown();
      expect(task.requests().filter((r) => r.turn === turn)).toHaveLength(2);
      expect(task.requests().map((r) => r.turn)).toEqual([...BREAKDOWNS.flatMap((_, nth) => [nth, nth]), BREAKDOWNS.length]);
      expect(await replies(task)).toEqual([]);
    },
  );

  it.concurrent('is down for hours: the issue says so, and /replan goes on when it is back', async () => {
    const task = await anIssue(stage, { components: ONE });
    modelFails(task, { status: 529, headers: { 'retry-after': '7200' } });
    await task.label('wanda', 'plan');
    const said = await wordAbout(task, 'Planning stopped');
    expect(said).toContain('529');
    expect(said).toContain('asks to wait 120 minutes');
    expect(task.requests()).toHaveLength(1);
    await task.reacted(await task.comment('wanda', '/replan'), 'rocket');
    await task.statusIs('review');
  });

  it.concurrent('is down while components are made: those that can go on, and /execute ID makes the other', async () => {
    const task = await aPlannedIssue(stage, { components: TWO });
    const isLimiter = (r: { messages: unknown }): boolean => JSON.stringify(r.messages).includes('component is `limiter`');
    stage.models.fault({
      times: 1,
      respond: { status: 503, headers: { 'retry-after': '7200' } },
      when: (r) => isLimiter(r) && JSON.stringify(r.messages).includes(task.plan.title),
    });
    await task.comment('wanda', '/execute');
    const said = await wordAbout(task, '`limiter` stopped');
    expect(said).toContain('503');
    expect(said).toContain('Comment `/execute limiter` to try again');
    expect((await task.pull('metrics')).state).toBe('open');
    await task.comment('wanda', '/execute limiter');
    await task.componentsAre('2 open');
  });

  it.concurrent('refuses the key: the issue says so at once, and the key is told nobody', async () => {
    const task = await anIssue(stage, { components: ONE });
    const body = { type: 'error', error: { type: 'authentication_error', message: `invalid x-api-key: ${KEY}` } };
    modelFails(task, { status: 401, body });
    await task.label('wanda', 'plan');
    const said = await wordAbout(task, 'Planning stopped');
    expect(said).toContain('anthropic refused the key');
    expect(task.requests()).toHaveLength(1);
    expect([said, await task.status(), ...stage.bot.output].join('\n')).not.toContain(KEY);
    await task.comment('wanda', '/replan');
    await task.statusIs('review');
  });

  it.concurrent('does not know the model: the issue names it', async () => {
    const task = await anIssue(stage, { components: ONE });
    modelFails(task, { status: 404 });
    await task.label('wanda', 'plan');
    expect(await wordAbout(task, 'Planning stopped')).toMatch(/anthropic does not know anthropic\/claude-/);
  });
});

/** Spoils the fetches from this task's repository; the function it gives brings git back. */
function gitFails(task: Scene, times: number): () => void {
  let left = times;
  stage.github.fault({
    where: (r) => r.path.startsWith(`/olga/${task.repository.name}.git/`) && left-- > 0,
    respond: { status: 503, body: 'Service Unavailable' },
    times: Number.POSITIVE_INFINITY,
  });
  return () => {
    left = 0;
  };
}
