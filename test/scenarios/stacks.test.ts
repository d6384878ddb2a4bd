import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Component } from '../../src/domain/plan/plan.ts';
import { git, gitOfObjects } from '../support/github/git-command.ts';
import { aPlannedIssue, lookingAndSubmitting, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent, aPlan, contentOf, executing } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const STORE = aComponent('store');
const LIMITER = aComponent('limiter', { depends_on: ['store'] });
const PAGE = aComponent('page', { depends_on: ['limiter'] });
const CHAIN = [STORE, LIMITER, PAGE];

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const branch = (task: Scene, part: string): string => `planwright/issue-${task.issue}/${part}`;
const inGit = (task: Scene, ...args: string[]): Promise<string> =>
  git(stage.github.gitDir(task.repository.fullName), args).then((said) => said.trim());
const parents = async (task: Scene, sha: string): Promise<string[]> =>
  (await gitOfObjects(stage.github.gitDir(task.repository.fullName), ['log', '-1', '--format=%P', sha])).trim().split(' ');
const scopeOf = async (task: Scene, ref: string): Promise<(string | null)[]> =>
  (
    await stage.github.as('olga').rest.checks.listForRef({ ...at(task), ref, check_name: 'planwright / scope' })
  ).data.check_runs.map((r) => r.conclusion);

async function aStack(components: readonly Component[] = CHAIN, settings = PLAINLY): Promise<Scene> {
  const task = await aPlannedIssue(stage, { components, settings });
  await task.comment('wanda', '/execute');
  await task.componentsAre(`${components.length} open`);
  return task;
}

/** Waits until the child's pull request stands on main, and gives its head. */
const moved = (task: Scene, id: string) =>
  stage.github.until(`${id} to be moved`, async () => {
    const pull = await task.pull(id);
    const [, second] = await parents(task, pull.head);
    return pull.base === 'main' && second !== undefined && (await task.status()).includes(`\`${id}\` | open`) && pull;
  });

describe('a chain of components', () => {
  it.concurrent('is opened as a stack: each on the one below, with its own files only, in the right order', async () => {
    const task = await aStack();
    const [store, limiter, page] = [await task.pull('store'), await task.pull('limiter'), await task.pull('page')];
    expect([store.base, limiter.base, page.base]).toEqual(['main', branch(task, 'store'), branch(task, 'limiter')]);
    expect([store.files, limiter.files, page.files]).toEqual([['src/store.js'], ['src/limiter.js'], ['src/page.js']]);
    expect(await parents(task, page.head)).toEqual([limiter.head]);
    expect(limiter.body).toContain(`**Stacked on #${store.number}** (\`store\`): merge that one first`);
    expect(page.body).toContain(`- \`limiter\`: #${limiter.number} (this one is stacked on it)`);
    expect(page.body).not.toContain(`#${store.number} (this one`);
    // Told once nothing is under way any more, so that the first knows of the last.
    await stage.github.until('siblings', async () => (await task.pull('store')).body.includes(`- \`page\`: #${page.number}`));
    for (const pull of [store, limiter, page]) expect(await scopeOf(task, pull.head)).toEqual(['success']);
  });

  it.concurrent.each(['merge', 'squash', 'rebase'] as const)(
    'when the parent is merged by %s, the child gets a merge commit and its diff is only its own',
    async (method) => {
      const task = await aStack();
      const [store, before, page] = [await task.pull('store'), await task.pull('limiter'), await task.pull('page')];
      // The parent moved on after the child was built on it.
      await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
        ...at(task), path: 'src/store.js', branch: store.branch, message: 'Say more', content: Buffer.from('// more\n').toString('base64'),
        sha: await inGit(task, 'rev-parse', `${store.head}:src/store.js`),
      }); // biome-ignore format: one call
      await task.merge('wanda', store.number, method);
      const limiter = await moved(task, 'limiter');
      const main = await inGit(task, 'rev-parse', 'main');
      expect(await parents(task, limiter.head)).toEqual([before.head, main]);
      expect(limiter.files).toEqual(['src/limiter.js']);
      expect(await inGit(task, 'diff', '--name-only', `main...${limiter.head}`)).toBe('src/limiter.js');
      expect(await inGit(task, 'show', `${limiter.head}:src/store.js`)).toBe('// more');
      expect(limiter.body).not.toContain('Stacked on');
      expect(limiter.body).toContain(`- \`store\`: #${store.number} (this one depends on it)`);
      expect(await scopeOf(task, limiter.head)).toEqual(['success']);
      // What stands on it is left alone until it is merged itself.
      expect((await task.pull('page')).head).toBe(page.head);
      // The child's history holds the parent's old commits, which cannot be replayed on what became of them.
      await task.merge('wanda', limiter.number, method === 'rebase' ? 'squash' : method);
      const last = await moved(task, 'page');
      expect(last.files).toEqual(['src/page.js']);
      await task.merge('wanda', last.number);
      await task.statusIs('done');
      const pushes = stage.github.requests.filter(
        (r) => r.path.includes(`/${task.repository.name}/git/refs/`) && r.method === 'PATCH',
      );
      expect(pushes.length).toBeGreaterThan(0);
      for (const push of pushes) expect(push.body).toMatchObject({ force: false });
    },
  );

  it.concurrent('is moved as well when GitHub deletes merged branches', async () => {
    const task = await aStack([STORE, LIMITER]);
    await stage.github.as('olga').rest.repos.update({ ...at(task), delete_branch_on_merge: true });
    await task.merge('wanda', (await task.pull('store')).number, 'squash');
    const limiter = await moved(task, 'limiter');
    expect(limiter.files).toEqual(['src/limiter.js']);
    expect(limiter.state).toBe('open');
  });

  it.concurrent('merged from the wrong end lands with its parent', async () => {
    const task = await aStack([STORE, LIMITER]);
    await task.merge('wanda', (await task.pull('limiter')).number);
    await task.statusSays(`Merged into \`${branch(task, 'store')}\`; it reaches the base branch when that one is merged.`);
    expect(await task.isClosed()).toBe(false);
    await task.merge('wanda', (await task.pull('store')).number, 'squash');
    await task.statusIs('done');
    expect(await inGit(task, 'ls-tree', '-r', '--name-only', 'main')).toContain('src/limiter.js');
  });

  it.concurrent('is held when the parent is closed unmerged, says so, and goes on when it is made again', async () => {
    const task = await aStack();
    const store = await task.pull('store');
    await stage.github.as('wanda').rest.pulls.update({ ...at(task), pull_number: store.number, state: 'closed' });
    await task.componentsAre('2 held');
    const limiter = await task.pull('limiter');
    const said = await stage.github.until('a word on the child', async () => (await replies(task, limiter.number))[0]);
    expect(said).toContain(`stacked on #${store.number} (\`store\`), which was closed without being merged`);
    expect(said).toContain('`/execute store`');
    await task.comment('wanda', '/execute store');
    await task.componentsAre('3 open');
    const again = await task.pull('store.2');
    const after = await task.pull('limiter');
    expect(after.number).toBe(limiter.number);
    expect(after.base).toBe(again.branch);
    expect(await parents(task, after.head)).toEqual([limiter.head, again.head]);
    expect(after.files).toEqual(['src/limiter.js']);
  });
});

