import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const GRAPHQL = 'POST /graphql';
const LAST = { hasNextPage: false, endCursor: null };
const said = (author: { __typename: string; login: string } | null) => ({
  fullDatabaseId: '2500000005',
  body: 'Why?',
  diffHunk: '@@ -1 +1 @@',
  createdAt: '2026-11-23T12:00:00Z',
  author,
});
const answer = (...authors: ({ __typename: string; login: string } | null)[]) => {
  const comments = { pageInfo: LAST, nodes: authors.map(said) };
  const thread = { id: 'PRRT_1', isResolved: false, isOutdated: true, path: 'a.ts', line: null, originalLine: 3, comments };
  return { body: { data: { repository: { pullRequest: { reviewThreads: { pageInfo: LAST, nodes: [thread] } } } } } };
};

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

test.each([
  ['a person', { __typename: 'User', login: 'ada' }, { author: { login: 'ada', bot: false }, mine: false }],
  [
    'a bot, whose login lacks its mark here',
    { __typename: 'Bot', login: 'coderabbit' },
    { author: { login: 'coderabbit[bot]', bot: true }, mine: false },
  ],
  ['this App', { __typename: 'Bot', login: 'planwright' }, { author: { login: 'planwright[bot]', bot: true }, mine: true }],
  [
    'a person of the same name',
    { __typename: 'User', login: 'planwright' },
    { author: { login: 'planwright', bot: false }, mine: false },
  ],
  ['a deleted account', null, { author: { login: 'ghost', bot: false }, mine: false }],
])('a comment by %s', async (_, author, shown) => {
  github.on(GRAPHQL, answer(author));
  expect(await github.rocket.reviewThreads(1)).toMatchObject([{ comments: [shown], outdated: true, line: 3 }]);
});

test('ids beyond 2^31 are read as they are', async () => {
  github.on(GRAPHQL, answer({ __typename: 'User', login: 'ada' }));
  expect((await github.rocket.reviewThreads(1))[0]?.comments[0].id).toBe(2_500_000_005);
  expect(github.sent(GRAPHQL)[0]?.body.query).not.toMatch(/\bdatabaseId\b/);
});

test('a conversation all of whose comments were deleted is none', async () => {
  github.on(GRAPHQL, answer());
  expect(await github.rocket.reviewThreads(1)).toEqual([]);
});

test('conversations and comments that GitHub cannot show are left out', async () => {
  const { reviewThreads } = answer({ __typename: 'User', login: 'ada' }).body.data.repository.pullRequest;
  const [thread] = reviewThreads.nodes;
  const partly = { ...thread, comments: { pageInfo: LAST, nodes: [null, ...(thread?.comments.nodes ?? [])] } };
  const threads = { pageInfo: LAST, nodes: [null, partly] };
  github.on(GRAPHQL, { body: { data: { repository: { pullRequest: { reviewThreads: threads } } } } });
  expect(await github.rocket.reviewThreads(1)).toMatchObject([{ path: 'a.ts', comments: [{ body: 'Why?' }] }]);
});

describe('a refusal inside of an answer', () => {
  const refused = (type: string) => ({ body: { data: null, errors: [{ type, message: 'No, because.' }] } });

  test.each([
    ['FORBIDDEN', 403],
    ['RATE_LIMITED', 403],
    ['SOMETHING_NEW', null],
  ])('%s is one like any other', async (type, status) => {
    github.on(GRAPHQL, refused(type));
    const error = { name: 'ForgeError', status, message: 'GitHub answered to a GraphQL request: No, because.' };
    await expect(github.rocket.reviewThreads(1)).rejects.toMatchObject(error);
  });

  test('NOT_FOUND is absence', async () => {
    github.on(GRAPHQL, refused('NOT_FOUND'));
    expect(await github.rocket.reviewThreads(1)).toEqual([]);
    // A review that was submitted a moment ago may not be known everywhere yet, and whoever wants it acknowledged asks again.
    await expect(github.rocket.react({ kind: 'review', id: 1, node: 'PRR_1' }, 'eyes')).rejects.toMatchObject({ status: 404 });
  });
});

test('an answer to a conversation is sent once, whatever becomes of it', async () => {
  const route = 'POST /repos/acme/rocket/pulls/1/comments/5/replies';
  github.on(route, { status: 502 });
  await expect(github.rocket.replyToReviewComment(1, 5, 'Because.')).rejects.toMatchObject({ status: 502 });
  expect(github.sent(route)).toHaveLength(1);
});
