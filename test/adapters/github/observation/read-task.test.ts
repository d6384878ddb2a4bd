import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProbot } from '../../../../src/adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../../../../src/adapters/github/forge.ts';
import type { Forge, RepositoryForge } from '../../../../src/ports/forge/forge.ts';
import { type LocalGitHub, startLocalGitHub } from '../../../support/github/local-github.ts';
import { stoppedClock } from '../stopped-clock.ts';

const AT = { owner: 'ada', repo: 'engine' };
const SETTINGS = ['.github/planwright.yml', '.github/planwright.yaml', 'PLAN-link.md', 'logo.png'];
const COMPONENTS = ['store', 'limiter', 'gone'];
const branchOf = (part: string) => `planwright/issue-1/${part}`;

let github: LocalGitHub;
let forge: Forge;
let engine: RepositoryForge;
/** By branch. */
const heads = new Map<string, string>();
const numbers = new Map<string, number>();

beforeAll(async () => {
  // Numbers as large as GitHub's, which GraphQL's Int cannot hold.
  github = await startLocalGitHub({ highIds: true });
  const files = {
    'README.md': 'Engine\n',
    '.github/planwright.yml': 'version: 1\n# ä\n',
    'PLAN-link.md': { mode: '120000', content: 'README.md' },
    'logo.png': { mode: '100644', content: '\u0000\u0001' },
  } as const;
  const { head } = await github.addRepository({
    owner: 'ada',
    name: 'engine',
    private: true,
    files,
    collaborators: { mary: 'write' },
  });
  const { id, privateKey, webhookSecret } = github.app;
  const apiUrl = `${github.url}/api/v3`;
  const clock = stoppedClock(Date.now());
  const probot = await createProbot({ appId: id, privateKey, webhookSecret, apiUrl, logLevel: 'fatal', paced: false }, clock);
  forge = createGitHubForge(probot, github.url, clock);
  for await (const ref of forge.repositories()) engine = forge.repository(ref);

  const ada = github.as('ada');
  await ada.issues.create({ ...AT, title: 'Faster', body: 'Please\r\nnow', labels: ['plan', 'bug'] });
  await ada.issues.createComment({ ...AT, issue_number: 1, body: '/plan' });
  await engine.createComment(1, '<!-- planwright:status issue=1 -->');
  const { tree } = await engine.commit(head);
  for (const part of ['plan', ...COMPONENTS]) {
    const changed = await engine.createTree(tree, [{ path: `${part}.md`, mode: '100644', content: { text: part } }]);
    const commit = await engine.createCommit({ message: part, tree: changed, parents: [head] });
    await engine.createBranch(branchOf(part), commit);
    const base = part === 'limiter' ? branchOf('store') : 'main';
    const pull = await engine.createPullRequest({
      head: branchOf(part),
      base,
      title: part,
      body: `of ${part}`,
      draft: part === 'limiter',
    });
    if (!pull.ok) throw new Error(pull.reason);
    heads.set(part, commit);
    numbers.set(part, pull.value.number);
  }
  // Merged by a person, and its branch deleted.
  await github.as('mary').pulls.merge({ ...AT, pull_number: numbers.get('gone') as number, merge_method: 'squash' });
  await ada.git.deleteRef({ ...AT, ref: `heads/${branchOf('gone')}` });
  const ci = github.as('github-actions[bot]');
  const at = { ...AT, head_sha: heads.get('store') as string };
  const run = { ...at, name: 'build', status: 'completed' as const };
  for (const conclusion of ['failure', 'success'] as const) await ci.checks.create({ ...run, conclusion });
  await ci.checks.create({ ...run, conclusion: 'failure', headers: { 'x-local-github-workflow': 'nightly' } });
  await ci.checks.create({ ...at, name: 'slow', status: 'in_progress' });
  const status = { ...AT, sha: at.head_sha, context: 'ci/old', target_url: 'https://ci.example/1' };
  for (const state of ['pending', 'error'] as const)
    await ci.repos.createCommitStatus({ ...status, state, description: `It is ${state}` });
  const report = {
    name: 'planwright / plan',
    externalId: 'plan:x',
    conclusion: 'success',
    title: 'Fine',
    summary: 'All',
    annotations: [],
  } as const;
  await engine.reportCheck(at.head_sha, report);
});
afterAll(() => github.close());

