import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ForgeError } from '../../../src/ports/forge/forge-error.ts';
import { APP_ID, page, type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const LIST = 'GET /repos/acme/rocket/issues/1/comments';
const BOT = { login: 'planwright[bot]', type: 'Bot' };
const comment = (id: number, more: object = {}) => ({
  id,
  user: { login: 'ada', type: 'User' },
  body: `comment ${id}`,
  created_at: '2026-11-23T12:00:00Z',
  html_url: `https://example/${id}`,
  performed_via_github_app: null,
  ...more,
});

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('whose comment it is', () => {
  const mine = async (more: object) => {
    github.on(LIST, page([[comment(1, more)]]));
    return (await github.rocket.comments(1))[0]?.mine;
  };

  test("the App's own, by its account", async () => expect(await mine({ user: BOT })).toBe(true));
  test("the App's own, written before it was renamed", async () =>
    expect(await mine({ user: { login: 'old-name[bot]', type: 'Bot' }, performed_via_github_app: { id: APP_ID } })).toBe(true));
  test("another App's", async () =>
    expect(await mine({ user: { login: 'renovate[bot]', type: 'Bot' }, performed_via_github_app: { id: 1 } })).toBe(false));
  test("a person's who used a user token of this App, which anyone can get", async () =>
    expect(await mine({ performed_via_github_app: { id: APP_ID } })).toBe(false));
  test("a deleted account's", async () => expect(await mine({ user: null })).toBe(false));
});

test('a long conversation is read to its end, oldest first', async () => {
  github.on(LIST, page([[comment(1), comment(2)], [comment(3)], [comment(4)]]));
  expect((await github.rocket.comments(1)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  expect(github.sent('GET /app')).toHaveLength(1);
});

test("of a whole repository only the App's own are told, the latest change first, and no more than a few pages are read", async () => {
  const ALL = 'GET /repos/acme/rocket/issues/comments';
  const on = (id: number, issue: number, more: object = {}) =>
    comment(id, { issue_url: `${github.url}/repos/acme/rocket/issues/${issue}`, ...more });
  const pages = Array.from({ length: 9 }, (_, i) => [on(2 * i, 100), on(2 * i + 1, i, { user: BOT })]);
  github.on(ALL, page(pages));
  expect(await github.rocket.ownCommentsSince('2026-11-01T00:00:00Z')).toEqual([
    { on: 0, body: 'comment 1' },
    { on: 1, body: 'comment 3' },
    { on: 2, body: 'comment 5' },
  ]);
  expect(github.sent(ALL)).toHaveLength(3);
  expect(github.sent(ALL)[0]?.query).toMatchObject({ since: '2026-11-01T00:00:00Z', sort: 'updated', direction: 'desc' });
});

test("the App's name is asked for again when the first answer failed", async () => {
  github.on(
    'GET /app',
    { status: 401, body: { message: 'A JSON web token could not be decoded' } },
    { body: { id: APP_ID, slug: 'planwright' } },
  );
  github.on(LIST, page([[comment(1, { user: BOT })]]));
  await expect(github.rocket.comments(1)).rejects.toMatchObject({ status: 401 });
  expect(await github.rocket.comments(1)).toMatchObject([{ mine: true }]);
});

test('a comment never exceeds what GitHub takes, and no character is cut in two', async () => {
  github.on('PATCH /repos/acme/rocket/issues/comments/1', { body: comment(1) });
  await github.rocket.updateComment(1, 'a🚀'.repeat(40_000));
  const { body } = github.sent('PATCH /repos/acme/rocket/issues/comments/1')[0]?.body ?? {};
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.isWellFormed()).toBe(true);
  expect(body).toMatch(/\(cut here: GitHub takes no more\)\*$/);
});

test('a reaction that is refused is no error', async () => {
  const route = 'POST /repos/acme/rocket/issues/comments/9/reactions';
  github.on(route, { status: 403, body: { message: 'Unable to create reaction because issue is locked.' } });
  await github.rocket.react({ kind: 'issue_comment', id: 9 }, 'eyes');
  expect(github.sent(route)[0]?.body).toEqual({ content: 'eyes' });
});

test.each([
  ['an outage', { status: 502 }],
  ['a connection that breaks', 'hang up' as const],
  ['an answer that breaks off', 'break off' as const],
  ['a limit', { status: 403, headers: { 'retry-after': '60' }, body: { message: 'You have exceeded a secondary rate limit' } }],
  ['a comment that is not known yet, or not any more', { status: 404, body: { message: 'Not Found' } }],
])('a reaction is not taken for refused after %s', async (_, accident) => {
  github.on('POST /repos/acme/rocket/issues/comments/9/reactions', accident);
  await expect(github.rocket.react({ kind: 'issue_comment', id: 9 }, 'eyes')).rejects.toBeInstanceOf(ForgeError);
});
