import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checked, checksAt, openPull, push } from '../support/check-page.ts';
import { anIssue, aPlannedIssue, lookingAndSubmitting, PLAINLY, type Scene } from '../support/scenes.ts';
import { aComponent, aPlan, contentOf } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const PLAN = 'planwright / plan';
const SCOPE = 'planwright / scope';
const STORE = aComponent('store');
const LIMITER = aComponent('limiter', { depends_on: ['store'] });

const seen = (task: Scene, ref: string, name: string) => checksAt(stage.github, task, ref, name);
const awaited = (task: Scene, ref: string, name: string, conclusion: string) =>
  checked(stage.github, task, ref, name, (check) => check.conclusion === conclusion);

async function executed(components = [STORE, LIMITER]): Promise<Scene> {
  const task = await aPlannedIssue(stage, { components });
  await task.comment('wanda', '/execute');
  await task.componentsAre(`${components.length} open`);
  return task;
}

describe("on the plan's pull request", () => {
  it.concurrent('the plan check tells the order and the forecast, and nothing but the plan is in scope', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE, LIMITER] });
    const { head } = await task.pull('plan');
    const [plan] = await seen(task, head, PLAN);
    expect(plan).toMatchObject({ conclusion: 'success', title: 'Sound: 2 components' });
    expect(plan?.summary).toMatch(/1\. `store` \(.*\)\n2\. `limiter` \(.*\), after `store`\n/);
    expect(plan?.summary).toContain('**Estimate:** $');
    expect(await seen(task, head, SCOPE)).toMatchObject([{ conclusion: 'success', title: 'Only PLAN.md' }]);
  });

  it.concurrent('a file that somebody adds to it fails the scope and leaves the plan green', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    const { branch } = await task.pull('plan');
    const head = await push(stage.github, task, { by: 'wanda', branch, files: { 'src/extra.js': '// more\n' } });
    const scope = await awaited(task, head, SCOPE, 'failure');
    expect(scope.title).toBe('1 file besides PLAN.md');
    expect(scope.notes).toMatchObject([{ path: 'src/extra.js' }]);
    expect((await checked(stage.github, task, head, PLAN)).conclusion).toBe('success');
  });

  it.concurrent('run again by a person: it is checked by the present settings, and can be approved', async () => {
    const strict = PLAINLY.replace('execution: {', 'execution: { protected_paths: ["docs/**"],');
    const task = await aPlannedIssue(stage, { components: [STORE], settings: strict });
    const { branch, number } = await task.pull('plan');
    const at = { owner: task.repository.owner, repo: task.repository.name };
    const { data } = await stage.github.as('wanda').rest.repos.getContent({ ...at, path: 'PLAN.md', ref: branch });
    const text = Buffer.from('content' in data ? data.content : '', 'base64').toString('utf8');
    const edited = text.replaceAll('src/store.js', 'docs/store.js');
    const head = await push(stage.github, task, { by: 'wanda', branch, files: { 'PLAN.md': edited } });
    await awaited(task, head, PLAN, 'failure');
    await push(stage.github, task, { by: 'olga', branch: 'main', files: { '.github/planwright.yml': PLAINLY } });
    await rerun(task, head, PLAN);
    expect((await awaited(task, head, PLAN, 'success')).title).toBe('Sound: 1 component');
    await task.reacted(await task.comment('wanda', '/execute', number), 'rocket');
  });

  it.concurrent('without PLAN.md the plan check fails, though the task was cancelled', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE] });
    await task.comment('wanda', '/cancel');
    await task.statusIs('cancelled');
    const { branch } = await task.pull('plan');
    const head = await push(stage.github, task, { by: 'wanda', branch, files: { 'PLAN.md': null } });
    expect((await awaited(task, head, PLAN, 'failure')).summary).toContain('There is no PLAN.md');
  });
});

/** Somebody presses "Re-run". */
async function rerun(task: Scene, ref: string, name: string): Promise<void> {
  const { rest } = stage.github.as('wanda');
  const at = { owner: task.repository.owner, repo: task.repository.name };
  const { check_runs } = (await rest.checks.listForRef({ ...at, ref, check_name: name })).data;
  await rest.checks.rerequestRun({ ...at, check_run_id: (check_runs[0] as { id: number }).id });
}

