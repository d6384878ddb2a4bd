import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProbot } from '../../../src/adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../../../src/adapters/github/forge.ts';
import type { RepositoryRef } from '../../../src/domain/repository.ts';
import type { Forge, RepositoryForge } from '../../../src/ports/forge/forge.ts';
import type { Issue } from '../../../src/ports/forge/issues.ts';
import { ABUSE_DETECTED, primaryLimit, SECONDARY_LIMIT } from '../../support/github/limits.ts';
import { type LocalGitHub, startLocalGitHub } from '../../support/github/local-github.ts';
import { stoppedClock } from './stopped-clock.ts';

const AT = { owner: 'ada', repo: 'engine' };
const BRANCH = 'planwright/issue-1/plan';

let github: LocalGitHub;
let forge: Forge;
let engine: RepositoryForge;

beforeAll(async () => {
  github = await startLocalGitHub();
  const files = {
    'README.md': 'Engine\n',
    'docs/guide.md': 'Guide\n',
    'PLAN-link.md': { mode: '120000', content: 'README.md' },
  } as const;
  const collaborators = { mary: 'maintain', wim: 'write', tess: 'triage', rob: 'read' } as const;
  await github.addRepository({ owner: 'ada', name: 'engine', private: true, files, collaborators });
  github.addUser('visitor');
  forge = await aForge();
  engine = forge.repository((await repositories()).find(({ name }) => name === 'engine') as RepositoryRef);
});
afterAll(async () => {
  await github.close();
  // Once a test tried what the bot never does, with a token that may not.
  expect(github.objections()).toEqual(['POST /repos/ada/engine/issues: not in the table of endpoints']);
});

/** With limits and a clock of its own. */
async function aForge(): Promise<Forge> {
  const { id, privateKey, webhookSecret } = github.app;
  const clock = stoppedClock(Date.now());
  const apiUrl = `${github.url}/api/v3`;
  const probot = await createProbot({ appId: id, privateKey, webhookSecret, apiUrl, logLevel: 'fatal', paced: false }, clock);
  return createGitHubForge(probot, github.url, clock);
}

const repositories = async () => {
  const found: RepositoryRef[] = [];
  for await (const ref of forge.repositories()) found.push(ref);
  return found;
};
const writesSince = (start: number) =>
  github.requests.slice(start).filter(({ method, path }) => method !== 'GET' && !path.includes('access_tokens'));

/** A commit with one more file on top of another. */
async function commitOn(parent: string, path: string, text: string): Promise<string> {
  const { tree } = await engine.commit(parent);
  const changed = await engine.createTree(tree, [{ path, mode: '100644', content: { text } }]);
  return engine.createCommit({ message: `Write ${path}`, tree: changed, parents: [parent] });
}

