import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import { killAt, PATIENT, unanswered, unperformed, WRITES } from '../support/kill-points.ts';
import { type ScriptedTask, scriptTask } from '../support/scripted-task.ts';
import { aComponent } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** Alone it takes a fraction of it; beside other suites everything takes several times as long. */
jest.setTimeout(240_000);

const CHAIN = [aComponent('store'), aComponent('limiter', { depends_on: ['store'] })];

it('a bot killed while it moves children to the base branch moves each once', async () => {
  const { retarget, tree, commit, advance, check } = WRITES;
  const points = [retarget, tree, commit, advance, check].flatMap((write) => [unperformed(write), unanswered(write)]);
  const all = await Promise.all(points.map((_, i) => scriptTask(stage, `shop-${i + 1}`, CHAIN)));
  const each = (act: (task: ScriptedTask) => Promise<unknown>) => Promise.all(all.map(act));
  await each(async ({ page }) => {
    await page.label('wanda', 'plan');
    await stage.github.until('the review', async () => (await page.state()) === 'review', PATIENT);
    await page.comment('wanda', '/execute');
    await page.componentsAre('2 open');
  });
  await stage.github.idle();
  const before = new Map(await Promise.all(all.map(async (task) => [task, (await task.page.pull('limiter')).head] as const)));

  const armed = new Map(points.map((point, i) => [all[i] as ScriptedTask, point]));
  await killAt(stage, all, armed, () =>
    each(async ({ page }) => page.merge('wanda', (await page.pull('store')).number, 'squash')),
  );
  await stage.restart();

  await each(async (task) => {
    const { page } = task;
    const inGit = (...args: string[]) => git(stage.github.gitDir(page.repository.fullName), args).then((said) => said.trim());
    await stage.github.until(
      'the child to be moved',
      async () => {
        const status = await page.componentsAre('1 merged, 1 open');
        return !status.includes('"stack":{') && (await page.pull('limiter')).base === 'main';
      },
      PATIENT,
    );
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
