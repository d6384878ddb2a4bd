import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { PLAINLY } from '../support/scenes.ts';
import { aComponent, aPlan, executing, planning, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { openIssue, pageOf, scriptExecutor, scriptPlanner, type TaskPage } from '../support/task-page.ts';

/** What happens to whole repositories and installations, each at an owner of its own. */

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const STORE = aComponent('store');

/** A task of this owner's whose only component has its last turn in flight. */
async function inFlight(owner: string, name = 'shop') {
  const repository = await stage.github.addRepository({
    owner,
    name,
    files: { ...SHOP_FILES, '.github/planwright.yml': PLAINLY },
    collaborators: { wanda: 'write' },
  });
  const plan = aPlan([STORE], { title: `Limit the orders of ${owner}.` });
  scriptPlanner(stage.models, plan.title, planning(plan).slice(0, 2));
  scriptExecutor(stage.models, plan, 'store', executing(STORE));
  const page = await openIssue({ github: stage.github, repository, title: plan.title, body: 'Too many.', by: owner });
  const executor = (r: SeenRequest): boolean => saidTo(r).includes('Your component is') && saidTo(r).includes(plan.title);
  await page.label('wanda', 'plan');
  await page.statusIs('review');
  const lastTurn = stage.models.hold({ when: (r) => r.turn === 1 && executor(r) });
  await page.comment('wanda', '/execute');
  await lastTurn.reached;
  return { page, lastTurn, turns: () => stage.models.requests.filter(executor).map((r) => r.turn) };
}

/** The same conversation where the repository is now. */
const elsewhere = (page: TaskPage, fullName: string) => {
  const [owner = '', name = ''] = fullName.split('/');
  return pageOf({ github: stage.github, repository: { ...page.repository, owner, name, fullName }, issue: page.issue });
};

/** The bot has stopped what it was at for the owner: told by its log, because nothing of it is to be seen on GitHub. */
const complaints = (owner: string): string[] =>
  stage.bot.output.filter((line) => line.includes(`${owner}/`) && /"level":(40|50)/.test(line));

describe('the App', () => {
  it.concurrent.each([
    [
      'suspended',
      'una',
      (owner: string) => stage.github.suspend(owner, true),
      (owner: string) => stage.github.suspend(owner, false),
    ],
    ['uninstalled', 'uri', (owner: string) => stage.github.uninstall(owner), (owner: string) => stage.github.reinstall(owner)],
  ])(
    '%s while it works: nothing more is asked of models, and nothing fills the log; back again the work goes on',
    async (_, owner, leave, comeBack) => {
      const { page, lastTurn, turns } = await inFlight(owner);
      const before = complaints(owner).length;
      leave(owner);
      await stage.github.idle();
      lastTurn.release();
      // Whoever else is served meanwhile shows that time has passed for the bot.
      const other = await inFlight(`${owner}s-neighbour`);
      other.lastTurn.release();
      await other.page.componentsAre('1 open');
      expect(turns()).toEqual([0, 1]);
      expect(await page.branches()).toEqual([`planwright/issue-${page.issue}/plan`]);
      expect(complaints(owner).length - before).toBeLessThanOrEqual(2);
      comeBack(owner);
      await page.componentsAre('1 open');
      // The first turn was recorded, and is not paid for again.
      expect(turns().filter((turn) => turn === 0)).toHaveLength(1);
      expect((await page.pull('store')).files).toEqual(['src/store.js']);
    },
  );
});

describe('the repository', () => {
  it.concurrent('renamed while components are at work: the task goes on under the new name, once', async () => {
    const { page, lastTurn } = await inFlight('ron');
    await stage.github.as('ron').rest.repos.update({ owner: 'ron', repo: 'shop', name: 'store' });
    await stage.github.idle();
    lastTurn.release();
    const there = elsewhere(page, 'ron/store');
    await there.componentsAre('1 open');
    const store = await there.pull('store');
    expect(store.files).toEqual(['src/store.js']);
    expect((await there.pulls()).map((p) => p.branch).sort()).toEqual(
      [store.branch, `planwright/issue-${page.issue}/plan`].sort(),
    );
    await there.merge('wanda', store.number);
    await there.statusIs('done');
    expect(await there.statuses()).toHaveLength(1);
  });

  it.concurrent('renamed while a plan is made that a comment has asked for: it is made under the new name', async () => {
    const repository = await stage.github.addRepository({
      owner: 'rea',
      name: 'shop',
      files: { ...SHOP_FILES, '.github/planwright.yml': PLAINLY },
    });
    const plan = aPlan([STORE], { title: 'Limit the orders of rea.' });
    scriptPlanner(stage.models, plan.title, planning(plan).slice(0, 2));
    const page = await openIssue({ github: stage.github, repository, title: plan.title, body: 'Too many.', by: 'rea' });
    const submitting = stage.models.hold({ when: (r) => r.turn === 1 && saidTo(r).includes(plan.title) });
    await page.comment('rea', '/plan');
    await submitting.reached;
    await stage.github.as('rea').rest.repos.update({ owner: 'rea', repo: 'shop', name: 'store' });
    await stage.github.idle();
    submitting.release();
    const there = elsewhere(page, 'rea/store');
    await there.statusIs('review');
    expect((await there.pulls()).map(({ branch }) => branch)).toEqual([`planwright/issue-${page.issue}/plan`]);
  });

  it.concurrent('transferred to an owner who has the App, too: the same', async () => {
    const { page, lastTurn } = await inFlight('tess', 'moving');
    await stage.github.addRepository({ owner: 'theo', name: 'other' });
    stage.github.transferRepository('tess/moving', 'theo');
    await stage.github.idle();
    lastTurn.release();
    const there = elsewhere(page, 'theo/moving');
    await there.componentsAre('1 open');
    await there.merge('wanda', (await there.pull('store')).number);
    await there.statusIs('done');
  });
});
