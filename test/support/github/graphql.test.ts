import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('GraphQL', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;
  let bot: Octokit;
  let pull: { number: number; node_id: string };

  beforeAll(async () => {
    github = await startLocalGitHub();
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
      tree: [{ path: 'a.ts', mode: '100644', type: 'blob', content: 'a\nb\n' }],
    });
    const commit = await bot.git.createCommit({ ...repo, message: 'a', tree: tree.data.sha, parents: [added.head] });
    await bot.git.createRef({ ...repo, ref: 'refs/heads/a', sha: commit.data.sha });
    pull = (await bot.pulls.create({ ...repo, title: 'A', head: 'a', base: 'main', draft: true })).data;
  });
  afterAll(() => github.close());

  const THREADS = `
    query Threads($owner: String!, $repo: String!, $number: Int!, $after: String) {
      repository(owner: $owner, name: $repo) {
        pullRequest(number: $number) {
          isDraft
          reviewThreads(first: 1, after: $after) { # one a page, so that paging is used
            pageInfo { hasNextPage endCursor }
            nodes { id isResolved path line resolvedBy { login } comments(first: 50) { nodes { ...said } } }
          }
        }
      }
    }
    fragment said on PullRequestReviewComment { databaseId body author { login ... on Bot { id } } }`;

  interface Page {
    repository: {
      pullRequest: {
        isDraft: boolean;
        reviewThreads: {
          pageInfo: { hasNextPage: boolean; endCursor: string | null };
          nodes: {
            id: string;
            isResolved: boolean;
            path: string;
            line: number;
            comments: { nodes: { body: string; author: { login: string } }[] };
          }[];
        };
      };
    };
  }
  const threads = async () => {
    const found: Page['repository']['pullRequest']['reviewThreads']['nodes'] = [];
    for (let after: string | null = null; ; ) {
      const answer: Page = await bot.graphql<Page>(THREADS, { ...repo, number: pull.number, after });
      const { pageInfo, nodes } = answer.repository.pullRequest.reviewThreads;
      found.push(...nodes);
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  };

  it('reads review threads and resolves them', async () => {
    const { data: head } = await bot.git.getRef({ ...repo, ref: 'heads/a' });
    const where = { ...repo, pull_number: pull.number, commit_id: head.object.sha, path: 'a.ts' };
    const first = await github.as('mary').pulls.createReviewComment({ ...where, line: 1, body: 'Why?' });
    await github.as('mary').pulls.createReviewComment({ ...where, line: 2, body: 'And this?' });
    await bot.pulls.createReplyForReviewComment({
      ...repo,
      pull_number: pull.number,
      comment_id: first.data.id,
      body: 'Because.',
    });
    const [one, two] = await threads();
    expect(one).toMatchObject({
      isResolved: false,
      path: 'a.ts',
      line: 1,
      comments: {
        nodes: [
          { body: 'Why?', author: { login: 'mary' } },
          { body: 'Because.', author: { login: 'planwright' } },
        ],
      },
    });
    await bot.graphql('mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }', {
      id: one?.id,
    });
    expect((await threads()).map(({ id, isResolved }) => [id, isResolved])).toEqual([
      [one?.id, true],
      [two?.id, false],
    ]);
    const denied = github
      .as('visitor')
      .graphql('mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { id } } }', { id: two?.id });
    await expect(denied).rejects.toMatchObject({ errors: [{ type: 'FORBIDDEN' }] });
  });

  it('makes a draft ready, and a draft again', async () => {
    const mutate = (name: string) =>
      bot.graphql(`mutation($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`, {
        id: pull.node_id,
      });
    expect(await mutate('markPullRequestReadyForReview')).toEqual({
      markPullRequestReadyForReview: { pullRequest: { isDraft: false } },
    });
    expect((await bot.pulls.get({ ...repo, pull_number: pull.number })).data).toMatchObject({
      draft: false,
      mergeable_state: 'clean',
    });
    await mutate('convertPullRequestToDraft');
    await github.idle();
    expect(github.deliveries.slice(-2).map(({ event, action }) => `${event}.${action}`)).toEqual([
      'pull_request.ready_for_review',
      'pull_request.converted_to_draft',
    ]);
  });

  it('tells who edited an issue, and from what', async () => {
    const issue = await github.as('visitor').issues.create({ ...repo, title: 'T', body: 'first' });
    const HISTORY =
      'query($n: Int!) { repository(owner: "ada", name: "engine") { issue(number: $n) { editor { login } userContentEdits(first: 10) { nodes { diff editor { login } } } } } }';
    const read = () => bot.graphql(HISTORY, { n: issue.data.number });
    expect(await read()).toMatchObject({ repository: { issue: { editor: null, userContentEdits: { nodes: [] } } } });
    await github.as('mary').issues.update({ ...repo, issue_number: issue.data.number, body: 'second' });
    expect(await read()).toMatchObject({
      repository: {
        issue: {
          editor: { login: 'mary' },
          userContentEdits: {
            nodes: [
              { diff: 'second', editor: { login: 'mary' } },
              { diff: 'first', editor: { login: 'visitor' } },
            ],
          },
        },
      },
    });
  });

  it('refuses what it does not know', async () => {
    await expect(bot.graphql('{ repository(owner: "ada", name: "engine") { stars } }')).rejects.toThrow(
      /Field 'stars' doesn't exist on type 'Repository'/,
    );
    await expect(bot.graphql('{ repository(owner: "ada", name: "none") { id } }')).rejects.toMatchObject({
      errors: [{ type: 'NOT_FOUND', path: ['repository'] }],
    });
    await expect(bot.graphql('{ repository(')).rejects.toThrow(/Parse error/);
  });
});
