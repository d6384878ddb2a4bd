import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('checks and statuses', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;
  let bot: Octokit;
  let ci: Octokit;
  let sha: string;

  beforeAll(async () => {
    github = await startLocalGitHub();
    ({ head: sha } = await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': 'hi\n' } }));
    bot = await appClient(github, 'ada');
    ci = github.as('github-actions[bot]');
  });
  afterAll(() => github.close());

  it('belong to the App that made them, and only that App may change them', async () => {
    const output = {
      title: 'Sound',
      summary: 'All is well',
      annotations: [{ path: 'README.md', start_line: 1, end_line: 1, annotation_level: 'notice' as const, message: 'Hi' }],
    };
    const own = await bot.checks.create({ ...repo, name: 'planwright / plan', head_sha: sha, status: 'in_progress' });
    expect(own.data).toMatchObject({ app: { id: github.app.id, slug: 'planwright' }, status: 'in_progress', conclusion: null });
    const done = await bot.checks.update({ ...repo, check_run_id: own.data.id, conclusion: 'success', output });
    expect(done.data).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      output: { title: 'Sound', annotations_count: 1 },
    });
    expect(done.data.completed_at).not.toBeNull();
    await expect(ci.checks.update({ ...repo, check_run_id: own.data.id, conclusion: 'failure' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(github.as('ada').checks.create({ ...repo, name: 'mine', head_sha: sha })).rejects.toMatchObject({ status: 403 });
    expect((await bot.checks.listAnnotations({ ...repo, check_run_id: own.data.id })).data).toMatchObject([{ message: 'Hi' }]);
  });

  it('of other Apps are told and listed; the latest by name and App', async () => {
    const first = await ci.checks.create({ ...repo, name: 'test', head_sha: sha, status: 'queued' });
    await ci.checks.update({ ...repo, check_run_id: first.data.id, conclusion: 'failure' });
    const second = await ci.checks.create({ ...repo, name: 'test', head_sha: sha, conclusion: 'success' });
    const listed = await bot.checks.listForRef({ ...repo, ref: 'main', check_name: 'test' });
    expect(listed.data).toMatchObject({ total_count: 1, check_runs: [{ id: second.data.id, app: { slug: 'github-actions' } }] });
    expect((await bot.checks.listForRef({ ...repo, ref: sha, check_name: 'test', filter: 'all' })).data.total_count).toBe(2);
    expect((await bot.checks.listForRef({ ...repo, ref: sha })).data.total_count).toBe(2);
    await github.idle();
    const told = github.deliveries.filter(({ event }) => event.startsWith('check_')).slice(-6);
    expect(told.map(({ event, action }) => `${event}.${action}`)).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
    ]);
    expect(told.at(-1)?.payload).toMatchObject({
      check_suite: { head_sha: sha, head_branch: 'main', conclusion: 'failure', app: { slug: 'github-actions' } },
    });
  });

  it('refuse what GitHub refuses', async () => {
    await expect(bot.checks.create({ ...repo, name: 'x', head_sha: '1'.repeat(40) })).rejects.toMatchObject({ status: 422 });
    const annotation = { path: 'README.md', start_line: 1, end_line: 1, annotation_level: 'notice' as const, message: 'x' };
    const many = { title: 't', summary: 's', annotations: Array.from({ length: 51 }, () => annotation) };
    await expect(
      bot.checks.create({ ...repo, name: 'x', head_sha: sha, conclusion: 'success', output: many }),
    ).rejects.toMatchObject({ status: 422 });
    const long = { title: 't', summary: 'x'.repeat(65_536) };
    await expect(
      bot.checks.create({ ...repo, name: 'x', head_sha: sha, conclusion: 'success', output: long }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it('statuses combine by context', async () => {
    const set = (state: 'pending' | 'success' | 'failure', context: string) =>
      github.as('ada').repos.createCommitStatus({ ...repo, sha, state, context });
    expect((await bot.repos.getCombinedStatusForRef({ ...repo, ref: sha })).data).toMatchObject({
      state: 'pending',
      total_count: 0,
    });
    await set('pending', 'build');
    await set('success', 'build');
    await set('success', 'lint');
    expect((await bot.repos.getCombinedStatusForRef({ ...repo, ref: 'main' })).data).toMatchObject({
      state: 'success',
      total_count: 2,
      sha,
    });
    await set('failure', 'lint');
    expect((await bot.repos.getCombinedStatusForRef({ ...repo, ref: sha })).data.state).toBe('failure');
    expect((await bot.repos.listCommitStatusesForRef({ ...repo, ref: sha })).data).toHaveLength(4);
    await expect(bot.repos.createCommitStatus({ ...repo, sha, state: 'success' })).rejects.toMatchObject({ status: 403 }); // statuses: read
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({
      event: 'status',
      payload: { sha, state: 'failure', context: 'lint', branches: [{ name: 'main' }], sender: { login: 'ada' } },
    });
  });
});
