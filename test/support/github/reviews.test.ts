import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { APP_EVENTS } from './accounts.ts';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('reviews', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;
  let bot: Octokit;
  let head: string;
  let where: { owner: string; repo: string; pull_number: number };

  beforeAll(async () => {
    github = await startLocalGitHub({ events: [...APP_EVENTS, 'pull_request_review_comment'] });
    const added = await github.addRepository({
      owner: 'ada',
      name: 'engine',
      files: { 'README.md': 'hi\n' },
      collaborators: { mary: 'write' },
    });
    github.addUser('visitor');
    bot = await appClient(github, 'ada');
    const tree = await bot.git.createTree({
      ...repo,
      base_tree: added.head,
      tree: [{ path: 'PLAN.md', mode: '100644', type: 'blob', content: '# Plan\n\nStep\n' }],
    });
    head = (await bot.git.createCommit({ ...repo, message: 'Plan', tree: tree.data.sha, parents: [added.head] })).data.sha;
    await bot.git.createRef({ ...repo, ref: 'refs/heads/plan', sha: head });
    const pull = await bot.pulls.create({ ...repo, title: 'Plan', head: 'plan', base: 'main' });
    where = { ...repo, pull_number: pull.data.number };
  });
  afterAll(() => github.close());

  const last = () => github.deliveries.at(-1);

  it('stand at the head they were given for, and the webhook is in lower case', async () => {
    const review = await github.as('mary').pulls.createReview({ ...where, event: 'APPROVE', body: 'Fine' });
    expect(review.data).toMatchObject({ state: 'APPROVED', commit_id: head, user: { login: 'mary' } });
    await github.idle();
    expect(last()).toMatchObject({
      event: 'pull_request_review',
      action: 'submitted',
      payload: { review: { state: 'approved', commit_id: head }, sender: { login: 'mary' } },
    });
    expect(last()?.payload.pull_request).not.toHaveProperty('mergeable');
    await github.as('mary').pulls.dismissReview({ ...where, review_id: review.data.id, message: 'Changed my mind' });
    expect((await bot.pulls.listReviews(where)).data).toMatchObject([{ state: 'DISMISSED', body: 'Fine' }]);
    await github.idle();
    expect(last()).toMatchObject({ action: 'dismissed', payload: { review: { state: 'dismissed' } } });
  });

  it('bring line comments with them, each an event of its own', async () => {
    const review = await github.as('visitor').pulls.createReview({
      ...where,
      event: 'REQUEST_CHANGES',
      body: 'Look',
      comments: [{ path: 'PLAN.md', line: 3, side: 'RIGHT', body: 'Which step?' }],
    });
    await github.idle();
    expect(last()).toMatchObject({
      event: 'pull_request_review_comment',
      action: 'created',
      payload: { comment: { path: 'PLAN.md', line: 3, pull_request_review_id: review.data.id } },
    });
    const { data } = await bot.pulls.listCommentsForReview({ ...where, review_id: review.data.id });
    expect(data).toMatchObject([{ body: 'Which step?', diff_hunk: '@@ -0,0 +1,3 @@\n+# Plan\n+\n+Step' }]);
  });

  it('take single comments and replies to them', async () => {
    const comment = await github
      .as('mary')
      .pulls.createReviewComment({ ...where, commit_id: head, path: 'PLAN.md', line: 1, body: 'Title?' });
    expect(comment.data).toMatchObject({ line: 1, original_line: 1, side: 'RIGHT', commit_id: head });
    expect(comment.data.pull_request_review_id).toBeGreaterThan(0);
    const answer = await bot.pulls.createReplyForReviewComment({ ...where, comment_id: comment.data.id, body: 'Changed' });
    expect(answer.data).toMatchObject({
      in_reply_to_id: comment.data.id,
      user: { login: 'planwright[bot]' },
      path: 'PLAN.md',
      line: 1,
    });
  });

  it("are refused on lines that are not in the diff, on one's own pull request, and without words", async () => {
    const comment = (path: string, line: number) =>
      github.as('mary').pulls.createReviewComment({ ...where, commit_id: head, path, line, body: 'x' });
    await expect(comment('README.md', 1)).rejects.toMatchObject({ status: 422 });
    await expect(comment('PLAN.md', 9)).rejects.toMatchObject({ status: 422 });
    await expect(bot.pulls.createReview({ ...where, event: 'APPROVE' })).rejects.toMatchObject({ status: 422 });
    await expect(github.as('mary').pulls.createReview({ ...where, event: 'COMMENT' })).rejects.toMatchObject({ status: 422 });
  });

  it('can wait, pending, and be submitted later', async () => {
    const before = github.deliveries.length;
    const pending = await github
      .as('mary')
      .pulls.createReview({ ...where, comments: [{ path: 'PLAN.md', line: 1, body: 'Draft' }] });
    expect(pending.data.state).toBe('PENDING');
    await github.idle();
    expect(github.deliveries).toHaveLength(before);
    await github.as('mary').pulls.submitReview({ ...where, review_id: pending.data.id, event: 'COMMENT', body: 'Now' });
    await github.idle();
    expect(github.deliveries.slice(before).map(({ event }) => event)).toEqual([
      'pull_request_review',
      'pull_request_review_comment',
    ]);
  });
});
