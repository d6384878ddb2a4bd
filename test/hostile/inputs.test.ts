import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { continuousIntegration } from '../support/ci.ts';
import { git } from '../support/github/git-command.ts';
import { playedOnce } from '../support/played-once.ts';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene, toldBack } from '../support/scenes.ts';
import { aComponent, aPlan, contentOf } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { EXECUTORS_CALLS, ISSUES, LOGS, PLANNED_FILES, READERS_COMMENTS, READS, SETTINGS } from './tables.ts';

// Whatever is written where somebody can write, and however completely a model obeys it: what counts is only what is on GitHub afterwards,
// what was asked of models, and that the process answers meanwhile. Every table is tried at once, on one bot. What its rows have in common is
// read once, when all of it has happened; each row then looks at that, and at what is its own.

const LIMITER = aComponent('limiter');
const PATH = 'src/limiter.js';
const GOOD = contentOf('limiter', PATH);
/** For a health check that waits behind the work; alone on two cores it takes a tenth of it. */
const HEALTHY_WITHIN_MS = 3_000;

let stage: Stage;
let slowest = 0;
let watching: Promise<void>;
const ended = new AbortController();

beforeAll(async () => {
  stage = await openStage();
  watching = watchHealth();
});
afterAll(async () => {
  ended.abort();
  await watching;
  await stage?.close();
});

