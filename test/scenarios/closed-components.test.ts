import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { push } from '../support/check-page.ts';
import type { SeenRequest } from '../support/github/traffic.ts';
import { aPlannedIssue, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const LIMITER = aComponent('limiter');
const METRICS = aComponent('metrics');
const ON_LIMITER = aComponent('metrics', { depends_on: ['limiter'] });
const BOT = 'reviewbot[bot]';

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });

async function executed(components: Parameters<typeof aPlannedIssue>[1]['components'], settings = PLAINLY): Promise<Scene> {
  const task = await aPlannedIssue(stage, { components, settings });
  await task.comment('wanda', '/execute');
  await task.componentsAre(`${components.length} open`);
  return task;
}

const setState = (task: Scene, login: string, pull: number, state: 'open' | 'closed') =>
  stage.github.as(login).rest.pulls.update({ ...at(task), pull_number: pull, state });

/** One commit on main that has a branch's change, as a merge queue or a person makes it: GitHub calls no pull request merged for it. */
async function squashOntoMain(task: Scene, path: string, head: string): Promise<void> {
  const { rest } = stage.github.as('olga');
  const main = (await rest.git.getRef({ ...at(task), ref: 'heads/main' })).data.object.sha;
  const { data: file } = await rest.repos.getContent({ ...at(task), path, ref: head });
  const sha = 'sha' in file ? file.sha : '';
  const { data: commit } = await rest.git.getCommit({ ...at(task), commit_sha: main });
  const tree = await rest.git.createTree({
    ...at(task),
    base_tree: commit.tree.sha,
    tree: [{ path, mode: '100644', type: 'blob', sha }],
  });
  const made = await rest.git.createCommit({ ...at(task), message: 'Landed', tree: tree.data.sha, parents: [main] });
  await rest.git.updateRef({ ...at(task), ref: 'heads/main', sha: made.data.sha });
}

const saidOn = (task: Scene, pull: number, words: string) =>
  stage.github.until(`a word on #${pull}`, async () => (await replies(task, pull)).find((reply) => reply.includes(words)));

describe('a pull request that is closed although its change is on the base branch', () => {
  it.concurrent('field case 37-queue-lands-by-squash: a queue pushes a squash and closes it: merged, and what is stacked on it is moved', async () => {
    const task = await executed([LIMITER, ON_LIMITER]);
    const limiter = await task.pull('limiter');
    await squashOntoMain(task, 'src/limiter.js', limiter.head);
    await setState(task, BOT, limiter.number, 'closed');
    await task.statusSays(/`limiter` \| merged/);
    const metrics = await stage.github.until('metrics to be moved', async () => {
      const pull = await task.pull('metrics');
      return pull.base === 'main' && pull.files.length === 1 && pull;
    });
    expect([metrics.state, metrics.files]).toEqual(['open', ['src/metrics.js']]);
    await task.componentsAre('1 merged, 1 open');
    await task.merge('wanda', metrics.number);
    await task.statusIs('done');
    await stage.github.until('the issue to be closed', () => task.isClosed());
  });
});

