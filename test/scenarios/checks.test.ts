import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Ci, commitStatus, continuousIntegration } from '../support/ci.ts';
import { git } from '../support/github/git-command.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { saidTo } from '../support/models/seen-request.ts';
import { aPlannedIssue, PLAINLY, replies, type Scene, type SceneOptions } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage, sharedStage } from '../support/stage.ts';
import type { PullPage } from '../support/task-page.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const DRAFTS = PLAINLY.replace('draft: false', 'draft: true');
const LIMITER = aComponent('limiter');
const PATH = 'src/limiter.js';

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });

interface Tested {
  readonly task: Scene;
  readonly ci: Ci;
  readonly pull: PullPage;
}

/** One component, open, with its check running. */
async function inTest(options: Partial<SceneOptions> = {}, on: Stage = stage): Promise<Tested> {
  const task = await aPlannedIssue(on, { components: [LIMITER], settings: DRAFTS, ...options });
  const ci = continuousIntegration(on.github, task.repository);
  await task.comment('wanda', '/execute');
  await task.componentsAre('1 open');
  return { task, ci, pull: await task.pull('limiter') };
}

const labelled = async (task: Scene, { number }: PullPage): Promise<boolean> => {
  const { data } = await stage.github.as('olga').rest.issues.listLabelsOnIssue({ ...at(task), issue_number: number });
  return data.some((label) => label.name === 'planwright: checks failing');
};

const isAsked = async (task: Scene, { number }: PullPage): Promise<boolean> => {
  const { data } = await stage.github.as('olga').rest.pulls.listRequestedReviewers({ ...at(task), pull_number: number });
  return data.users.some((user) => user.login === 'wanda');
};

/** Waits for the pull request to be a draft no more. */
async function ready(task: Scene, part: string, { github }: Stage = stage): Promise<PullPage> {
  const { number } = await task.pull(part);
  const { pulls } = github.as('olga').rest;
  await github.until(`${part} to be ready`, async () => !(await pulls.get({ ...at(task), pull_number: number })).data.draft);
  return task.pull(part);
}

/** Waits for a commit of the bot on top of a head, and for the bot to know of it. */
async function fixed(task: Scene, { head, branch }: PullPage): Promise<PullPage> {
  const { git: data } = stage.github.as('olga').rest;
  await stage.github.until('another commit', async () => {
    return (await data.getRef({ ...at(task), ref: `heads/${branch}` })).data.object.sha !== head;
  });
  await task.statusSays(/`limiter` \| open/);
  return task.pull('limiter');
}

/** An executor that makes another version of the file and says so. */
const fixing = (version: number): ScriptedTurn[] => [
  { calls: [{ name: 'overwrite_file', input: { path: PATH, content: `export const limiter = ${version};\n` } }] },
  { calls: [{ name: 'finish', input: { summary: `Version ${version} counts from the right.` } }] },
];

const said = (requests: readonly { readonly messages: unknown }[]): string => JSON.stringify(requests[0]?.messages);

describe('a component whose check runs', () => {
  it.concurrent('is a draft until it is green, and then ready, and whoever approved the plan is asked for a review', async () => {
    const { task, ci, pull } = await inTest();
    expect(pull.draft).toBe(true);
    expect((await task.pull('plan')).draft).toBe(false);
    await task.statusSays(`\`test\` of #${pull.number} is running`);
    await ci.ends(pull.head, 'success');
    const after = await ready(task, 'limiter');
    await stage.github.until('wanda to be asked', () => isAsked(task, pull));
    expect(after.head).toBe(pull.head);
    await task.statusSays(`review and merge #${pull.number}`);
    expect(await replies(task, pull.number)).toEqual([]);
    await task.merge('wanda', pull.number);
    await task.statusIs('done');
  });

  it.concurrent('and is made a draft again by a person stays one, until it has another head', async () => {
    const { task, ci, pull } = await inTest();
    await ci.ends(pull.head, 'success');
    await ready(task, 'limiter');
    await task.statusSays('review and merge');
    await task.setDraft('wanda', pull.number, true);
    await commitStatus(stage.github, task.repository, pull.head, 'success');
    await task.settled();
    expect((await task.pull('limiter')).draft).toBe(true);
    await push(task, pull, '// by hand\n');
    await ready(task, 'limiter');
  });

  it.concurrent('stays a draft while that of another App, or an older commit status, is still to come', async () => {
    const { task, ci, pull } = await inTest();
    await commitStatus(stage.github, task.repository, pull.head, 'pending');
    await ci.ends(pull.head, 'success');
    await task.statusSays(`\`ci/old\` of #${pull.number} is running`);
    await task.settled();
    expect((await task.pull('limiter')).draft).toBe(true);
    await commitStatus(stage.github, task.repository, pull.head, 'success');
    await ready(task, 'limiter');
  });

  it.concurrent('is opened ready where the repository has no drafts', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER], settings: DRAFTS });
    const ci = continuousIntegration(stage.github, task.repository);
    stage.github.fault({
      method: 'POST',
      path: new RegExp(`^/repos/${task.repository.fullName}/pulls$`),
      where: (r) => (r.body as { draft?: boolean }).draft === true,
      respond: { status: 422, body: { message: 'Draft pull requests are not supported in this repository.' } },
    });
    await task.comment('wanda', '/execute');
    const pull = await task.pull('limiter');
    expect(pull.draft).toBe(false);
    await task.settled();
    expect(await isAsked(task, pull)).toBe(false);
    await ci.ends(pull.head, 'success');
    await stage.github.until('wanda to be asked', () => isAsked(task, pull));
  });
});