describe("on a component's pull request", () => {
  it.concurrent('run again by a person, there is another run, with the same result', async () => {
    const task = await executed([STORE]);
    const { head } = await task.pull('store');
    const ids = async (name: string) => {
      const at = { owner: task.repository.owner, repo: task.repository.name, ref: head, check_name: name };
      return (await stage.github.as('wanda').rest.checks.listForRef(at)).data.check_runs.map(({ id }) => id);
    };
    for (const name of [PLAN, SCOPE]) {
      const [before] = await ids(name);
      await rerun(task, head, name);
      await stage.github.until(`another run of ${name}`, async () => (await ids(name))[0] !== before);
      expect((await checked(stage.github, task, head, name)).conclusion).toBe('success');
    }
  });

  it.concurrent('both are green when it arrives, and the plan it was made from is named', async () => {
    const task = await executed();
    const blob = /blob=([0-9a-f]+)/.exec((await task.pull('plan')).body)?.[1] as string;
    for (const id of ['store', 'limiter']) {
      const { head } = await task.pull(id);
      expect(await seen(task, head, SCOPE)).toMatchObject([{ conclusion: 'success' }]);
      const [plan] = await seen(task, head, PLAN);
      expect(plan).toMatchObject({ conclusion: 'success', title: `Made from the approved plan ${blob.slice(0, 12)}` });
    }
  });

  it.concurrent("a person's push is held to the plan as well: its own files pass, others are named", async () => {
    const task = await executed();
    const { branch } = await task.pull('limiter');
    const own = await push(stage.github, task, { by: 'wanda', branch, files: { 'src/limiter.js': '// shorter\n' } });
    expect(await checked(stage.github, task, own, SCOPE)).toMatchObject({
      conclusion: 'success',
      title: 'limiter: 1 file, all in the plan',
    });
    expect(await checked(stage.github, task, own, PLAN)).toMatchObject({ conclusion: 'success' });
    const files = { 'src/store.js': '// mine now\n', '.github/planwright.yml': 'version: 1\n' };
    const other = await push(stage.github, task, { by: 'wanda', branch, files });
    const scope = await checked(stage.github, task, other, SCOPE);
    expect(scope).toMatchObject({ conclusion: 'failure', title: 'limiter: 2 files are outside the plan' });
    expect(scope.notes).toMatchObject([
      { path: '.github/planwright.yml', says: expect.stringContaining('settings') },
      { path: 'src/store.js', says: expect.stringContaining('not among the files of component limiter') },
    ]);
  });

  it.concurrent('files of a component that was merged into its branch are in scope there', async () => {
    const task = await executed();
    await task.merge('wanda', (await task.pull('limiter')).number);
    const { head } = await task.pull('store');
    expect(await checked(stage.github, task, head, SCOPE)).toMatchObject({
      conclusion: 'success',
      title: 'store: 2 files, all in the plan',
    });
  });

  it.concurrent('the plan check fails while a new plan is made, and succeeds again once one is approved that keeps it', async () => {
    const task = await executed([STORE]);
    const { head } = await task.pull('store');
    const more = aComponent('metrics');
    task.plannerDoes(lookingAndSubmitting(aPlan([STORE, more], { title: task.plan.title })));
    task.executorDoes('metrics', [
      { calls: [{ name: 'create_file', input: { path: 'src/metrics.js', content: contentOf('metrics', 'src/metrics.js') } }] },
      { calls: [{ name: 'finish', input: { summary: 'Counted.' } }] },
    ]);
    await task.comment('wanda', '/replan and count');
    const red = await awaited(task, head, PLAN, 'failure');
    expect(red.title).toContain('no longer approved');
    await task.statusIs('review', 2);
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    const blob = /blob=([0-9a-f]+)/.exec((await task.pull('store')).body)?.[1] as string;
    const green = await checked(stage.github, task, head, PLAN, (check) => check.title.includes(blob.slice(0, 12)));
    expect(green.conclusion).toBe('success');
    expect((await task.pull('store')).head).toBe(head);
  });
});