describe('components with several parents', () => {
  it.concurrent('are stacked on the one that contains the others, and wait where none does', async () => {
    const both = aComponent('both', { depends_on: ['store', 'limiter'] });
    const apart = aComponent('apart', { depends_on: ['limiter', 'other'] });
    const task = await aPlannedIssue(stage, { components: [STORE, LIMITER, aComponent('other'), both, apart] });
    await task.comment('wanda', '/execute');
    await task.componentsAre('4 open, 1 waiting');
    expect((await task.pull('both')).base).toBe(branch(task, 'limiter'));
    await task.merge('wanda', (await task.pull('other')).number);
    const top = await task.pull('apart');
    expect([top.base, top.files]).toEqual([branch(task, 'limiter'), ['src/apart.js']]);
    // Its parent was cut before the other was merged: it is brought up to date, or half of what this depends on would be missing.
    expect(await inGit(task, 'ls-tree', '-r', '--name-only', top.head)).toContain('src/other.js');
    expect((await task.pull('limiter')).files).toEqual(['src/limiter.js']);
  });

  it.concurrent('wait for every merge where the settings say so', async () => {
    const settings = PLAINLY.replace('amend: off', 'amend: off, strategy: merged');
    const task = await aPlannedIssue(stage, { components: [STORE, LIMITER], settings });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open, 1 waiting');
    await task.settled();
    expect(await task.branches()).not.toContain(branch(task, 'limiter'));
    await task.merge('wanda', (await task.pull('store')).number);
    expect((await task.pull('limiter')).base).toBe('main');
  });
});