describe('a component for which nothing runs', () => {
  it.concurrent('is ready, and says so once; the own checks of Planwright do not count', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER], settings: DRAFTS });
    await task.comment('wanda', '/execute');
    const pull = await ready(task, 'limiter');
    await task.settled();
    expect(await replies(task, pull.number)).toEqual([expect.stringContaining('No CI ran, so this is untested')]);
    const { data } = await stage.github.as('olga').rest.checks.listForRef({ ...at(task), ref: pull.head });
    expect(data.check_runs.map((run) => run.name).sort()).toEqual(['planwright / plan', 'planwright / scope']);
  });

  it.concurrent('stays a draft while it is stacked, until it is moved to the base branch', async () => {
    const components = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];
    const task = await aPlannedIssue(stage, { components, settings: DRAFTS });
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    const store = await ready(task, 'store');
    const limiter = await task.pull('limiter');
    await task.statusSays(`#${limiter.number} stays a draft until #${store.number} is merged`);
    expect(limiter.draft).toBe(true);
    await task.merge('wanda', store.number, 'squash');
    expect((await ready(task, 'limiter')).base).toBe('main');
  });

  it.concurrent('is ready while it is stacked when its checks ran and are green', async () => {
    const components = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];
    const task = await aPlannedIssue(stage, { components, settings: DRAFTS });
    const ci = continuousIntegration(stage.github, task.repository);
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    const limiter = await task.pull('limiter');
    await ci.ends(limiter.head, 'success');
    expect((await ready(task, 'limiter')).base).toBe((await task.pull('store')).branch);
    expect((await task.pull('store')).draft).toBe(true);
  });
});