describe('a stack whose upper pull request has changed files of the lower one', () => {
  it.concurrent('is landed by a queue in one push, which closes both: both are merged', async () => {
    const onLimiter = aComponent('metrics', {
      depends_on: ['limiter'],
      files: [{ path: 'src/limiter.js', action: 'modify', change: 'count what is refused' }],
    });
    const counting = [
      { calls: [{ name: 'edit_file', input: { path: 'src/limiter.js', old_text: 'true', new_text: '30' } }] },
      { calls: [{ name: 'finish', input: { summary: 'It counts.' } }] },
    ];
    const task = await aPlannedIssue(stage, {
      components: [LIMITER, onLimiter],
      settings: PLAINLY,
      executors: { metrics: counting },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    const stack = [await task.pull('limiter'), await task.pull('metrics')];
    for (const { head } of stack) await squashOntoMain(task, 'src/limiter.js', head);
    for (const { number } of stack) await setState(task, BOT, number, 'closed');
    await task.statusIs('done');
    await stage.github.until('the issue to be closed', () => task.isClosed());
  });
});

describe('a child that is being moved because its parent was merged', () => {
  /** Its merge commit is about to reach the branch. */
  async function beingMoved() {
    const task = await executed([LIMITER, ON_LIMITER]);
    const metrics = await task.pull('metrics');
    const moving = stage.github.hold({
      when: 'before',
      method: 'POST',
      by: 'planwright[bot]',
      where: (r) => r.path === `/repos/${task.repository.fullName}/git/commits` && JSON.stringify(r.body).includes(metrics.head),
    });
    await task.merge('wanda', (await task.pull('limiter')).number);
    await moving.reached;
    return { task, metrics, moving };
  }
  const numbers = async (task: Scene) => (await task.pulls()).map((pull) => pull.number).sort();

  it.concurrent('is closed by a writer meanwhile: dropped, and no second pull request', async () => {
    const { task, metrics, moving } = await beingMoved();
    const before = await numbers(task);
    await setState(task, 'wanda', metrics.number, 'closed');
    moving.release();
    await task.statusSays(/`metrics` \| dropped/);
    await task.settled();
    expect(await numbers(task)).toEqual(before);
  });

  it.concurrent('is merged by a person meanwhile: done, and no second pull request', async () => {
    const { task, metrics, moving } = await beingMoved();
    const before = await numbers(task);
    await task.merge('wanda', metrics.number);
    moving.release();
    await task.statusIs('done');
    await task.settled();
    expect(await numbers(task)).toEqual(before);
  });

  it.concurrent('is pushed to by a person meanwhile: it is moved from the new head', async () => {
    const { task, metrics, moving } = await beingMoved();
    await push(stage.github, task, { by: 'wanda', branch: metrics.branch, files: { 'src/metrics.js': '// Mine.\n' } });
    moving.release();
    const moved = await stage.github.until('it to be moved', async () => {
      const pull = await task.pull('metrics');
      return (
        pull.base === 'main' &&
        pull.files.length === 1 &&
        pull.head !== metrics.head &&
        (await task.state()) === 'executing' &&
        pull
      );
    });
    await task.componentsAre('1 merged, 1 open');
    const { data } = await stage.github
      .as('olga')
      .rest.repos.getContent({ ...at(task), path: 'src/metrics.js', ref: moved.head });
    expect('content' in data && Buffer.from(data.content, 'base64').toString()).toBe('// Mine.\n');
  });
});

describe('a pull request that is merged with its branch while it is revised', () => {
  it.concurrent('is merged: nothing is said to be in it that it never received', async () => {
    const task = await executed([LIMITER, METRICS]);
    const limiter = await task.pull('limiter');
    task.executorDoes('limiter', [
      { calls: [{ name: 'edit_file', input: { path: 'src/limiter.js', old_text: 'true', new_text: '30' } }] },
      { calls: [{ name: 'finish', input: { summary: '1. Made it 30.' } }] },
    ]);
    const path = new RegExp(`^/repos/${task.repository.fullName}/git/commits$`);
    const committing = stage.github.hold({ when: 'after', method: 'POST', path, by: 'planwright[bot]' });
    await task.comment('wanda', '/revise Make it 30.', limiter.number);
    await committing.reached;
    await task.merge('wanda', limiter.number);
    await stage.github.deleteBranch(task.repository.fullName, limiter.branch, 'wanda');
    committing.release();
    await task.componentsAre('1 merged, 1 open');
    await task.settled();
    expect((await task.pulls()).filter(({ title }) => title === limiter.title)).toHaveLength(1);
    expect((await replies(task, limiter.number)).filter((reply) => reply.includes('Made it 30.'))).toEqual([]);
  });
});

describe('a pull request whose creation GitHub did not answer', () => {
  it.concurrent('is closed by a writer before it was found: no second one is opened', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER], settings: PLAINLY });
    const path = new RegExp(`^/repos/${task.repository.fullName}/pulls`);
    const isComponent = (r: SeenRequest): boolean => JSON.stringify([r.path, r.body ?? '']).includes('limiter');
    const by = 'planwright[bot]';
    stage.github.fault({ method: 'POST', path, by, where: isComponent, respond: { status: 502, performed: true }, times: 1 });
    const looking = stage.github.hold({ when: 'before', method: 'GET', path, by, where: isComponent });
    await task.comment('wanda', '/execute');
    await looking.reached;
    const limiter = await task.pull('limiter');
    await setState(task, 'wanda', limiter.number, 'closed');
    looking.release();
    await task.statusSays(/`limiter` \| dropped/);
    await task.settled();
    expect((await task.pulls()).filter(({ branch }) => branch === limiter.branch)).toHaveLength(1);
  });
});

