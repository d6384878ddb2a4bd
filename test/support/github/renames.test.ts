import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appClient } from './app-client.ts';
import { lineAfter } from './comment-positions.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('a renamed repository', () => {
  let github: LocalGitHub;
  beforeAll(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': 'hi\n' } });
    await github.as('ada').repos.update({ owner: 'ada', repo: 'engine', name: 'motor' });
  });
  afterAll(() => github.close());

  it('says so, and redirects from its old name', async () => {
    await github.idle();
    const last = github.deliveries.at(-1);
    expect(last).toMatchObject({
      event: 'repository',
      action: 'renamed',
      payload: { changes: { repository: { name: { from: 'engine' } } }, repository: { name: 'motor' } },
    });
    const { data } = await github.as('ada').repos.getContent({ owner: 'ada', repo: 'engine', path: 'README.md' });
    expect(data).toMatchObject({ path: 'README.md', url: expect.stringContaining('/repos/ada/motor/') });
    expect(execFileSync('git', ['-C', github.gitDir('ada/motor'), 'show', 'main:README.md'], { encoding: 'utf8' })).toBe('hi\n');
  });

  it('takes issues from templates with their labels, whoever opens them', async () => {
    github.addUser('visitor');
    const number = await github.openFromTemplate('visitor', 'ada/motor', { title: 'Bug', labels: ['plan'] });
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({
      event: 'issues',
      action: 'labeled',
      payload: { issue: { number }, sender: { login: 'visitor' } },
    });
  });
});

describe('an archived repository', () => {
  const AT = { owner: 'ada', repo: 'engine' };
  const READ_ONLY = { status: 403, message: expect.stringContaining('Repository was archived so is read-only.') };
  let github: LocalGitHub;
  beforeAll(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': 'hi\n' } });
  });
  afterAll(() => github.close());

  it('is read, and nobody writes to it until it is unarchived', async () => {
    const bot = await appClient(github, 'ada');
    const ada = github.as('ada');
    const { number: issue_number } = (await ada.issues.create({ ...AT, title: 'Faster' })).data;
    await ada.repos.update({ ...AT, archived: true });
    for (const who of [bot, ada]) {
      await expect(who.issues.createLabel({ ...AT, name: 'plan' })).rejects.toMatchObject(READ_ONLY);
      await expect(who.issues.createComment({ ...AT, issue_number, body: 'hi' })).rejects.toMatchObject(READ_ONLY);
    }
    expect((await bot.issues.listForRepo(AT)).data).toHaveLength(1);
    expect((await bot.apps.listReposAccessibleToInstallation()).data.repositories).toMatchObject([{ archived: true }]);
    await expect(bot.repos.update({ ...AT, archived: false })).rejects.toMatchObject({ status: 403 });
    await ada.repos.update({ ...AT, archived: false });
    await bot.issues.createLabel({ ...AT, name: 'plan' });
    await github.idle();
    const told = github.deliveries.filter(({ event }) => event === 'repository').map(({ action }) => action);
    expect(told).toEqual(['created', 'archived', 'unarchived']);
  });
});

describe('the line of a comment after a change', () => {
  const diff = ['@@ -2,0 +3,2 @@', '+x', '+y', '@@ -5 +7 @@', '-old', '+new', '@@ -8,2 +9,0 @@', '-a', '-b'].join('\n');
  it.each([
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 6],
    [5, null],
    [6, 8],
    [8, null],
    [9, null],
    [10, 10],
  ])('%s -> %s', (before, after) => {
    expect(lineAfter(diff, before)).toBe(after);
  });
});
