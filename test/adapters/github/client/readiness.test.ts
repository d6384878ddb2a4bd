import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const PULL = 'GET /repos/acme/rocket/pulls/9';
const GRAPHQL = 'POST /graphql';
const ASK = 'POST /repos/acme/rocket/pulls/9/requested_reviewers';

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('making a draft ready', () => {
  test('asks for it by its node', async () => {
    github.on(PULL, { body: { draft: true, node_id: 'PR_9' } });
    github.on(GRAPHQL, { body: { data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } } });
    expect(await github.rocket.markReady(9)).toBe(true);
    expect(github.sent(GRAPHQL)[0]?.body).toMatchObject({ variables: { id: 'PR_9' } });
  });

  test('leaves one that is ready alone', async () => {
    github.on(PULL, { body: { draft: false, node_id: 'PR_9' } });
    expect(await github.rocket.markReady(9)).toBe(true);
    expect(github.sent(GRAPHQL)).toEqual([]);
  });

  test('tells a refusal, which GraphQL gives with status 200', async () => {
    github.on(PULL, { body: { draft: true, node_id: 'PR_9' } });
    github.on(GRAPHQL, { body: { data: null, errors: [{ type: 'UNPROCESSABLE', message: 'The pull request is closed' }] } });
    expect(await github.rocket.markReady(9)).toBe(false);
  });
});

describe('asking for a review', () => {
  test.each([
    [201, true],
    [422, false],
    [403, false],
  ])('answered %i is %s', async (status, asked) => {
    github.on(ASK, { status, body: { message: 'Reviews may only be requested from collaborators.' } });
    expect(await github.rocket.requestReview(9, 'wanda')).toBe(asked);
    expect(github.sent(ASK)[0]?.body).toEqual({ reviewers: ['wanda'] });
  });
});