describe('a pull request that is closed without anybody having decided so', () => {
  it.concurrent('field case 38-last-component-closed-by-a-bot: a bot closes it: the issue stays open, and reopening undoes it', async () => {
    const task = await executed([LIMITER, METRICS]);
    const [limiter, metrics] = [await task.pull('limiter'), await task.pull('metrics')];
    await task.merge('wanda', limiter.number);
    await task.componentsAre('1 open, 1 merged');
    await setState(task, BOT, metrics.number, 'closed');
    await task.statusSays(`Its pull request was closed by the bot \`${BOT}\`, which does not count as a decision.`);
    await saidOn(task, metrics.number, '`metrics` waits.');
    expect(await task.state()).toBe('blocked');
    expect(await task.isClosed()).toBe(false);
    expect((await task.pull('plan')).state).toBe('open');
    await setState(task, 'wanda', metrics.number, 'open');
    await task.componentsAre('1 open, 1 merged');
    await task.merge('wanda', metrics.number);
    await task.statusIs('done');
    await stage.github.until('the issue to be closed', () => task.isClosed());
  });

  it.concurrent('a bot closes the parent of a stack: the child stays open, and /execute makes the parent again', async () => {
    const task = await executed([LIMITER, ON_LIMITER]);
    await setState(task, BOT, (await task.pull('limiter')).number, 'closed');
    await task.componentsAre('1 held, 1 open');
    await task.settled();
    expect((await task.pull('metrics')).state).toBe('open');
    await task.comment('wanda', '/execute limiter');
    await task.componentsAre('2 open');
    const again = await task.pull('limiter.2');
    await stage.github.until('the child on the next branch', async () => (await task.pull('metrics')).base === again.branch);
  });

  it.concurrent('a bot closes the parent of a stack: what is requested on the child is done on its branch, which stays where it is', async () => {
    const task = await executed([LIMITER, ON_LIMITER]);
    const before = await task.pull('metrics');
    await setState(task, BOT, (await task.pull('limiter')).number, 'closed');
    await task.componentsAre('1 held, 1 open');
    task.executorDoes('metrics', [
      { calls: [{ name: 'edit_file', input: { path: 'src/metrics.js', old_text: 'true', new_text: '30' } }] },
      { calls: [{ name: 'finish', input: { summary: '1. Made it 30.' } }] },
    ]);
    await task.comment('wanda', '/revise Make it 30.', before.number);
    await saidOn(task, before.number, 'Made it 30.');
    const after = await task.pull('metrics');
    expect([after.state, after.base, after.files]).toEqual(['open', before.base, before.files]);
    expect(after.head).not.toBe(before.head);
  });

  it.concurrent('`gh pr merge --delete-branch` closes what is stacked on it: it waits, and is made again by its name', async () => {
    const task = await executed([LIMITER, ON_LIMITER]);
    const [limiter, metrics] = [await task.pull('limiter'), await task.pull('metrics')];
    await task.merge('wanda', limiter.number, 'squash');
    await stage.github.deleteBranch(task.repository.fullName, limiter.branch, 'wanda');
    await task.statusSays('Its pull request was closed because its base branch was deleted, which does not count as a decision.');
    await saidOn(task, metrics.number, '`/execute metrics`');
    await task.comment('wanda', '/execute metrics');
    const again = await task.pull('metrics.2');
    expect([again.base, again.files]).toEqual(['main', ['src/metrics.js']]);
  });

  it.concurrent('a person without write access closes it: it waits; a writer does: it is dropped, until it is reopened', async () => {
    const task = await executed([LIMITER, METRICS]);
    const { number } = await task.pull('metrics');
    await stage.github.as('tim').rest.issues.update({ ...at(task), issue_number: number, state: 'closed' });
    await task.statusSays('Its pull request was closed by `tim`, who has no write access, which does not count as a decision.');
    await setState(task, 'wanda', number, 'open');
    await task.componentsAre('2 open');
    await setState(task, 'wanda', number, 'closed');
    await task.statusSays(/`metrics` \| dropped/);
    await setState(task, 'wanda', number, 'open');
    await task.componentsAre('2 open');
  });
});
