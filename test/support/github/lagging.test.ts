import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

const AT = { owner: 'ada', repo: 'engine' };

describe('a GitHub whose read replicas are behind', () => {
  let github: LocalGitHub;
  let app: Octokit;
  beforeEach(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ ...AT, name: 'engine', files: { 'a.md': 'a' } });
    app = await appClient(github, 'ada');
    github.lag({ reads: 2 });
  });
  afterEach(() => github.close());

  const anIssue = async () => (await github.as('ada').issues.create({ ...AT, title: 'Cache results' })).data.number;
  const statusOf = (read: Promise<{ status: number }>) =>
    read.then(({ status }) => status).catch((error) => error.status as number);

  it('does not know an issue for the first reads, while people see it', async () => {
    const issue_number = await anIssue();
    const read = () => statusOf(app.issues.get({ ...AT, issue_number }));
    expect((await github.as('ada').issues.get({ ...AT, issue_number })).status).toBe(200);
    expect([await read(), await read(), await read()]).toEqual([404, 404, 200]);
  });

  it('shows what is known as it was before, and then as it is', async () => {
    const issue_number = await anIssue();
    github.lag(null);
    github.lag({ reads: 1 });
    const title = async () => (await app.issues.get({ ...AT, issue_number })).data.title;
    expect(await title()).toBe('Cache results');
    await github.as('ada').issues.update({ ...AT, issue_number, title: 'Cache all' });
    expect([await title(), await title()]).toEqual(['Cache results', 'Cache all']);
  });

  it('leaves out of a list what was made since', async () => {
    const issue_number = await anIssue();
    await github.as('ada').issues.createComment({ ...AT, issue_number, body: '/plan' });
    const bodies = async () => (await app.issues.listComments({ ...AT, issue_number })).data.map(({ body }) => body);
    expect([await bodies(), await bodies(), await bodies()]).toEqual([[], [], ['/plan']]);
  });

  it('refuses a branch on a commit, and a label on a pull request, that it cannot see yet', async () => {
    const base = (await app.git.getRef({ ...AT, ref: 'heads/main' })).data.object.sha;
    const { tree } = (await app.git.getCommit({ ...AT, commit_sha: base })).data;
    const changed = await app.git.createTree({
      ...AT,
      base_tree: tree.sha,
      tree: [{ path: 'b.md', mode: '100644', type: 'blob', content: 'b' }],
    });
    const { sha } = (await app.git.createCommit({ ...AT, message: 'b', tree: changed.data.sha, parents: [base] })).data;
    const branch = () => statusOf(app.git.createRef({ ...AT, ref: 'refs/heads/b', sha }));
    expect([await branch(), await branch()]).toEqual([422, 201]);
    const { number } = (await app.pulls.create({ ...AT, head: 'b', base: 'main', title: 'b' })).data;
    const label = () => statusOf(app.issues.addLabels({ ...AT, issue_number: number, labels: ['planwright'] }));
    expect([await label(), await label()]).toEqual([422, 200]);
  });

  it('refuses, where it is to be behind anywhere, the first write to any comment and branch that was just made', async () => {
    github.lag({ reads: 0, anywhere: true });
    const issue_number = await anIssue();
    const { id: comment_id } = (await github.as('ada').issues.createComment({ ...AT, issue_number, body: '/plan' })).data;
    const react = () => statusOf(app.reactions.createForIssueComment({ ...AT, comment_id, content: 'eyes' }));
    expect([await react(), await react()]).toEqual([404, 201]);
    const { sha } = (await app.git.getRef({ ...AT, ref: 'heads/main' })).data.object;
    await app.git.createRef({ ...AT, ref: 'refs/heads/e', sha });
    const move = () => statusOf(app.git.updateRef({ ...AT, ref: 'heads/e', sha }));
    expect([await move(), await move()]).toEqual([422, 200]);
  });

  it('shows an approving review late', async () => {
    await github.as('ada').repos.createOrUpdateFileContents({
      ...AT,
      path: 'c.md',
      message: 'c',
      content: 'Yw==',
      branch: 'main',
    });
    const { number } = await aPull();
    const reviews = async () => (await app.pulls.listReviews({ ...AT, pull_number: number })).data.length;
    await github.as('mary').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' });
    expect([await reviews(), await reviews(), await reviews()]).toEqual([0, 0, 1]);
  });

  async function aPull(): Promise<{ number: number }> {
    github.addUser('mary');
    const ada = github.as('ada');
    const { sha } = (await ada.git.getRef({ ...AT, ref: 'heads/main' })).data.object;
    await ada.git.createRef({ ...AT, ref: 'refs/heads/d', sha });
    await ada.repos.createOrUpdateFileContents({ ...AT, path: 'd.md', message: 'd', content: 'ZA==', branch: 'd' });
    return (await ada.pulls.create({ ...AT, head: 'd', base: 'main', title: 'd' })).data;
  }
});