describe("on everybody else's pull requests", () => {
  const ALL = `${PLAINLY}checks: { all_pull_requests: true }\n`;
  const words = (text: string) => ({ 'README.md': `# ${text}\n` });

  it.concurrent('nothing is said, unless the settings ask for it; then both succeed at each head, also on those that were open', async () => {
    const task = await anIssue(stage, { components: [STORE] });
    const before = await openPull(stage.github, task, { by: 'wanda', branch: 'before', files: words('Before') });
    await task.label('wanda', 'plan');
    await task.statusIs('review');
    expect(await seen(task, before.head, SCOPE)).toEqual([]);
    await push(stage.github, task, { by: 'olga', branch: 'main', files: { '.github/planwright.yml': ALL } });
    for (const name of [PLAN, SCOPE])
      expect(await checked(stage.github, task, before.head, name)).toMatchObject({
        conclusion: 'success',
        title: 'Not a Planwright pull request',
      });
    const after = await openPull(stage.github, task, { by: 'wanda', branch: 'after', files: words('After') });
    const pushed = await push(stage.github, task, { by: 'wanda', branch: 'after', files: words('Afterwards') });
    for (const ref of [after.head, pushed])
      for (const name of [PLAN, SCOPE])
        expect(await checked(stage.github, task, ref, name)).toMatchObject({ conclusion: 'success' });
    // The bot's own is what its task says of it.
    expect(await seen(task, (await task.pull('plan')).head, SCOPE)).toMatchObject([{ title: 'Only PLAN.md' }]);
  });

  it.concurrent('run again by a person, there is another run of what was reported, also once the settings ask for none', async () => {
    const task = await anIssue(stage, { components: [STORE], settings: ALL });
    const SETTINGS = 'planwright / settings';
    const changed = { '.github/planwright.yml': PLAINLY };
    const other = await openPull(stage.github, task, { by: 'wanda', branch: 'quiet', files: changed });
    const at = { owner: task.repository.owner, repo: task.repository.name, ref: other.head, filter: 'all' } as const;
    const count = async (name: string) =>
      (await stage.github.as('wanda').rest.checks.listForRef({ ...at, check_name: name })).data.check_runs.length;
    const thereAre = async (runs: number) => {
      for (const name of [PLAN, SCOPE, SETTINGS]) {
        await stage.github.until(`${runs} runs of ${name}`, async () => (await count(name)) === runs);
        expect((await checked(stage.github, task, other.head, name)).conclusion).toBe('success');
      }
    };
    await thereAre(1);
    await rerun(task, other.head, SETTINGS);
    await thereAre(2);
    // The default branch has the same file now, and asks for no checks on others any more.
    await push(stage.github, task, { by: 'olga', branch: 'main', files: changed });
    await stage.github.idle();
    await rerun(task, other.head, SCOPE);
    await thereAre(3);
  });

  it.concurrent('nobody gets a component past its checks by another pull request with the same head, or from its branch', async () => {
    const task = await aPlannedIssue(stage, { components: [STORE], settings: ALL });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const { branch } = await task.pull('store');
    // First as somebody's own, green; then the same commit as the component's head.
    const own = await openPull(stage.github, task, { by: 'wanda', branch: 'aside', files: words('Aside') });
    const parent = (await task.pull('store')).head;
    const { rest } = stage.github.as('wanda');
    const at = { owner: task.repository.owner, repo: task.repository.name };
    await rest.git.updateRef({ ...at, ref: 'heads/aside', sha: parent, force: true });
    const head = await push(stage.github, task, { by: 'wanda', branch: 'aside', files: words('Not in the plan') });
    await checked(stage.github, task, head, SCOPE, (check) => check.conclusion === 'success');
    await rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha: head });
    await checked(stage.github, task, head, SCOPE, (check) => check.title === 'store: 1 file is outside the plan');
    // And the other way around: what was found out about a commit stays.
    await rest.pulls.update({ ...at, pull_number: own.number, state: 'closed' });
    await rest.pulls.update({ ...at, pull_number: own.number, state: 'open' });
    await task.settled();
    expect((await seen(task, head, SCOPE))[0]).toMatchObject({ conclusion: 'failure' });

    await rest.git.createRef({ ...at, ref: 'refs/heads/planwright/issue-99/store', sha: own.head });
    const last = await push(stage.github, task, { by: 'wanda', branch: 'planwright/issue-99/store', files: words('Reserved') });
    await rest.pulls.create({ ...at, title: 'As if', head: 'planwright/issue-99/store', base: 'main' });
    for (const name of [PLAN, SCOPE])
      expect(await checked(stage.github, task, last, name)).toMatchObject({
        conclusion: 'failure',
        title: 'From a Planwright branch, but not opened by Planwright',
      });
  });
});
