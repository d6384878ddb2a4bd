import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const ISSUE = { number: 1, title: 'T', body: '', user: null, state: 'open', labels: [] };

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
  github.on('GET /repos/acme/rocket/issues/1', { body: { ...ISSUE, repository_url: `${github.url}/repos/acme/rocket` } });
});
afterEach(() => github.close());

const observing = () => github.rocket.observing({ issue: 1, files: [], maxAgeMs: null });

/** The answer to the query, as far as these tests look at it. */
const told = (more: object = {}): Answer => ({
  body: {
    data: {
      repository: {
        nameWithOwner: 'acme/rocket',
        defaultBranchRef: null,
        issueOrPullRequest: null,
        refs: { pageInfo: { hasNextPage: false }, nodes: [] },
        ...more,
      },
    },
  },
});

const pageOf = (...nodes: readonly unknown[]) => ({ pageInfo: { hasNextPage: false }, nodes });
const ISSUE_NODE = {
  ...{
    __typename: 'Issue',
    number: 1,
    title: 'From the query',
    body: '',
    state: 'OPEN',
    closedAt: null,
    locked: false,
    author: null,
  },
  ...{ labels: pageOf(), timelineItems: { nodes: [] }, comments: pageOf() },
};
const refNode = ({
  associatedPullRequests = pageOf(),
  checkSuites = pageOf(),
}: {
  associatedPullRequests?: object;
  checkSuites?: object;
}) => ({
  ...{ prefix: 'refs/heads/', name: 'planwright/issue-1/store', associatedPullRequests },
  target: { oid: 'abc', status: null, checkSuites },
});

describe('a query that GitHub does not answer is made up for by REST', () => {
  test.each<[string, Answer]>([
    [
      'a field that an Enterprise Server does not know',
      { body: { errors: [{ message: "Field 'x' doesn't exist on type 'Y'" }] } },
    ],
    [
      'too much to tell in time',
      { body: { data: null, errors: [{ message: 'Something went wrong while executing your query' }] } },
    ],
    ['a limit of its own', { body: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] } }],
    [
      'no permission for a part of it',
      { body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] } },
    ],
    ['an outage', { status: 502, body: '<html></html>' }],
    [
      'a repository that is not there',
      { body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', message: 'Could not resolve' }] } },
    ],
    ['a repository that has another name by now', told({ nameWithOwner: 'acme/missile' })],
    ['a branch that cannot be shown', told({ refs: { pageInfo: { hasNextPage: false }, nodes: [null] } })],
    ['a comment that cannot be shown', told({ issueOrPullRequest: { ...ISSUE_NODE, comments: pageOf(null) } })],
    ['a label that cannot be shown', told({ issueOrPullRequest: { ...ISSUE_NODE, labels: pageOf(null) } })],
    ['a pull request that cannot be shown', told({ refs: pageOf(refNode({ associatedPullRequests: pageOf(null) })) })],
    ['a check suite that cannot be shown', told({ refs: pageOf(refNode({ checkSuites: pageOf(null) })) })],
    ['a check run that cannot be shown', told({ refs: pageOf(refNode({ checkSuites: pageOf({ checkRuns: pageOf(null) }) })) })],
  ])('%s', async (_, answer) => {
    github.on('POST /graphql', answer);
    expect(await observing().issue(1)).toMatchObject({ number: 1, title: 'T' });
  });

  test('but not where it asks for fewer requests', async () => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    github.on('POST /graphql', { status: 403, body: { message } });
    await expect(observing().issue(1)).rejects.toMatchObject({ reason: 'secondary_limit' });
    expect(github.calls()).toEqual(['POST /graphql']);
  });
});

describe('pages that end too early are read by REST', () => {
  const ref = (more: object) => ({
    prefix: 'refs/heads/',
    name: 'planwright/issue-1/store',
    target: { oid: 'abc', status: null, checkSuites: { pageInfo: { hasNextPage: false }, nodes: [] } },
    associatedPullRequests: { pageInfo: { hasNextPage: false }, nodes: [] },
    ...more,
  });
  const refs = (more: object, hasNextPage = false) => told({ refs: { pageInfo: { hasNextPage }, nodes: [ref(more)] } });
  const suite = (more: object) => ({
    id: 'S',
    app: { databaseId: 1, slug: 'ci' },
    checkRuns: { pageInfo: { hasNextPage: false }, nodes: [], ...more },
  });
  const runs = 'GET /repos/acme/rocket/commits/abc/check-runs';

  test.each<[string, object]>([
    ['check suites', { pageInfo: { hasNextPage: true }, nodes: [suite({})] }],
    ['check runs', { pageInfo: { hasNextPage: false }, nodes: [suite({ pageInfo: { hasNextPage: true } })] }],
    [
      'a check run without a number',
      { pageInfo: { hasNextPage: false }, nodes: [suite({ nodes: [{ resourcePath: '/acme/rocket/runs/x' }] })] },
    ],
  ])('%s', async (_, checkSuites) => {
    github.on('POST /graphql', refs({ target: { oid: 'abc', status: null, checkSuites } }));
    github.on(runs, { body: { total_count: 0, check_runs: [] } });
    expect(await observing().ownChecks('abc')).toEqual([]);
    expect(github.sent(runs)).toHaveLength(1);
  });

  test('branches: one that is not listed may be there all the same', async () => {
    const head = 'GET /repos/acme/rocket/git/ref/heads/planwright/issue-1/limiter';
    github.on(head, { body: { object: { sha: 'def' } } });
    github.on('POST /graphql', refs({}), refs({}, true));
    expect(await observing().branchHead('planwright/issue-1/limiter')).toBeNull();
    expect(await observing().branchHead('planwright/issue-1/limiter')).toBe('def');
  });

  test('pull requests of one branch', async () => {
    const listed = 'GET /repos/acme/rocket/pulls';
    github.on(listed, { body: [] });
    github.on('POST /graphql', refs({ associatedPullRequests: { pageInfo: { hasNextPage: true }, nodes: [] } }));
    await observing().pullRequestsFrom('planwright/issue-1/store');
    expect(github.sent(listed)).toHaveLength(1);
  });

  test('a reference is known wherever GitHub cuts its name', async () => {
    github.on('POST /graphql', refs({ prefix: 'refs/heads/planwright/issue-1/', name: 'store' }));
    expect(await observing().branchHead('planwright/issue-1/store')).toBe('abc');
  });
});

test('a query looks for branches under the prefix that the task was read under last, or else the last one of the repository', async () => {
  github.on('POST /graphql', told());
  github.on('GET /repos/acme/rocket/pulls', { body: [] });
  const of = (issue: number) => github.rocket.observing({ issue, files: [], maxAgeMs: null });
  const first = of(1);
  await first.pullRequestsFrom('bot/issue-1/plan');
  expect(await first.branchHead('planwright/issue-1/plan')).toBeNull();
  await of(1).branchHead('bot/issue-1/plan');
  await of(2).branchHead('bot/issue-2/plan');
  // A branch of another task tells nothing about this one.
  await of(2).pullRequestsFrom('other/issue-1/plan');
  await of(2).branchHead('bot/issue-2/plan');
  const asked = github.sent('POST /graphql').map(({ body }) => (body as { variables: { refs: string } }).variables.refs);
  expect(asked).toEqual([
    'refs/heads/planwright/issue-1/',
    'refs/heads/bot/issue-1/',
    'refs/heads/bot/issue-2/',
    'refs/heads/bot/issue-2/',
    'refs/heads/bot/issue-2/',
  ]);
});