const observing = (files: readonly string[] = SETTINGS) => engine.observing({ issue: 1, files, maxAgeMs: null });

/** Everything that an observation reads of a task, but for what approves. */
async function everythingIn(repo: RepositoryForge) {
  const of = <T>(parts: readonly string[], read: (part: string) => Promise<T>) => Promise.all(parts.map(read));
  return {
    issue: await repo.issue(1),
    comments: await repo.comments(1),
    files: await of(SETTINGS, (path) => repo.entry(path, null)),
    ofOwner: await of(SETTINGS.slice(0, 2), (path) => repo.ofOwner().entry(path, null)),
    base: await repo.defaultBranch(),
    heads: await of(['main', ...['plan', ...COMPONENTS, 'never'].map(branchOf)], (branch) => repo.branchHead(branch)),
    pulls: await of(['plan', ...COMPONENTS, 'never'], (part) => repo.pullRequestsFrom(branchOf(part))),
    numbered: await of(COMPONENTS, (part) => repo.pullRequest(numbers.get(part) as number)),
    others: await of(['store', 'limiter'], (part) => repo.foreignChecks(heads.get(part) as string)),
    own: await of(['store', 'limiter'], (part) => repo.ownChecks(heads.get(part) as string)),
  };
}

const requestsSince = (start: number) =>
  github.requests.slice(start).map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);

test('a task is told in one query as REST tells it', async () => {
  const byRest = await everythingIn(engine);
  expect(byRest.own[0]).toHaveLength(1);
  expect(byRest.others[0]).toHaveLength(4);
  expect(byRest.pulls.map((pulls) => pulls.length)).toEqual([1, 1, 1, 1, 0]);
  expect(await everythingIn(observing())).toEqual(byRest);
});

test('what it once had to read besides, the next query asks for', async () => {
  await everythingIn(observing());
  const start = github.requests.length;
  await everythingIn(observing());
  // A link and what is no text are REST's to show.
  expect(requestsSince(start)).toEqual([
    'POST /graphql',
    'GET /repos/ada/engine/contents/PLAN-link.md',
    'GET /repos/ada/engine/contents/logo.png',
  ]);
});

test('a question is asked once, and what is young enough not at all', async () => {
  const start = github.requests.length;
  const once = observing([]);
  for (let i = 0; i < 2; i++) await once.reviews(numbers.get('plan') as number);
  await engine.observing({ issue: 1, files: [], maxAgeMs: 1_000 }).issue(1);
  expect(requestsSince(start)).toEqual(['POST /graphql', `GET /repos/ada/engine/pulls/${numbers.get('plan')}/reviews`]);
});

describe('REST tells', () => {
  test('who has merged a plan, because that approves', async () => {
    await github.as('ada').issues.create({ ...AT, title: 'Another' });
    const branch = 'planwright/issue-6/plan';
    await engine.createBranch(branch, heads.get('plan') as string);
    const pull = await engine.createPullRequest({ head: branch, base: 'main', title: 'Plan', body: '', draft: false });
    await github.as('mary').pulls.merge({ ...AT, pull_number: pull.ok ? pull.value.number : 0 });
    const start = github.requests.length;
    const [plan] = await engine.observing({ issue: 6, files: [], maxAgeMs: null }).pullRequestsFrom(branch);
    expect(plan).toMatchObject({ merged: true, mergedBy: { login: 'mary' } });
    expect(requestsSince(start)).toHaveLength(3);
  });

  test('of a conversation that is longer than a page', async () => {
    const issue_number = (await github.as('ada').issues.create({ ...AT, title: 'Long' })).data.number;
    for (let i = 0; i < 101; i++) await github.as('ada').issues.createComment({ ...AT, issue_number, body: `${i}` });
    expect(await engine.observing({ issue: issue_number, files: [], maxAgeMs: null }).comments(issue_number)).toHaveLength(101);
  });

  test('that an issue is not there, or is a pull request', async () => {
    const read = (issue: number) => engine.observing({ issue, files: [], maxAgeMs: null }).issue(issue);
    expect(await read(999)).toBeNull();
    expect(await read(numbers.get('store') as number)).toMatchObject({ isPullRequest: true });
  });
});
