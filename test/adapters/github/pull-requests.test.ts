import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { page, type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const HERE = { id: 1 };
const FORK = { id: 2 };
const BOT = { login: 'planwright[bot]', type: 'Bot' };
const BRANCH = 'planwright/issue-1/plan';
const LIST = 'GET /repos/acme/rocket/pulls';
const CREATE = 'POST /repos/acme/rocket/pulls';
const NEW = { head: BRANCH, base: 'main', title: 'Plan', body: 'text', draft: true };

const pull = (number: number, more: object = {}) => ({
  number,
  title: `Pull ${number}`,
  body: null,
  state: 'open',
  draft: false,
  merged_at: null,
  merge_commit_sha: 'trial',
  user: BOT,
  head: { ref: BRANCH, sha: 'abc', repo: HERE },
  base: { ref: 'main', repo: HERE },
  html_url: `https://example/${number}`,
  ...more,
});
const refused = (...errors: object[]) => ({ status: 422, body: { message: 'Validation Failed', errors } });

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('pull requests from a branch', () => {
  test("are this repository's own: never a fork's, nor those of a listing GitHub did not narrow", async () => {
    github.on(
      LIST,
      page([
        [pull(9), pull(8, { head: { ref: BRANCH, sha: 'abc', repo: FORK } })],
        [pull(7, { head: { ref: BRANCH, sha: 'abc', repo: null } }), pull(6, { head: { ref: 'other', sha: 'abc', repo: HERE } })],
        [pull(5, { state: 'closed' })],
      ]),
    );
    expect((await github.rocket.pullRequestsFrom(BRANCH)).map((pr) => pr.number)).toEqual([9, 5]);
    expect(github.sent(LIST)[0]?.query).toMatchObject({ head: `acme:${BRANCH}`, state: 'all' });
  });

  test('say who merged, which the listing leaves out', async () => {
    const merged = { state: 'closed', merged_at: '2026-11-23T12:00:00Z', merge_commit_sha: 'def' };
    github.on(LIST, page([[pull(9, merged)]]));
    github.on('GET /repos/acme/rocket/pulls/9', { body: pull(9, { ...merged, merged_by: { login: 'ada', type: 'User' } }) });
    expect(await github.rocket.pullRequestsFrom(BRANCH)).toMatchObject([
      { merged: true, mergedBy: { login: 'ada', bot: false }, mergeCommit: 'def' },
    ]);
  });
});

test('an open pull request has no merge commit, though GitHub names its trial merge', async () => {
  github.on('GET /repos/acme/rocket/pulls/3', { body: pull(3) });
  expect(await github.rocket.pullRequest(3)).toMatchObject({ merged: false, mergeCommit: null, mine: true, body: '' });
});

test("a deleted account's pull request is the ghost's; a person named like the bot is not the bot", async () => {
  github.on('GET /repos/acme/rocket/pulls/3', { body: pull(3, { user: null }) });
  github.on('GET /repos/acme/rocket/pulls/4', { body: pull(4, { user: { ...BOT, type: 'User' } }) });
  expect(await github.rocket.pullRequest(3)).toMatchObject({ mine: false, author: { login: 'ghost', bot: false } });
  expect(await github.rocket.pullRequest(4)).toMatchObject({ mine: false });
  expect(github.sent('GET /app')).toHaveLength(1);
});

describe('opening a pull request', () => {
  test('finds the one that is there already', async () => {
    github.on(CREATE, refused({ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists.' }));
    github.on(LIST, page([[pull(9)]]));
    expect(await github.rocket.createPullRequest(NEW)).toMatchObject({ ok: true, value: { number: 9 } });
  });

  test('finds the one whose answer was lost, and does not ask for a second', async () => {
    github.on(CREATE, { status: 502 });
    github.on(LIST, page([[pull(9)]]));
    expect(await github.rocket.createPullRequest(NEW)).toMatchObject({ ok: true, value: { number: 9 } });
    expect(github.sent(CREATE)).toHaveLength(1);
  });

  test('fails when the answer was lost and nothing is there', async () => {
    github.on(CREATE, 'hang up');
    github.on(LIST, page([[]]));
    await expect(github.rocket.createPullRequest(NEW)).rejects.toMatchObject({ name: 'ForgeError', status: null });
    expect(github.sent(CREATE)).toHaveLength(1);
  });

  test('is refused with the reason people can fix, and not tried again as something else', async () => {
    github.on(CREATE, refused({ resource: 'PullRequest', code: 'custom', message: 'No commits between main and it' }));
    github.on(LIST, page([[]]));
    const outcome = await github.rocket.createPullRequest(NEW);
    expect(outcome).toEqual({ ok: false, reason: 'Validation Failed: No commits between main and it' });
    expect(github.sent(CREATE)).toHaveLength(1);
  });

  test('does without the draft where the plan has none', async () => {
    const noDrafts = { status: 422, body: { message: 'Draft pull requests are not supported in this repository.' } };
    github.on(CREATE, noDrafts, { status: 201, body: pull(9) });
    github.on(LIST, page([[]]));
    expect(await github.rocket.createPullRequest(NEW)).toMatchObject({ ok: true, value: { number: 9, draft: false } });
    expect(github.sent(CREATE).map(({ body }) => body.draft)).toEqual([true, false]);
  });

  test('never sends more text than GitHub takes', async () => {
    github.on(CREATE, { status: 201, body: pull(9) });
    await github.rocket.createPullRequest({ ...NEW, body: `<!-- marker -->\n${'x'.repeat(70_000)}` });
    const sent = github.sent(CREATE)[0]?.body.body as string;
    expect(sent).toHaveLength(65_536);
    expect(sent.startsWith('<!-- marker -->\n')).toBe(true);
    expect(sent.endsWith('*(cut here: GitHub takes no more)*')).toBe(true);
  });
});

test('pull requests of ours are those among the issues by our bot, as the listing has them', async () => {
  const mine = { pull_request: {}, user: BOT };
  const theirs = { pull_request: {}, user: { login: 'eve', type: 'User' } };
  github.on(
    'GET /repos/acme/rocket/issues',
    page([
      [
        { number: 1, user: BOT },
        { number: 2, ...mine, body: 'Text.' },
      ],
      [
        { number: 3, ...theirs },
        { number: 4, ...mine },
      ],
    ]),
  );
  expect(await github.rocket.ownPulls()).toEqual([
    { number: 2, body: 'Text.' },
    { number: 4, body: '' },
  ]);
});