describe('a component whose check fails', () => {
  const LOG = [
    '2026-11-26T01:00:00.1234567Z \u001b[36;1mnpm test\u001b[0m',
    '2026-11-26T01:00:01.1234567Z not ok 1 - counts from the left',
    '2026-11-26T01:00:01.2234567Z fatal: https://x-access-token:ghs_0123456789abcdefghij@github.com/olga/shop.git',
    '2026-11-26T01:00:02.1234567Z ##[error]Process completed with exit code 1.',
    '2026-11-26T01:00:03.1234567Z Post job cleanup.',
  ].join('\n');

  it.concurrent('is fixed in one commit from what the check says, and becomes ready when that is green', async () => {
    const { task, ci, pull } = await inTest();
    const executor = task.executorDoes('limiter', fixing(2));
    const annotations = [{ path: PATH, line: 2, message: 'limiter is true, expected a number' }];
    await ci.ends(pull.head, 'failure', { annotations, log: LOG, summary: '1 of 3 tests failed.' });
    const after = await fixed(task, pull);
    const told = said(executor.requests);
    for (const part of ['test (failure)', '1 of 3 tests failed.', `${PATH}:2: limiter is true`, 'not ok 1 - counts', '##[error]'])
      expect(told).toContain(part);
    for (const part of ['ghs_0123', '[36;1m', '01:00:01.1', 'Post job cleanup']) expect(told).not.toContain(part);
    const commits = await git(stage.github.gitDir(task.repository.fullName), ['log', '--format=%s', `main..${after.head}`]);
    expect(commits.trim().split('\n')).toEqual(['Fix limiter: test failed', `Add limiter`]);
    expect(after.body).toBe(pull.body);
    expect(after.draft).toBe(true);
    await ci.ends(after.head, 'success');
    await ready(task, 'limiter');
    expect(await labelled(task, pull)).toBe(false);
    expect(await replies(task, pull.number)).toEqual([]);
  });

  it.concurrent('says what it is doing meanwhile, and is left alone when somebody pushes first', async () => {
    const { task, ci, pull } = await inTest();
    task.executorDoes('limiter', fixing(2));
    const isMending = (text: string): boolean => text.includes(task.plan.title) && text.includes('test (failure)');
    const held = stage.models.hold({ when: (r) => isMending(saidTo(r)) });
    await ci.ends(pull.head, 'failure');
    await held.reached;
    await task.statusSays(`#${pull.number} failed \`test\` and is being fixed (attempt 1 of 2)`);
    const head = await push(task, pull, 'export const limiter = 7;\n');
    held.release();
    await task.statusSays(/`limiter` \| open/);
    await task.settled();
    expect((await task.pull('limiter')).head).toBe(head);
    expect(await replies(task, pull.number)).toEqual([expect.stringContaining('No CI ran, so this is untested')]);
  });

  it.concurrent('no less on the base branch is not held up, says so once and spends nothing', async () => {
    const { task, ci, pull } = await inTest();
    const { checks } = stage.github.as('github-actions[bot]').rest;
    await checks.create({ ...at(task), name: 'test', head_sha: task.repository.head, conclusion: 'failure' });
    const executor = task.executorDoes('limiter', fixing(2));
    await ci.ends(pull.head, 'failure');
    await ready(task, 'limiter');
    await task.settled();
    expect(executor.requests).toEqual([]);
    expect(await replies(task, pull.number)).toEqual([expect.stringContaining('also fails on `main`')]);
    expect((await task.pull('limiter')).head).toBe(pull.head);
  });

  it.concurrent('again and again is left to people after two attempts, with a label and what was tried', async () => {
    const { task, ci, pull } = await inTest();
    let head = pull;
    for (const version of [2, 3]) {
      task.executorDoes('limiter', fixing(version));
      await ci.ends(head.head, 'failure');
      head = await fixed(task, head);
    }
    const third = task.executorDoes('limiter', fixing(4));
    await ci.ends(head.head, 'failure');
    await stage.github.until('the label', () => labelled(task, pull));
    const told = await stage.github.until('what was tried', async () => (await replies(task, pull.number))[0]);
    expect(told).toContain('`test` still fails after 2 attempts');
    expect(told).toContain('> Version 2 counts from the right.');
    expect(told).toContain('> Version 3 counts from the right.');
    expect(await task.status()).toContain('`limiter` (open): `test` still fails.');
    await task.settled();
    expect(third.requests).toEqual([]);
    expect(await replies(task, pull.number)).toHaveLength(1);
    expect((await task.pull('limiter')).draft).toBe(true);
    // A person knows better: what they push is looked at, and the label goes.
    await push(task, head, 'export const limiter = 5;\n');
    await ready(task, 'limiter');
    expect(await labelled(task, pull)).toBe(false);
  });

  it.concurrent('is left to people at once when the executor finds nothing to change', async () => {
    const { task, ci, pull } = await inTest();
    task.executorDoes('limiter', [{ calls: [{ name: 'finish', input: { summary: 'The runner has no disk left.' } }] }]);
    await ci.ends(pull.head, 'failure');
    await stage.github.until('the label', () => labelled(task, pull));
    const told = await stage.github.until('what was tried', async () => (await replies(task, pull.number))[0]);
    expect(told).toContain('> Nothing was changed. The runner has no disk left.');
    expect((await task.pull('limiter')).head).toBe(pull.head);
  });

  it.concurrent('is not fixed where the settings say so, nor when it was only cancelled', async () => {
    const settings = DRAFTS.replace('amend: off', 'amend: off, ci_fix_attempts: 0');
    const [off, cancelled] = await Promise.all([inTest({ settings }), inTest()]);
    const executors = [off, cancelled].map(({ task }) => task.executorDoes('limiter', fixing(2)));
    await off.ci.ends(off.pull.head, 'failure');
    await cancelled.ci.ends(cancelled.pull.head, 'cancelled');
    for (const { task, pull } of [off, cancelled]) {
      await task.statusSays(`#${pull.number} failed \`test\``);
      await task.settled();
      expect((await task.pull('limiter')).draft).toBe(true);
      expect(await labelled(task, pull)).toBe(false);
    }
    expect(executors.flatMap((executor) => executor.requests)).toEqual([]);
  });

  it.concurrent('counts as well when it is a commit status', async () => {
    const { task, ci, pull } = await inTest();
    const executor = task.executorDoes('limiter', fixing(2));
    await commitStatus(stage.github, task.repository, pull.head, 'failure');
    await ci.ends(pull.head, 'success');
    await fixed(task, pull);
    expect(said(executor.requests)).toContain('ci/old (failure)');
    expect(said(executor.requests)).toContain('It is failure.');
  });
});

describe('a bot that is killed while checks may still appear', () => {
  it('makes the pull request ready all the same', async () => {
    const own = await openStage({ CHECKS_GRACE_SECONDS: '4', LOG_LEVEL: 'debug' });
    try {
      const task = await aPlannedIssue(own, { components: [LIMITER], settings: DRAFTS });
      own.bot.killAt(/step recorded: status of component:.*:ended:/);
      await task.comment('wanda', '/execute');
      await own.bot.exited;
      const pull = await task.pull('limiter');
      expect(pull.draft).toBe(true);
      await own.restart();
      await ready(task, 'limiter', own);
      expect(await replies(task, pull.number)).toEqual([expect.stringContaining('No CI ran, so this is untested')]);
    } finally {
      await own.close();
    }
  });
});

/** A person's commit on the branch; nothing runs for it by itself. */
async function push(task: Scene, { branch }: PullPage, text: string): Promise<string> {
  const { rest } = stage.github.as('wanda');
  const file = { ...at(task), path: PATH };
  const { data } = await rest.repos.getContent({ ...file, ref: branch });
  const content = Buffer.from(text).toString('base64');
  const sha = 'sha' in data ? data.sha : '';
  const made = await rest.repos.createOrUpdateFileContents({ ...file, branch, sha, content, message: 'By hand' });
  return made.data.commit.sha as string;
}
