import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import { unanswered, unperformed, WRITES } from '../support/kill-points.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { tasksUnderKills } from '../support/tasks-under-kills.ts';

let stage: Stage;
const { tasks, each, until, inReview, killRows } = tasksUnderKills(() => stage);

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** Alone it takes a fraction of it; beside other suites everything takes several times as long. */
jest.setTimeout(240_000);

const CHAIN = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];

it('a bot killed while it moves children to the base branch moves each once', async () => {
  const { retarget, tree, commit, advance, check } = WRITES;
  const all = await tasks(CHAIN, CHAIN);
  await each(all, async (task) => {
    const { page } = task;
    await page.label('wanda', 'plan');
    await inReview(task);
    await page.comment('wanda', '/execute');
    await page.componentsAre('2 open');
  });
  await stage.github.idle();
  const before = new Map(await Promise.all(all.map(async (task) => [task, (await task.page.pull('limiter')).head] as const)));

  const rows = [retarget, tree, commit, advance, check].map((write) => [unperformed(write), unanswered(write)]);
  await killRows(all, rows, () =>
    each(all, async ({ page }) => page.merge('wanda', (await page.pull('store')).number, 'squash')),
  );
  await stage.restart();

  await each(all, async (task) => {
    const { page } = task;
    const inGit = (...args: string[]) => git(stage.github.gitDir(page.repository.fullName), args).then((said) => said.trim());
    await until(task, 'the child to be moved', async () => {
      const status = await page.componentsAre('1 merged, 1 open');
      return !status.includes('"stack":{') && (await page.pull('limiter')).base === 'main';
    });
    const { head, files } = await page.pull('limiter');
    expect(files).toEqual(['src/limiter.js']);
    expect(await inGit('log', '-1', '--format=%P', head)).toBe(`${before.get(task)} ${await inGit('rev-parse', 'main')}`);
    const { data } = await stage.github
      .as('olga')
      .rest.checks.listForRef({ owner: 'olga', repo: page.repository.name, ref: head });
    expect(data.check_runs.map((run) => [run.name, run.conclusion]).sort()).toEqual([
      ['planwright / plan', 'success'],
      ['planwright / scope', 'success'],
    ]);
  });
});
