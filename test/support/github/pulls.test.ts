import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('pull requests', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;
  let nextBranch = 0;

  beforeAll(async () => {
    github = await startLocalGitHub({ events: ['push', 'create', 'delete', 'pull_request', 'issues'] });
    const files = { 'README.md': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n', 'src/a.ts': 'a\n' };
    await github.addRepository({ owner: 'ada', name: 'engine', files, collaborators: { mary: 'write' } });
    github.addUser('visitor');
  });
  afterAll(() => github.close());

  const ada = () => github.as('ada');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', github.gitDir('ada/engine'), ...args], { encoding: 'utf8' }).trim();
  const tip = async (branch: string) => (await ada().git.getRef({ ...repo, ref: `heads/${branch}` })).data.object.sha;
  const told = (event: string) => github.deliveries.filter((delivery) => delivery.event === event);

  async function commitOn(branch: string, path: string, content: string | null, message = `Change ${path}`): Promise<string> {
    const parent = await tip(branch);
    const change = content === null ? { path, sha: null, mode: '100644' as const } : { path, content, mode: '100644' as const };
    const tree = await ada().git.createTree({ ...repo, base_tree: parent, tree: [change] });
    const commit = await ada().git.createCommit({ ...repo, message, tree: tree.data.sha, parents: [parent] });
    await ada().git.updateRef({ ...repo, ref: `heads/${branch}`, sha: commit.data.sha });
    return commit.data.sha;
  }

  async function branchFrom(base: string, path: string, content: string): Promise<string> {
    nextBranch += 1;
    const branch = `topic/${nextBranch}`;
    await ada().git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha: await tip(base) });
    await commitOn(branch, path, content);
    return branch;
  }

  const open = async (head: string, base = 'main', more: { body?: string; draft?: boolean } = {}) =>
    (await ada().pulls.create({ ...repo, title: `Merge ${head}`, head, base, ...more })).data;

  it('follow their head, and say so', async () => {
    const branch = await branchFrom('main', 'follow.txt', 'one\n');
    const pull = await open(branch);
    expect(pull).toMatchObject({
      mergeable: true,
      changed_files: 1,
      additions: 1,
      deletions: 0,
      commits: 1,
      head: { ref: branch },
    });
    const before = pull.head.sha;
    const after = await commitOn(branch, 'follow.txt', 'one\ntwo\n');
    await github.idle();
    const synchronized = told('pull_request').find(
      ({ action, payload }) => action === 'synchronize' && payload.number === pull.number,
    );
    expect(synchronized?.payload).toMatchObject({
      before,
      after,
      pull_request: { head: { sha: after }, mergeable: null },
      sender: { login: 'ada' },
    });
    expect(told('push').at(-1)?.payload).toMatchObject({
      ref: `refs/heads/${branch}`,
      before,
      after,
      commits: [{ id: after, modified: ['follow.txt'] }],
    });
    const now = await ada().pulls.get({ ...repo, pull_number: pull.number });
    expect(now.data).toMatchObject({ additions: 2, commits: 2, head: { sha: after } });
    const files = await ada().pulls.listFiles({ ...repo, pull_number: pull.number });
    expect(files.data).toMatchObject([
      { filename: 'follow.txt', status: 'added', additions: 2, patch: '@@ -0,0 +1,2 @@\n+one\n+two' },
    ]);
  });

  it.each(['merge', 'squash', 'rebase'] as const)('are merged by %s with a real three-way merge', async (method) => {
    const branch = await branchFrom('main', 'README.md', `${method}\ntwo\nthree\nfour\nfive\nsix\nseven\n`);
    await commitOn(branch, `${method}.txt`, 'second\n', `Second of ${method}`);
    const base = await commitOn('main', 'src/b.ts', `main moved on before ${method}\n`);
    const issue = await ada().issues.create({ ...repo, title: 'To be fixed' });
    const pull = await open(branch, 'main', { body: `Fixes #${issue.data.number}` });
    const merged = await github.as('mary').pulls.merge({ ...repo, pull_number: pull.number, merge_method: method });
    expect(await tip('main')).toBe(merged.data.sha);
    expect(git('show', 'main:README.md').startsWith(`${method}\n`)).toBe(true);
    expect(git('show', 'main:src/b.ts')).toBe(`main moved on before ${method}`);
    expect(git('show', `main:${method}.txt`)).toBe('second');
    const parents = git('rev-list', '--parents', '-1', 'main').split(' ').slice(1);
    expect(parents).toEqual({ merge: [base, pull.head.sha], squash: [base], rebase: [git('rev-parse', 'main^')] }[method]);
    const subjects = git('log', '--format=%s', '--first-parent', `${base}..main`).split('\n');
    expect(subjects).toEqual(
      {
        merge: [`Merge pull request #${pull.number} from ada/${branch}`],
        squash: [`Merge ${branch} (#${pull.number})`],
        rebase: ['Second of rebase', 'Change README.md'],
      }[method],
    );
    const now = (await ada().pulls.get({ ...repo, pull_number: pull.number })).data;
    expect(now).toMatchObject({ state: 'closed', merged: true, merged_by: { login: 'mary' }, merge_commit_sha: merged.data.sha });
    expect((await ada().issues.get({ ...repo, issue_number: issue.data.number })).data).toMatchObject({
      state: 'closed',
      state_reason: 'completed',
    });
    await github.idle();
    const closed = told('pull_request').find(({ action, payload }) => action === 'closed' && payload.number === pull.number);
    expect(closed?.payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: 'mary' } },
      sender: { login: 'mary' },
    });
    expect(told('push').find(({ payload }) => payload.after === merged.data.sha)?.payload).toMatchObject({
      ref: 'refs/heads/main',
      before: base,
    });
    expect(told('issues').at(-1)?.payload).toMatchObject({ action: 'closed', issue: { number: issue.data.number } });
  });

  it('that conflict cannot be merged', async () => {
    const branch = await branchFrom('main', 'src/a.ts', 'theirs\n');
    const pull = await open(branch);
    await commitOn('main', 'src/a.ts', 'ours\n');
    expect((await ada().pulls.get({ ...repo, pull_number: pull.number })).data).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
    });
    await expect(ada().pulls.merge({ ...repo, pull_number: pull.number })).rejects.toMatchObject({ status: 405 });
    await expect(ada().pulls.merge({ ...repo, pull_number: pull.number, sha: '0'.repeat(40) })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('that are drafts cannot be merged, and PATCH does not make them ready', async () => {
    const pull = await open(await branchFrom('main', 'draft.txt', 'x\n'), 'main', { draft: true });
    await ada().pulls.update({ ...repo, pull_number: pull.number, ...{ draft: false } });
    expect((await ada().pulls.get({ ...repo, pull_number: pull.number })).data.draft).toBe(true);
    await expect(ada().pulls.merge({ ...repo, pull_number: pull.number })).rejects.toMatchObject({ status: 405 });
  });

  it('on a merged branch that is deleted move to its base; on an unmerged one they are closed', async () => {
    const parent = await branchFrom('main', 'parent.txt', 'p\n');
    const child = await branchFrom(parent, 'child.txt', 'c\n');
    const grandchild = await branchFrom(child, 'grandchild.txt', 'g\n');
    const [below, above, top] = [await open(parent), await open(child, parent), await open(grandchild, child)];
    await ada().pulls.merge({ ...repo, pull_number: below.number, merge_method: 'squash' });
    await ada().git.deleteRef({ ...repo, ref: `heads/${parent}` });
    expect((await ada().pulls.get({ ...repo, pull_number: above.number })).data).toMatchObject({
      state: 'open',
      base: { ref: 'main' },
    });
    await ada().git.deleteRef({ ...repo, ref: `heads/${child}` });
    for (const { number } of [above, top])
      expect((await ada().pulls.get({ ...repo, pull_number: number })).data).toMatchObject({ state: 'closed', merged: false });
    await github.idle();
    expect(told('delete').map(({ payload }) => payload.ref)).toEqual([parent, child]);
    const edited = told('pull_request').find(({ action, payload }) => action === 'edited' && payload.number === above.number);
    expect(edited?.payload).toMatchObject({
      changes: { base: { ref: { from: parent } } },
      pull_request: { base: { ref: 'main' } },
    });
  });

  it('whose commits reach the base by a push count as merged', async () => {
    const branch = await branchFrom('main', 'pushed.txt', 'x\n');
    const pull = await open(branch);
    await ada().git.updateRef({ ...repo, ref: 'heads/main', sha: pull.head.sha });
    expect((await ada().pulls.get({ ...repo, pull_number: pull.number })).data).toMatchObject({ merged: true, state: 'closed' });
  });

  it('are opened once per head and base, from branches that exist and differ', async () => {
    const branch = await branchFrom('main', 'once.txt', 'x\n');
    const pull = await open(branch);
    await expect(open(branch)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(`A pull request already exists for ada:${branch}.`),
    });
    await expect(open('nowhere')).rejects.toMatchObject({ status: 422 });
    await ada().git.createRef({ ...repo, ref: 'refs/heads/same', sha: await tip('main') });
    await expect(open('same')).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('No commits between main and same'),
    });
    const found = await ada().pulls.list({ ...repo, head: `ada:${branch}`, state: 'all' });
    expect(found.data.map(({ number }) => number)).toEqual([pull.number]);
    expect(found.data[0]).not.toHaveProperty('mergeable');
    expect((await ada().pulls.list({ ...repo, head: branch, state: 'all' })).data.length).toBeGreaterThan(1); // GitHub ignores it without an owner
  });

  it('can be edited, closed and reopened, also as issues', async () => {
    const branch = await branchFrom('main', 'edited.txt', 'x\n');
    const pull = await open(branch, 'main', { body: 'old' });
    await ada().issues.update({ ...repo, issue_number: pull.number, body: 'new', state: 'closed' });
    expect((await ada().pulls.get({ ...repo, pull_number: pull.number })).data).toMatchObject({
      body: 'new',
      state: 'closed',
      merged: false,
    });
    await ada().pulls.update({ ...repo, pull_number: pull.number, state: 'open' });
    expect((await ada().issues.get({ ...repo, issue_number: pull.number })).data).toMatchObject({
      state: 'open',
      body: 'new',
      pull_request: { merged_at: null },
    });
    await github.idle();
    const own = told('pull_request').filter(({ payload }) => payload.number === pull.number);
    expect(own.map(({ action }) => action)).toEqual(['opened', 'edited', 'closed', 'reopened']);
    expect(own[1]?.payload).toMatchObject({ changes: { body: { from: 'old' } } });
    await expect(github.as('visitor').pulls.update({ ...repo, pull_number: pull.number, title: 'Mine' })).rejects.toMatchObject({
      status: 403,
    });
    await ada().git.deleteRef({ ...repo, ref: `heads/${branch}` });
    await expect(ada().pulls.update({ ...repo, pull_number: pull.number, state: 'open' })).rejects.toMatchObject({ status: 422 });
  });

  it("opened by the App are its bot's", async () => {
    const bot = await appClient(github, 'ada');
    const branch = await branchFrom('main', 'bot.txt', 'x\n');
    const pull = await bot.pulls.create({ ...repo, title: 'From the bot', head: branch, base: 'main' });
    expect(pull.data.user).toMatchObject({ login: 'planwright[bot]', type: 'Bot' });
    await bot.issues.addLabels({ ...repo, issue_number: pull.data.number, labels: ['planwright'] });
    await github.idle();
    expect(told('pull_request').at(-1)?.payload).toMatchObject({
      action: 'labeled',
      label: { name: 'planwright' },
      pull_request: { labels: [{ name: 'planwright' }] },
    });
  });
});