describe('an issue', () => {
  let number: number;

  test('opened by a person is read with its labels', async () => {
    const { data } = await github.as('ada').issues.create({ ...AT, title: 'Faster', body: 'Please', labels: ['plan'] });
    number = data.number;
    expect(await engine.issue(number)).toEqual({
      number,
      title: 'Faster',
      body: 'Please',
      author: { id: expect.any(Number), login: 'ada', bot: false },
      state: 'open',
      closedAt: null,
      closedBy: null,
      labels: ['plan'],
      isPullRequest: false,
      locked: false,
    });
    expect(await engine.issue(999)).toBeNull();
    expect((await engine.issuesLabelled('plan')).map((issue) => issue.number)).toEqual([number]);
  });

  test('is commented on, and the bot knows its own comment from a copy of it', async () => {
    const written = await engine.createComment(number, '<!-- planwright:status issue=1 -->\nPlanning');
    await github
      .as('visitor')
      .issues.createComment({ ...AT, issue_number: number, body: written.body })
      .catch(() => {});
    await github.as('wim').issues.createComment({ ...AT, issue_number: number, body: written.body });
    await engine.updateComment(written.id, 'Planned');
    expect(await engine.comments(number)).toMatchObject([
      { id: written.id, mine: true, body: 'Planned', author: { login: 'planwright[bot]', bot: true } },
      { mine: false, author: { login: 'wim', bot: false } },
    ]);
  });

  test('has a comment of the bot that is found without knowing the issue, and only since it was changed', async () => {
    const before = await engine.ownCommentsSince('2020-01-01T00:00:00Z');
    expect(before).toEqual([{ on: number, body: 'Planned' }]);
    expect(await engine.ownCommentsSince('2099-01-01T00:00:00Z')).toEqual([]);
    const later = await github.as('ada').issues.create({ ...AT, title: 'Later' });
    const second = await engine.createComment(later.data.number, 'Planning');
    await engine.updateComment(second.id, 'Planned, too');
    expect((await engine.ownCommentsSince('2020-01-01T00:00:00Z')).map(({ body }) => body)).toEqual(['Planned, too', 'Planned']);
  });

  test('with a long conversation is read to its end', async () => {
    const { data } = await github.as('ada').issues.create({ ...AT, title: 'Long' });
    for (let i = 0; i < 120; i++)
      await github.as('ada').issues.createComment({ ...AT, issue_number: data.number, body: `no ${i}` });
    const comments = await engine.comments(data.number);
    expect(comments.map(({ body }) => body)).toEqual(Array.from({ length: 120 }, (_, i) => `no ${i}`));
  });

  test('gets each reaction once', async () => {
    const [comment] = await engine.comments(number);
    const target = { kind: 'issue_comment', id: comment?.id ?? 0 } as const;
    await engine.react(target, 'eyes');
    await engine.react(target, 'eyes');
    const { data } = await github.as('ada').reactions.listForIssueComment({ ...AT, comment_id: target.id });
    expect(data.map(({ content, user }) => [content, user?.login])).toEqual([['eyes', 'planwright[bot]']]);
  });

  test('gets a label that is made when it is missing', async () => {
    await engine.addLabel(number, 'planwright', { color: '5319e7', description: 'Written by Planwright' });
    await engine.addLabel(number, 'planwright', { color: 'ffffff', description: 'Something else' });
    await engine.ensureLabel('planwright', 'ffffff', 'Something else');
    expect(((await engine.issue(number)) as Issue | null)?.labels).toEqual(expect.arrayContaining(['plan', 'planwright']));
    const { data } = await github.as('ada').issues.getLabel({ ...AT, name: 'planwright' });
    expect(data).toMatchObject({ color: '5319e7', description: 'Written by Planwright' });
  });

  test('is closed as completed', async () => {
    await engine.closeIssue(number);
    const { data } = await github.as('ada').issues.get({ ...AT, issue_number: number });
    expect(data).toMatchObject({ state: 'closed', state_reason: 'completed', closed_by: { login: 'planwright[bot]' } });
  });
});

test.each([
  ['ada', 'admin'],
  ['mary', 'maintain'],
  ['wim', 'write'],
  ['tess', 'triage'],
  ['rob', 'read'],
  ['visitor', 'none'],
  ['nobody', 'none'],
])('%s has the permission %s', async (login, permission) => expect(await engine.permission(login)).toBe(permission));