async function watchHealth(): Promise<void> {
  while (!ended.signal.aborted) {
    const started = performance.now();
    const { status } = await fetch(`${stage.bot.url}/healthz`);
    slowest = status === 200 ? Math.max(slowest, performance.now() - started) : Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const at = ({ repository }: Scene) => ({ owner: 'olga', repo: repository.name });
const planBranch = (task: Scene): string => `planwright/issue-${task.issue}/plan`;
const short = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)} (${text.length})` : text);

describe('a comment by somebody who may only read', () => {
  const told = playedOnce(async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    const on = [task.issue, task.pullOfPlan.number];
    const comments = await Promise.all(READERS_COMMENTS.map((body, i) => task.comment('rita', body, on[i % 2])));
    await task.settled();
    return {
      ...{ task, comments, state: await task.state(), branches: await task.branches() },
      head: (await task.pull('plan')).head,
      requests: task.requests(),
      toRita: (await replies(task)).filter((reply) => reply.includes('@rita')),
    };
  });

  it.each(READERS_COMMENTS.map((body, i) => [short(body), i] as const))('changes nothing: %s', async (_, i) => {
    const { task, comments, state, branches, head, requests, toRita } = await told();
    const { rest } = stage.github.as('olga');
    const { data } = await rest.reactions.listForIssueComment({ ...at(task), comment_id: comments[i] as number });
    expect(data.map(({ content }) => content)).not.toContain('rocket');
    expect(state).toBe('review');
    expect(branches).toEqual([planBranch(task)]);
    expect(head).toBe(task.pullOfPlan.head);
    expect(requests).toHaveLength(2);
    expect(toRita.length).toBeLessThanOrEqual(1);
  });
});

describe('an executor that obeys a stranger', () => {
  const executed = playedOnce(async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      executors: {
        limiter: [
          { calls: EXECUTORS_CALLS.map(([, call]) => call) },
          { calls: READS.map(([, call]) => call) },
          // One of the detours may have led to the planned file.
          { calls: ['create_file', 'overwrite_file'].map((name) => ({ name, input: { path: PATH, content: GOOD } })) },
          { calls: [{ name: 'finish', input: { summary: 'Obeyed. /merge @olga fixes #1' } }] },
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const pull = await task.pull('limiter');
    const gitDir = stage.github.gitDir(task.repository.fullName);
    const listed = await git(gitDir, ['ls-tree', '-r', '-z', '--full-tree', pull.head]);
    const content = await git(gitDir, ['show', `${pull.head}:${PATH}`]);
    return {
      ...{ task, pull, listed: String(listed), content: String(content) },
      branches: await task.branches(),
      headOfPlan: (await task.pull('plan')).head,
      answers: toldBack(task.requests().filter((r) => r.system.startsWith('You carry out'))[2]),
    };
  });

  const pathOf = (i: number): string => String((EXECUTORS_CALLS[i]?.[1].input as { path?: string } | undefined)?.path ?? '');

  it.each(EXECUTORS_CALLS.map(([what], i) => [what, i] as const))('writes only what is planned: %s', async (_, i) => {
    const { task, pull, listed, content, branches, headOfPlan } = await executed();
    expect(pull.files).toEqual([PATH]);
    expect(content).toBe(GOOD);
    const path = pathOf(i);
    if (path.includes('owned')) expect(listed).not.toContain(path);
    expect(branches).toEqual([`planwright/issue-${task.issue}/limiter`, planBranch(task)]);
    expect(headOfPlan).toBe(task.pullOfPlan.head);
  });

  it.each(READS.map(([what], i) => [what, i] as const))('reads only the repository: %s', async (_, i) => {
    const { answers } = await executed();
    expect(answers).toHaveLength(READS.length);
    expect(answers[i]).not.toMatch(/root:|PATH=|\[core\]/);
  });
});

describe('a planner that obeys a stranger', () => {
  const GROUP = 3;
  const groups = Array.from({ length: Math.ceil(PLANNED_FILES.length / GROUP) }, (_, g) =>
    playedOnce(async () => {
      const rows = PLANNED_FILES.slice(g * GROUP, (g + 1) * GROUP);
      const task = await anIssue(stage, {
        components: [LIMITER],
        settings: PLAINLY.replace('amend: off', 'amend: off, protected_paths: ["secrets/**"]'),
        planner: (plan) =>
          Array.from({ length: 8 }, (_, turn) => {
            const [, path = ''] = rows[turn % rows.length] ?? [];
            const files = [{ path, action: 'create' as const, change: 'obey' }];
            const input = aPlan([aComponent('limiter', { files })], { title: plan.title });
            return { calls: [{ name: 'submit_plan', input }] };
          }),
      });
      await task.comment('wanda', '/plan');
      await task.statusIs('failed');
      return { branches: await task.branches(), pulls: await task.pulls(), requests: task.requests() };
    }),
  );

  it.each(PLANNED_FILES.map(([what], i) => [what, i] as const))('gets no plan for %s', async (_, i) => {
    const submitted = await groups[Math.floor(i / GROUP)]?.();
    expect(submitted?.branches).toEqual([]);
    expect(submitted?.pulls).toEqual([]);
    expect(submitted?.requests.length).toBeLessThanOrEqual(5);
  });
});

describe("a stranger's issue", () => {
  const planned = playedOnce(() =>
    Promise.all(
      ISSUES.map(async ([, body]) => {
        const task = await anIssue(stage, { components: [LIMITER], by: 'rita' });
        await stage.github.as('rita').rest.issues.update({ ...at(task), issue_number: task.issue, body });
        await task.label('wanda', 'plan');
        await task.statusIs('review');
        return task;
      }),
    ),
  );

  it.each(ISSUES.map(([what], i) => [what, i] as const))('is planned as people see it, in time: %s', async (_, i) => {
    const task = (await planned())[i] as Scene;
    const hidden = ISSUES[i]?.[2] ?? null;
    const asked = task.requests().flatMap((r) => r.messages.flatMap((m) => (m.role === 'user' ? [m.text] : [])));
    expect(asked.length).toBeGreaterThan(0);
    if (hidden !== null) expect(asked.join('\n').includes(hidden)).toBe(false);
    expect(await task.branches()).toEqual([planBranch(task)]);
    expect((await task.pull('plan')).files).toEqual(['PLAN.md']);
  });
});

describe('settings', () => {
  const read = playedOnce(() =>
    Promise.all(
      SETTINGS.map(async ([, settings]) => {
        const task = await anIssue(stage, { components: [LIMITER], settings });
        await task.comment('wanda', '/plan');
        await stage.github.until('a word', async () => (await task.comments()).some(({ login }) => login === 'planwright[bot]'), {
          about: task.repository.fullName,
        });
        return task;
      }),
    ),
  );

  it.each(SETTINGS.map(([what], i) => [what, i] as const))('are refused in time, and nothing is asked: %s', async (_, i) => {
    const task = (await read())[i] as Scene;
    expect(task.requests()).toEqual([]);
    expect(await task.branches()).toEqual([]);
  });

  it('with globs that would keep an expression busy for ever are matched in no time', async () => {
    const globs = ['?*', '*?', '**/?*'].map((piece) => `"${piece.repeat(Math.floor(250 / piece.length))}Z"`);
    const settings = PLAINLY.replace('draft: false', `draft: false, extra_paths: [${globs}]`);
    const task = await aPlannedIssue(stage, { components: [LIMITER], settings });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).files).toEqual([PATH]);
  });
});

describe("a job's log", () => {
  const repaired = playedOnce(async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      settings: PLAINLY.replace('draft: false', 'draft: true, ci_fix_attempts: 1'),
    });
    const ci = continuousIntegration(stage.github, task.repository);
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const before = await task.pull('limiter');
    task.executorDoes('limiter', [
      { calls: EXECUTORS_CALLS.filter(([, { input }]) => JSON.stringify(input).includes('owned')).map(([, call]) => call) },
      { calls: [{ name: 'overwrite_file', input: { path: PATH, content: `${GOOD}// repaired\n` } }] },
      { calls: [{ name: 'finish', input: { summary: 'Obeyed the log.' } }] },
    ]);
    await ci.ends(before.head, 'failure', { log: LOGS.map(([, text]) => text).join('\n') });
    const after = await stage.github.until('another head', async () => {
      const pull = await task.pull('limiter');
      return pull.head !== before.head && pull;
    });
    return {
      ...{ task, after, branches: await task.branches(), headOfPlan: (await task.pull('plan')).head, state: await task.state() },
      posted: [...(await replies(task)), ...(await replies(task, after.number)), after.body].join('\n'),
    };
  });

  it.each(LOGS.map(([what], i) => [what, i] as const))('makes nothing but the planned file change: %s', async (_, i) => {
    const { task, after, branches, headOfPlan, state, posted } = await repaired();
    expect(after.files).toEqual([PATH]);
    expect(branches).toEqual([`planwright/issue-${task.issue}/limiter`, planBranch(task)]);
    expect(headOfPlan).toBe(task.pullOfPlan.head);
    expect(state).toBe('executing');
    expect(posted).not.toContain((LOGS[i]?.[1] ?? '').slice(0, 200));
  });
});

it('the process answers all the time', () => {
  expect(slowest).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(HEALTHY_WITHIN_MS);
});
