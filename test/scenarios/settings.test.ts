import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checked, checksAt, openPull, push } from '../support/check-page.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { anIssue, aPlannedIssue, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const CHECK = 'planwright / settings';
const PATH = '.github/planwright.yml';
const BROKEN = `${PLAINLY}approvals: { required: 2 }\n`;

const settings = (text: string | null) => ({ [PATH]: text });
const toMain = (task: Scene, text: string) => push(stage.github, task, { by: 'olga', branch: 'main', files: settings(text) });

/** What the bot asked GitHub for about a commit; the same commit may be in several shops. */
const askedAbout = ({ repository }: Scene, sha: string): string[] =>
  stage.github.requests
    .filter(
      (r) => r.by.login === 'planwright[bot]' && r.path.startsWith(`/repos/${repository.fullName}/`) && r.path.includes(sha),
    )
    .map((r) => `${r.method} ${r.path.replace(/^.*\/(contents|commits|compare)\//, '$1/')}`);

describe('a pull request that changes the settings', () => {
  it.concurrent('is checked at each head, with the lines', async () => {
    const task = await anIssue(stage, { components: [aComponent('store')] });
    const { head } = await openPull(stage.github, task, { by: 'wanda', branch: 'stricter', files: settings(BROKEN) });
    const bad = await checked(stage.github, task, head, CHECK);
    expect(bad).toMatchObject({ conclusion: 'failure', title: `1 finding in ${PATH}` });
    expect(bad.notes).toEqual([{ path: PATH, line: 3, says: expect.stringContaining('Did you mean `approval`?') }]);
    const fixed = await push(stage.github, task, {
      by: 'wanda',
      branch: 'stricter',
      files: settings(BROKEN.replace('approvals', 'approval')),
    });
    expect(await checked(stage.github, task, fixed, CHECK)).toMatchObject({ conclusion: 'success', notes: [] });
    const gone = await push(stage.github, task, { by: 'wanda', branch: 'stricter', files: settings(null) });
    expect(await checked(stage.github, task, gone, CHECK)).toMatchObject({ conclusion: 'success', title: `${PATH} is removed` });
  });

  it.concurrent('others are not checked, and cost one call for each name of the file', async () => {
    const task = await anIssue(stage, { components: [aComponent('store')] });
    const { head } = await openPull(stage.github, task, { by: 'wanda', branch: 'words', files: { 'README.md': '# Our shop\n' } });
    // Where the next head is there already, nobody looks at this one any more.
    await stage.github.until('a look at it', () => askedAbout(task, head).length >= 2, { about: task.repository.fullName });
    const next = await push(stage.github, task, { by: 'wanda', branch: 'words', files: settings('version: 2\n') });
    await checked(stage.github, task, next, CHECK);
    expect(await checksAt(stage.github, task, head, CHECK)).toEqual([]);
    const both = [PATH, PATH.replace('.yml', '.yaml')];
    expect(askedAbout(task, head).sort()).toEqual(
      both.map((path) => `GET contents/${encodeURIComponent(path)}?ref=${head}`).sort(),
    );
  });

  it.concurrent('begun before somebody else changed them, is not blamed for that', async () => {
    const task = await anIssue(stage, { components: [aComponent('store')] });
    const { branch } = await openPull(stage.github, task, {
      by: 'wanda',
      branch: 'older',
      files: { 'README.md': '# Our shop\n' },
    });
    await toMain(task, `${PLAINLY}budget: { usd_per_task: 5 }\n`);
    const head = await push(stage.github, task, { by: 'wanda', branch, files: { 'README.md': '# The shop\n' } });
    const last = await push(stage.github, task, { by: 'wanda', branch, files: settings(BROKEN) });
    await checked(stage.github, task, last, CHECK);
    expect(await checksAt(stage.github, task, head, CHECK)).toEqual([]);
  });
});

describe('settings that are broken on the default branch', () => {
  it.concurrent.each(['components', 'the plan'])(
    'while %s is at work: it stops where it was, says so once with the line, and continues when they are fixed',
    async (what) => {
      const planned = what === 'components';
      const task = await (planned ? aPlannedIssue : anIssue)(stage, { components: [aComponent('store')] });
      const worker = (r: SeenRequest): boolean =>
        saidTo(r).includes(task.plan.title) && saidTo(r).includes('Your component is') === planned;
      const turns = (): number[] =>
        task
          .requests()
          .filter(worker)
          .map((r) => r.turn);
      const before = turns().length;
      const last = stage.models.hold({ when: (r) => r.turn === 1 && worker(r) });
      if (planned) await task.comment('wanda', '/execute');
      else await task.label('wanda', 'plan');
      await last.reached;
      await toMain(task, BROKEN);
      const said = await stage.github.until('a word on the issue', async () =>
        (await replies(task)).find((r) => r.includes('cannot be used; this task is paused')),
      );
      expect(said).toContain('- line 3: Unknown key `approvals`');
      await task.statusSays('fix `.github/planwright.yml` on the default branch');
      last.release();
      const asked = await task.comment('wanda', '/status');
      await task.reacted(asked, 'confused');
      expect((await replies(task)).filter((r) => r.includes('cannot be used; this task is paused'))).toHaveLength(1);
      await toMain(task, PLAINLY);
      await (planned ? task.componentsAre('1 open') : task.statusIs('review'));
      expect(
        turns()
          .slice(before)
          .filter((turn) => turn === 0),
      ).toHaveLength(1);
    },
  );
});