describe('a plan branch and its pull request', () => {
  let first: string;
  let number: number;

  test('begin at the default branch', async () => {
    const main = await engine.defaultBranch();
    expect(main.name).toBe('main');
    first = await commitOn(main.sha, 'PLAN.md', '# Plan\n');
    expect(await engine.createBranch(BRANCH, first)).toBe('created');
    expect(await engine.createBranch(BRANCH, main.sha)).toBe('exists');
    expect(await engine.branchHead(BRANCH)).toBe(first);
    expect(await engine.branchHead('planwright/issue-1')).toBeNull();
    expect(await engine.commit(first)).toMatchObject({ sha: first, parents: [main.sha], message: 'Write PLAN.md' });
  });

  test('hold files that are read at a branch or commit, but not through links', async () => {
    expect(await engine.file('PLAN.md', BRANCH)).toMatchObject({ text: '# Plan\n' });
    expect(await engine.file('docs/guide.md', first)).toMatchObject({ text: 'Guide\n' });
    expect(await engine.file('PLAN.md', 'main')).toBeNull();
    expect(await engine.file('docs', 'main')).toBeNull();
    expect(await engine.file('PLAN-link.md', 'main')).toBeNull();
  });

  test('take bytes that are not text', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 200]);
    const blob = await engine.createBlob(bytes);
    const { tree } = await engine.commit(first);
    const withLogo = await engine.createTree(tree, [
      { path: 'logo.bin', mode: '100755', content: { blob } },
      { path: 'docs/guide.md', mode: '100644', content: null },
    ]);
    const { data } = await github.as('ada').git.getTree({ ...AT, tree_sha: withLogo, recursive: 'true' });
    expect(data.tree.find(({ path }) => path === 'logo.bin')).toMatchObject({ mode: '100755', sha: blob, size: 5 });
    expect(data.tree.map(({ path }) => path)).not.toContain('docs/guide.md');
  });

  test('are opened once, also when the first answer was lost', async () => {
    const draft = { head: BRANCH, base: 'main', title: 'Plan: Faster (#1)', body: 'The plan', draft: true };
    github.fault({ method: 'POST', path: /\/pulls$/, respond: 'drop-after' });
    const opened = await engine.createPullRequest(draft);
    expect(opened).toMatchObject({
      ok: true,
      value: { headRef: BRANCH, headSha: first, baseRef: 'main', draft: true, mine: true },
    });
    expect(await engine.createPullRequest(draft)).toEqual(opened);
    number = opened.ok ? opened.value.number : 0;
    expect((await engine.pullRequestsFrom(BRANCH)).map((pr) => pr.number)).toEqual([number]);
    expect(await engine.issue(number)).toMatchObject({ isPullRequest: true });
  });

  test('are refused for reasons people can read', async () => {
    await engine.createBranch('planwright/issue-1/empty', (await engine.defaultBranch()).sha);
    const nothing = { head: 'planwright/issue-1/empty', base: 'main', title: 'Nothing', body: '', draft: false };
    expect(await engine.createPullRequest(nothing)).toEqual({
      ok: false,
      reason: expect.stringContaining('No commits between main and planwright/issue-1/empty'),
    });
  });

  test('advance by fast-forward only', async () => {
    const second = await commitOn(first, 'PLAN.md', '# Plan, better\n');
    const rival = await commitOn(first, 'PLAN.md', '# Another plan\n');
    expect(await engine.advanceBranch(BRANCH, second)).toBe('moved');
    expect(await engine.advanceBranch(BRANCH, second)).toBe('moved');
    expect(await engine.advanceBranch(BRANCH, rival)).toBe('rejected');
    expect(await engine.advanceBranch(BRANCH, first)).toBe('rejected');
    expect(await engine.advanceBranch('planwright/issue-1/gone', second)).toBe('rejected');
    expect(await engine.branchHead(BRANCH)).toBe(second);
    github.fault({ method: 'PATCH', path: /\/git\/refs\//, respond: 'drop-after' });
    const third = await commitOn(second, 'PLAN.md', '# Plan, best\n');
    expect(await engine.advanceBranch(BRANCH, third)).toBe('moved');
  });

  test('are found by their author, whatever their labels', async () => {
    await engine.addLabel(number, 'planwright');
    expect((await engine.ownPulls()).map((pr) => pr.number)).toEqual([number]);
    expect((await engine.issuesLabelled('planwright')).map((issue) => issue.number)).not.toContain(number);
    const { body } = (await engine.pullRequest(number)) ?? { body: '' };
    expect(await engine.ownPullsSince('2020-01-01T00:00:00Z')).toEqual({
      open: [{ number, body }],
      closed: [],
    });
  });

  test('are reviewed by people', async () => {
    const head = (await engine.pullRequest(number))?.headSha ?? '';
    await github.as('wim').pulls.createReview({ ...AT, pull_number: number, event: 'REQUEST_CHANGES', body: 'Why?' });
    await github.as('mary').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE', commit_id: head });
    expect(await engine.reviews(number)).toMatchObject([
      { author: { login: 'wim' }, state: 'changes_requested', body: 'Why?', commit: head },
      { author: { login: 'mary' }, state: 'approved', body: '', commit: head },
    ]);
  });

  test('are commented on line by line, in threads that end when they are resolved', async () => {
    const threads = async () =>
      (await engine.reviewThreads(number)).map(({ resolved, outdated, path, line, comments }) => [
        `${path}:${line}${resolved ? ' resolved' : ''}${outdated ? ' outdated' : ''}`,
        ...comments.map(({ author, body, mine }) => `${author.login}${mine ? ', mine' : ''}: ${body}`),
      ]);
    const commit_id = (await engine.pullRequest(number))?.headSha ?? '';
    const on = { ...AT, pull_number: number, commit_id, path: 'PLAN.md', line: 1 };
    const { data: first } = await github.as('wim').pulls.createReviewComment({ ...on, body: 'no 0' });
    for (let i = 1; i < 55; i++) await github.as('wim').pulls.createReviewComment({ ...on, body: `no ${i}` });
    await engine.replyToReviewComment(number, first.id, 'Because.');
    for (let i = 1; i < 105; i++)
      await github
        .as('mary')
        .pulls.createReplyForReviewComment({ ...AT, pull_number: number, comment_id: first.id, body: `re ${i}` });
    // Both pages of threads, and of the comments of one.
    const all = await threads();
    expect(all).toHaveLength(55);
    expect(all[0]?.slice(0, 3)).toEqual(['PLAN.md:1', 'wim: no 0', 'planwright[bot], mine: Because.']);
    expect(all[0]?.at(-1)).toBe('mary: re 104');
    expect(all.at(-1)).toEqual(['PLAN.md:1', 'wim: no 54']);
    expect((await engine.reviewThreads(number))[0]).toMatchObject({ hunk: '@@ -0,0 +1 @@\n+# Plan, best' });
    const ids =
      'query($n: Int!) { repository(owner: "ada", name: "engine") { pullRequest(number: $n) { reviewThreads(first: 1) { nodes { id } } } } }';
    const found: { repository: { pullRequest: { reviewThreads: { nodes: { id: string }[] } } } } = await github
      .as('wim')
      .graphql(ids, { n: number });
    const id = found.repository.pullRequest.reviewThreads.nodes[0]?.id;
    await github
      .as('wim')
      .graphql('mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { id } } }', { id });
    await engine.advanceBranch(BRANCH, await commitOn(commit_id, 'PLAN.md', '# Plan, best of all\n'));
    expect((await threads()).slice(0, 2).map(([place]) => place)).toEqual(['PLAN.md:1 resolved outdated', 'PLAN.md:1 outdated']);
    expect(await engine.reviewThreads(999)).toEqual([]);
    await engine.replyToReviewComment(number, 999_999, 'To nobody.');
  });

  test('give reviews whose own text takes reactions, each once', async () => {
    const { data: review } = await github
      .as('wim')
      .pulls.createReview({ ...AT, pull_number: number, event: 'COMMENT', body: 'Hm' });
    const target = { kind: 'review', id: review.id, node: review.node_id } as const;
    for (const reaction of ['eyes', 'eyes', 'rocket'] as const) await engine.react(target, reaction);
    const asked =
      'query($id: ID!) { node(id: $id) { ... on PullRequestReview { reactions(first: 9) { nodes { content user { login } } } } } }';
    expect(await github.as('wim').graphql(asked, { id: review.node_id })).toMatchObject({
      node: { reactions: { nodes: [{ content: 'EYES', user: { login: 'planwright' } }, { content: 'ROCKET' }] } },
    });
    const gone = engine.react({ kind: 'review', id: 1, node: 'PRR_gone' }, 'eyes');
    await expect(gone).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('are rewritten, and say who merged them', async () => {
    await engine.updatePullRequest(number, { title: 'Plan: Faster still (#1)', body: 'New' });
    expect(await engine.pullRequest(number)).toMatchObject({
      title: 'Plan: Faster still (#1)',
      body: 'New',
      mergedBy: null,
      mergeCommit: null,
    });
    const other = await commitOn((await engine.defaultBranch()).sha, 'other.md', 'other\n');
    await engine.createBranch('planwright/issue-1/plan.2', other);
    const opened = await engine.createPullRequest({
      head: 'planwright/issue-1/plan.2',
      base: 'main',
      title: 'T',
      body: '',
      draft: false,
    });
    const second = opened.ok ? opened.value.number : 0;
    const { data } = await github.as('mary').pulls.merge({ ...AT, pull_number: second, merge_method: 'squash' });
    expect(await engine.pullRequestsFrom('planwright/issue-1/plan.2')).toMatchObject([
      { state: 'closed', merged: true, mergedBy: { login: 'mary', bot: false }, mergeCommit: data.sha },
    ]);
    await engine.updatePullRequest(number, { state: 'closed' });
    expect(await engine.pullRequest(number)).toMatchObject({ state: 'closed', merged: false, mergedBy: null });
    expect(await engine.pullRequest(999)).toBeNull();
  });
});

test('a branch whose creation was answered by nobody is found', async () => {
  const { sha } = await engine.defaultBranch();
  github.fault({ method: 'POST', path: /\/git\/refs$/, respond: 'drop-after' });
  expect(await engine.createBranch('planwright/issue-7/plan', sha)).toBe('exists');
});

describe('a check', () => {
  const NAME = 'planwright / plan';
  const annotations = Array.from({ length: 120 }, (_, i) => ({
    path: 'PLAN.md',
    line: i + 1,
    level: 'failure' as const,
    message: `no ${i}`,
  }));
  const bad = {
    name: NAME,
    externalId: 'plan:abc',
    conclusion: 'failure' as const,
    title: 'Unsound',
    summary: '120 findings',
    annotations,
  };
  const shown = async (run: number) =>
    github
      .as('ada')
      .paginate('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', { ...AT, check_run_id: run, per_page: 100 });

  test('survives a kill between two requests without saying anything twice', async () => {
    const { sha } = await engine.defaultBranch();
    github.fault({ method: 'PATCH', path: /\/check-runs\//, respond: 'drop-after' });
    await expect(engine.reportCheck(sha, bad)).rejects.toMatchObject({ name: 'ForgeError', status: null });
    await engine.reportCheck(sha, bad);
    const runs = await engine.ownChecks(sha);
    expect(runs).toMatchObject([{ name: NAME, externalId: 'plan:abc', status: 'completed', conclusion: 'failure', mine: true }]);
    expect(await shown(runs[0]?.id ?? 0)).toHaveLength(120);
  });

  test('says the same only once, and takes a better verdict in its place', async () => {
    const { sha } = await engine.defaultBranch();
    const before = github.requests.length;
    await engine.reportCheck(sha, bad);
    expect(writesSince(before)).toEqual([]);
    await engine.reportCheck(sha, { ...bad, conclusion: 'success', title: 'Sound', annotations: [] });
    const runs = (await engine.ownChecks(sha)).filter((run) => run.name === NAME);
    expect(runs).toMatchObject([{ status: 'completed', conclusion: 'success', mine: true }]);
    expect(await shown(runs[0]?.id ?? 0)).toEqual([]);
  });

  test("is not confused with another App's of the same name", async () => {
    const { sha } = await engine.defaultBranch();
    await github
      .as('github-actions[bot]')
      .checks.create({ ...AT, head_sha: sha, name: 'planwright / scope', status: 'completed', conclusion: 'success' });
    await engine.reportCheck(sha, { ...bad, name: 'planwright / scope', annotations: [] });
    const own = (await engine.ownChecks(sha)).filter((run) => run.name === 'planwright / scope');
    expect(own).toMatchObject([{ mine: true, conclusion: 'failure' }]);
    expect(await engine.foreignChecks(sha)).toMatchObject([{ name: 'planwright / scope', conclusion: 'success' }]);
  });
});

test.each([
  ['a secondary limit', SECONDARY_LIMIT, 'secondary_limit', 60_000],
  ['abuse detection', ABUSE_DETECTED, 'secondary_limit', 60_000],
  ['an empty quota', primaryLimit(1800), 'primary_limit', 1_790_000],
])('%s is told with the time to come back', async (_, respond, reason, ms) => {
  const fresh = (await aForge()).repository(engine.repository);
  github.fault({ method: 'POST', path: /\/labels$/, by: 'planwright[bot]', respond });
  const error = await fresh.ensureLabel(`label ${ms} ${reason}`, 'fff', '').catch((refused: unknown) => refused);
  expect(error).toMatchObject({ name: 'ForgeError', reason });
  expect((error as { retryAt: number }).retryAt).toBeGreaterThan(Date.now() + ms - 30_000);
});

describe('a git credential', () => {
  const fetchRefs = (url: string, token?: string) =>
    fetch(`${url}/info/refs?service=git-upload-pack`, {
      headers: token ? { authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}` } : {},
    });

  test('reads the one repository and writes nothing', async () => {
    await github.addRepository({ owner: 'ada', name: 'diary', private: true, files: { 'a.md': 'a' } });
    const { url, token } = await forge.gitCredential(engine.repository, false);
    expect((await fetchRefs(url)).status).toBe(401);
    expect((await fetchRefs(url, token)).status).toBe(200);
    expect((await fetchRefs(url.replace('engine', 'diary'), token)).ok).toBe(false);
    const write = await fetch(`${github.url}/repos/ada/engine/issues`, {
      method: 'POST',
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Not allowed' }),
    });
    expect(write.status).toBe(403);
  });
});

test('repositories of all installations are found, those of a suspended one are not', async () => {
  github.addOrganization('acme', ['ada']);
  await github.addRepository({ owner: 'acme', name: 'rocket', files: { 'a.md': 'a' } });
  await github.addRepository({ owner: 'bob', name: 'dotfiles', files: { 'a.md': 'a' } });
  const names = async () => (await repositories()).map(({ owner, name }) => `${owner}/${name}`).sort();
  expect(await names()).toEqual(['acme/rocket', 'ada/diary', 'ada/engine', 'bob/dotfiles']);
  github.suspend('bob', true);
  expect(await names()).toEqual(['acme/rocket', 'ada/diary', 'ada/engine']);
});
