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

  describe('that this process opened', () => {
    beforeEach(async () => {
      const pull = { number: 9, node_id: 'PR_9', title: '', body: '', state: 'open', draft: true, merged_at: null, user: null };
      const refs = { head: { ref: 'orders', sha: 'abc', repo: null }, base: { ref: 'main', repo: { id: 1 } } };
      github.on('POST /repos/acme/rocket/pulls', { status: 201, body: { ...pull, ...refs, html_url: '' } });
      await github.rocket.createPullRequest({ head: 'orders', base: 'main', title: '', body: '', draft: true });
    });

    test('asks for it without reading it', async () => {
      github.on(GRAPHQL, { body: { data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } } });
      expect(await github.rocket.markReady(9)).toBe(true);
      expect(github.sent(GRAPHQL)[0]?.body).toMatchObject({ variables: { id: 'PR_9' } });
      expect(github.sent(PULL)).toEqual([]);
    });

    test('reads it when that is refused: a person may have made it ready before', async () => {
      github.on(GRAPHQL, { body: { data: null, errors: [{ type: 'UNPROCESSABLE', message: 'It is not a draft' }] } });
      github.on(PULL, { body: { draft: false, node_id: 'PR_9' } });
      expect(await github.rocket.markReady(9)).toBe(true);
    });
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
