// Issues, comments, labels and reactions: who may do what, and what each of it looks like.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('people', () => {
  const repo = { owner: 'acme', repo: 'engine' };
  let github: LocalGitHub;
  let bot: Octokit;

  beforeAll(async () => {
    github = await startLocalGitHub();
    github.addOrganization('acme', ['olga']);
    const collaborators = { mary: 'maintain', walt: 'write', tess: 'triage', rita: 'read' } as const;
    await github.addRepository({
      owner: 'acme',
      name: 'engine',
      files: { 'README.md': 'hi\n' },
      collaborators,
      labels: ['plan'],
    });
    await github.addRepository({ owner: 'acme', name: 'secret', private: true, files: { 'README.md': 'hi\n' } });
    github.addUser('visitor');
    bot = await appClient(github, 'acme');
  });
  afterAll(() => github.close());

  const open = async (login: string, more: { body?: string; labels?: string[] } = {}) =>
    (await github.as(login).issues.create({ ...repo, title: 'Title', ...more })).data;

  it.each([
    ['olga', 'admin', 'admin'],
    ['mary', 'write', 'maintain'],
    ['walt', 'write', 'write'],
    ['tess', 'read', 'triage'],
    ['rita', 'read', 'read'],
    ['visitor', 'read', 'read'],
  ])('%s has permission %s, role %s', async (username, permission, role) => {
    const { data } = await bot.repos.getCollaboratorPermissionLevel({ ...repo, username });
    expect(data).toMatchObject({ permission, role_name: role, user: { login: username } });
  });

  it('who are unknown, or no part of a private repository, have no permission', async () => {
    await expect(bot.repos.getCollaboratorPermissionLevel({ ...repo, username: 'nobody' })).rejects.toMatchObject({
      status: 404,
    });
    const hidden = await bot.repos.getCollaboratorPermissionLevel({ owner: 'acme', repo: 'secret', username: 'visitor' });
    expect(hidden.data.permission).toBe('none');
    await expect(github.as('visitor').repos.get({ owner: 'acme', repo: 'secret' })).rejects.toMatchObject({ status: 404 });
  });

  it('may label from triage on; labels others put on a new issue are silently dropped', async () => {
    const issue = await open('visitor', { labels: ['plan'] });
    expect(issue.labels).toEqual([]);
    const label = (login: string) => github.as(login).issues.addLabels({ ...repo, issue_number: issue.number, labels: ['PLAN'] });
    await expect(label('visitor')).rejects.toMatchObject({ status: 403 });
    expect((await label('tess')).data).toMatchObject([{ name: 'plan' }]);
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({
      event: 'issues',
      action: 'labeled',
      payload: { sender: { login: 'tess' }, label: { name: 'plan' }, organization: { login: 'acme' } },
    });
  });

  it('create a label once, whatever the case', async () => {
    const { errors } = await bot.issues.createLabel({ ...repo, name: 'Plan' }).catch((error) => error.response.data);
    expect(errors).toEqual([{ resource: 'Label', code: 'already_exists', field: 'name' }]);
    expect((await bot.issues.createLabel({ ...repo, name: 'planwright', color: '5319e7' })).status).toBe(201);
    await expect(bot.issues.removeLabel({ ...repo, issue_number: 1, name: 'planwright' })).rejects.toMatchObject({ status: 404 });
  });

  it('edit their own comments and not those of others; the bot is seen to be one', async () => {
    const issue = await open('visitor');
    const where = { ...repo, issue_number: issue.number };
    const own = await github.as('visitor').issues.createComment({ ...where, body: '/plan please ✨ $& <!-- x -->' });
    const byBot = await bot.issues.createComment({ ...where, body: '<!-- planwright:status issue=1 -->' });
    expect(byBot.data).toMatchObject({
      user: { login: 'planwright[bot]', type: 'Bot' },
      performed_via_github_app: { id: github.app.id, slug: 'planwright' },
    });
    expect(own.data).toMatchObject({
      user: { type: 'User' },
      performed_via_github_app: null,
      body: '/plan please ✨ $& <!-- x -->',
    });
    const edit = (login: string, id: number) =>
      github.as(login).issues.updateComment({ ...repo, comment_id: id, body: 'edited' });
    await expect(edit('visitor', byBot.data.id)).rejects.toMatchObject({ status: 403 });
    await edit('visitor', own.data.id);
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({
      event: 'issue_comment',
      action: 'edited',
      payload: { changes: { body: { from: '/plan please ✨ $& <!-- x -->' } }, comment: { body: 'edited' } },
    });
    await github.as('walt').issues.deleteComment({ ...repo, comment_id: own.data.id });
    expect((await bot.issues.listComments(where)).data.map(({ id }) => id)).toEqual([byBot.data.id]);
    await github.idle();
    expect(github.deliveries.at(-1)).toMatchObject({
      event: 'issue_comment',
      action: 'deleted',
      payload: { sender: { login: 'walt' } },
    });
  });

  it('cannot write more than GitHub takes', async () => {
    await expect(open('visitor', { body: 'x'.repeat(65_537) })).rejects.toMatchObject({ status: 422 });
    const issue = await open('visitor', { body: 'x'.repeat(65_536) });
    await expect(
      bot.issues.createComment({ ...repo, issue_number: issue.number, body: 'x'.repeat(65_537) }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(bot.issues.update({ ...repo, issue_number: issue.number, body: 'x'.repeat(65_537) })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('and bots react once with each reaction', async () => {
    const issue = await open('visitor');
    const where = { ...repo, issue_number: issue.number };
    const eyes = await bot.reactions.createForIssue({ ...where, content: 'eyes' });
    expect(eyes).toMatchObject({ status: 201, data: { content: 'eyes', user: { login: 'planwright[bot]' } } });
    expect((await bot.reactions.createForIssue({ ...where, content: 'eyes' })).status).toBe(200);
    expect((await bot.issues.get(where)).data.reactions).toMatchObject({ eyes: 1, total_count: 1 });
    const comment = await github.as('visitor').issues.createComment({ ...where, body: 'hm' });
    await bot.reactions.createForIssueComment({ ...repo, comment_id: comment.data.id, content: 'rocket' });
    expect((await bot.reactions.listForIssueComment({ ...repo, comment_id: comment.data.id })).data).toMatchObject([
      { content: 'rocket' },
    ]);
    await bot.reactions.deleteForIssue({ ...where, reaction_id: eyes.data.id });
    expect((await bot.reactions.listForIssue(where)).data).toEqual([]);
    await expect(bot.reactions.createForIssueComment({ ...repo, comment_id: 999_999, content: 'eyes' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('find pull requests among the issues, as on GitHub', async () => {
    const { data: main } = await bot.git.getRef({ ...repo, ref: 'heads/main' });
    const tree = await bot.git.createTree({
      ...repo,
      base_tree: main.object.sha,
      tree: [{ path: 'x', mode: '100644', type: 'blob', content: 'x' }],
    });
    const commit = await bot.git.createCommit({ ...repo, message: 'x', tree: tree.data.sha, parents: [main.object.sha] });
    await bot.git.createRef({ ...repo, ref: 'refs/heads/topic', sha: commit.data.sha });
    const pull = await bot.pulls.create({ ...repo, title: 'Listed', head: 'topic', base: 'main' });
    await bot.issues.addLabels({ ...repo, issue_number: pull.data.number, labels: ['planwright'] });
    const listed = await bot.issues.listForRepo({ ...repo, labels: 'planwright' });
    expect(listed.data).toMatchObject([
      { number: pull.data.number, pull_request: { merged_at: null }, performed_via_github_app: { slug: 'planwright' } },
    ]);
    const comment = await bot.issues.createComment({ ...repo, issue_number: pull.data.number, body: 'on a pull request' });
    expect(comment.data.html_url).toContain(`/pull/${pull.data.number}#issuecomment-`);
    await github.idle();
    expect(github.deliveries.at(-1)?.payload).toMatchObject({
      issue: { number: pull.data.number, pull_request: { url: expect.stringContaining('/pulls/') } },
    });
    const paged = await bot.paginate(bot.issues.listForRepo, { ...repo, state: 'all', per_page: 2 });
    expect(new Set(paged.map(({ number }) => number)).size).toBe(pull.data.number);
  });
});