describe('a conflict with what the parent became', () => {
  const shared = (id: string, depends_on: string[]): Component =>
    aComponent(id, { depends_on, files: [{ path: 'src/orders.js', action: 'modify', change: `${id} in it` }] });
  const put = (from: string, to: string) => ({
    name: 'edit_file',
    input: { path: 'src/orders.js', old_text: from, new_text: to },
  });
  const finish = { calls: [{ name: 'finish', input: { summary: 'Both now.' } }] };

  async function conflicting(): Promise<Scene> {
    const [below, above] = [shared('below', []), shared('above', ['below'])];
    const task = await aPlannedIssue(stage, {
      components: [below, above],
      executors: {
        below: [{ calls: [put('return [];', "return ['below'];")] }, finish],
        above: [{ calls: [put("return ['below'];", "return ['below', 'above'];")] }, finish],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    const pull = await task.pull('below');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      ...at(task), path: 'src/orders.js', branch: pull.branch, message: 'Otherwise',
      content: Buffer.from("export function orders() {\n  return ['wanda'];\n}\n").toString('base64'),
      sha: await inGit(task, 'rev-parse', `${pull.head}:src/orders.js`),
    }); // biome-ignore format: one call
    return task;
  }

  it.concurrent('is given to the executor with both sides, and settled in the merge commit', async () => {
    const task = await conflicting();
    const before = await task.pull('above');
    const marked = "<<<<<<< component above\n  return ['below', 'above'];\n=======\n  return ['wanda'];\n>>>>>>> main";
    const script = task.executorDoes('above', [{ calls: [put(marked, "  return ['wanda', 'above'];")] }, finish]);
    await task.merge('wanda', (await task.pull('below')).number, 'squash');
    const after = await moved(task, 'above');
    expect(await inGit(task, 'show', `${after.head}:src/orders.js`)).toContain("return ['wanda', 'above'];");
    expect(await parents(task, after.head)).toEqual([before.head, await inGit(task, 'rev-parse', 'main')]);
    expect(JSON.stringify(script.requests[0]?.messages)).toContain('Resolve each of them so that both intentions hold');
    expect(after.files).toEqual(['src/orders.js']);
  });

  it.concurrent('that is left unsettled is not published: the issue says so and /execute ID tries again', async () => {
    const task = await conflicting();
    const before = await task.pull('above');
    task.executorDoes('above', [finish, finish, finish, finish, finish]);
    await task.merge('wanda', (await task.pull('below')).number, 'squash');
    await task.componentsAre('1 merged, 1 failed');
    const said = await stage.github.until('a word', async () => (await replies(task)).find((r) => r.includes('`above`')));
    expect(said).toContain('conflict markers');
    expect((await task.pull('above')).head).toBe(before.head);
    const marked = "<<<<<<< component above\n  return ['below', 'above'];\n=======\n  return ['wanda'];\n>>>>>>> main";
    task.executorDoes('above', [{ calls: [put(marked, "  return ['wanda', 'above'];")] }, finish]);
    await task.comment('wanda', '/execute above');
    expect((await moved(task, 'above')).files).toEqual(['src/orders.js']);
  });
});

describe('a new revision', () => {
  it.concurrent('does again what it changes and what builds on that, keeps the rest and says so, and closes what it drops', async () => {
    const extra = aComponent('extra');
    const other = aComponent('other');
    const task = await aStack([STORE, LIMITER, other, extra]);
    const before = { store: await task.pull('store'), limiter: await task.pull('limiter'), other: await task.pull('other') };
    const dropped = await task.pull('extra');
    // store gives one file up for another.
    const files = [{ path: 'src/bucket.js', action: 'create' as const, change: 'the bucket' }];
    const changed: Component = { ...STORE, files, contract: '`export const store = 2`' };
    const plan = aPlan([changed, LIMITER, other], { title: task.plan.title });
    task.plannerDoes(lookingAndSubmitting(plan));
    task.executorDoes('store', [
      { calls: [{ name: 'create_file', input: { path: 'src/bucket.js', content: contentOf('store', 'src/bucket.js') } }] },
      finishing('store'),
    ]);
    task.executorDoes('limiter', [finishing('limiter')]);
    const untouched = task.executorDoes('other', executing(other));
    await task.comment('wanda', '/replan with a bucket');
    await task.statusIs('review', 2);
    await task.statusIs('review');
    await task.comment('wanda', '/execute');
    await task.componentsAre('3 open, 1 dropped');
    await task.settled();

    const store = await task.pull('store');
    expect(store.number).toBe(before.store.number);
    expect(store.files).toEqual(['src/bucket.js']);
    expect(await parents(task, store.head)).toEqual([before.store.head]);
    const limiter = await task.pull('limiter');
    expect(await parents(task, limiter.head)).toEqual([before.limiter.head, store.head]);
    expect(limiter.files).toEqual(['src/limiter.js']);
    const kept = await task.pull('other');
    expect(kept.head).toBe(before.other.head);
    expect(untouched.requests).toEqual([]);
    const blob = await inGit(task, 'rev-parse', `${(await task.pull('plan')).head}:PLAN.md`);
    for (const pull of [store, limiter, kept]) expect(pull.body).toContain(`blob=${blob} -->`);
    expect(await replies(task, kept.number)).toEqual([expect.stringContaining('Revision 2 of the plan')]);
    const closed = await task.pull('extra');
    expect(closed.state).toBe('closed');
    expect(await replies(task, dropped.number)).toEqual([expect.stringContaining('no longer has this component')]);
    for (const pull of [store, limiter, kept]) expect(await scopeOf(task, pull.head)).toEqual(['success']);
  });
});

const finishing = (id: string) => ({ calls: [{ name: 'finish', input: { summary: `${id} is as the plan says.` } }] });
