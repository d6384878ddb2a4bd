import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('what a pull request is handed over with', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;
  let bot: Octokit;
  let pull: { pull_number: number };
  let sha: string;

  beforeAll(async () => {
    github = await startLocalGitHub();
    ({ head: sha } = await github.addRepository({
      owner: 'ada',
      name: 'engine',
      files: { 'a.ts': 'a\n' },
      collaborators: { mary: 'write' },
    }));
    github.addUser('visitor');
    bot = await appClient(github, 'ada');
    const { data: commit } = await bot.git.getCommit({ ...repo, commit_sha: sha });
    const made = await bot.git.createTree({
      ...repo,
      base_tree: commit.tree.sha,
      tree: [{ path: 'b.ts', mode: '100644', type: 'blob', content: 'b\n' }],
    });
    const { data: next } = await bot.git.createCommit({ ...repo, message: 'b', tree: made.data.sha, parents: [sha] });
    await bot.git.createRef({ ...repo, ref: 'refs/heads/b', sha: next.sha });
    pull = { pull_number: (await bot.pulls.create({ ...repo, title: 'B', head: 'b', base: 'main' })).data.number };
  });
  afterAll(() => github.close());

  const asked = async () => (await bot.pulls.listRequestedReviewers({ ...repo, ...pull })).data.users.map((user) => user.login);

  it('people who may read it are asked for a review, once, until they have given one', async () => {
    const answer = await bot.pulls.requestReviewers({ ...repo, ...pull, reviewers: ['mary'] });
    expect(answer.status).toBe(201);
    expect(answer.data.requested_reviewers?.map((user) => 'login' in user && user.login)).toEqual(['mary']);
    await bot.pulls.requestReviewers({ ...repo, ...pull, reviewers: ['mary'] });
    await github.idle();
    const told = github.deliveries.filter(({ action }) => action === 'review_requested');
    expect(told.map(({ payload }) => payload)).toMatchObject(
      [{ requested_reviewer: { login: 'mary' }, pull_request: { number: 2 } }].map((p) => ({
        ...p,
        pull_request: { number: pull.pull_number },
      })),
    );
    expect(await asked()).toEqual(['mary']);
    await github.as('mary').pulls.createReview({ ...repo, ...pull, event: 'APPROVE' });
    expect(await asked()).toEqual([]);
  });

  it.each(['visitor', 'nobody', 'planwright[bot]'])('%s cannot be asked', async (login) => {
    await expect(bot.pulls.requestReviewers({ ...repo, ...pull, reviewers: [login] })).rejects.toMatchObject({ status: 422 });
    await expect(github.as('visitor').pulls.requestReviewers({ ...repo, ...pull, reviewers: ['mary'] })).rejects.toMatchObject({
      status: 403,
    });
  });

  it("a job's log is a text at another address, which refuses tokens", async () => {
    const { data: run } = await github
      .as('github-actions[bot]')
      .checks.create({ ...repo, name: 'test', head_sha: sha, conclusion: 'failure' });
    await expect(bot.actions.downloadJobLogsForWorkflowRun({ ...repo, job_id: run.id })).rejects.toMatchObject({ status: 404 });
    github.setJobLog(run.id, 'not ok 1');
    const log = await bot.actions.downloadJobLogsForWorkflowRun({ ...repo, job_id: run.id });
    expect(log.data).toBe('not ok 1');
    expect(new URL(log.url).hostname).toBe('localhost');
    expect((await fetch(log.url, { headers: { authorization: `token ${github.tokenOf('ada')}` } })).status).toBe(400);
    expect((await fetch(`${github.url}/repos/ada/engine/actions/jobs/${run.id}/logs`, { redirect: 'manual' })).status).toBe(403);
  });
});
