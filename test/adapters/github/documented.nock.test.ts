// The adapter against GitHub's documented examples and errors, over nock: what a local server, written by the same people, would never do.
import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { createProbot } from '../../../src/adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../../../src/adapters/github/forge.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import { DESCRIPTION } from '../../support/github/description/extract.ts';
import { stoppedClock } from './stopped-clock.ts';

const API = 'https://api.github.com';
const REPO = '/repos/octocat/Hello-World';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

/** GitHub's own example of an answer. */
function example(endpoint: string, status = '200'): object {
  const found = Object.values(DESCRIPTION.endpoints[endpoint]?.answers[status]?.examples ?? {})[0];
  if (typeof found !== 'object' || found === null) throw new Error(`no example for ${endpoint} ${status}`);
  return found;
}
const R = '/repos/{owner}/{repo}';

let world: RepositoryForge;
beforeEach(async () => {
  const settings = { appId: 4711, privateKey, webhookSecret: 'a secret for tests', logLevel: 'fatal' as const };
  const clock = stoppedClock(Date.now());
  const probot = await createProbot({ ...settings, apiUrl: API, paced: false }, clock);
  nock(API).persist().get('/app').reply(200, { id: 4711, slug: 'planwright' });
  nock(API)
    .persist()
    .post('/app/installations/7/access_tokens')
    .reply(201, { token: 'ghs_secret', expires_at: '2099-01-01T00:00:00Z' });
  world = createGitHubForge(probot, 'https://github.com', clock).repository({
    owner: 'octocat',
    name: 'Hello-World',
    installation: 7,
  });
});

const get = (path: string) => nock(API).get((uri) => uri.split('?')[0] === path);

describe("GitHub's own examples are read", () => {
  test.each<[string, string, string, (repo: RepositoryForge) => Promise<unknown>, unknown]>([
    [
      'an issue',
      `${REPO}/issues/1347`,
      `${R}/issues/{issue_number}`,
      (r) => r.issue(1347),
      { number: 1347, title: 'Found a bug', state: 'open' },
    ],
    [
      'a pull request',
      `${REPO}/pulls/1347`,
      `${R}/pulls/{pull_number}`,
      (r) => r.pullRequest(1347),
      { number: 1347, headRef: 'new-topic', mine: false },
    ],
    [
      'comments',
      `${REPO}/issues/1/comments`,
      `${R}/issues/{issue_number}/comments`,
      (r) => r.comments(1),
      [{ body: 'Me too', author: { login: 'octocat' } }],
    ],
    [
      'comments of a whole repository',
      `${REPO}/issues/comments`,
      `${R}/issues/comments`,
      (r) => r.ownCommentsSince('2011-04-14T16:00:49Z'),
      [],
    ],
    [
      'reviews',
      `${REPO}/pulls/1/reviews`,
      `${R}/pulls/{pull_number}/reviews`,
      (r) => r.reviews(1),
      [{ id: 80, state: 'approved', author: { login: 'octocat' } }],
    ],
    [
      'a reference',
      `${REPO}/git/ref/heads%2Fa`,
      `${R}/git/ref/{ref}`,
      (r) => r.branchHead('a'),
      'aa218f56b14c9653891f9e74264a383fa43fefbd',
    ],
    [
      'a commit',
      `${REPO}/git/commits/x`,
      `${R}/git/commits/{commit_sha}`,
      (r) => r.commit('x'),
      { message: expect.any(String), tree: expect.any(String) },
    ],
    ['check runs', `${REPO}/commits/x/check-runs`, `${R}/commits/{ref}/check-runs`, (r) => r.ownChecks('x'), []],
    [
      'a permission',
      `${REPO}/collaborators/octocat/permission`,
      `${R}/collaborators/{username}/permission`,
      (r) => r.permission('octocat'),
      'admin',
    ],
    ['labelled issues', `${REPO}/issues`, `${R}/issues`, (r) => r.issuesLabelled('bug'), expect.any(Array)],
    [
      'matching references',
      `${REPO}/git/matching-refs/heads%2Ffeature`,
      `${R}/git/matching-refs/{ref}`,
      (r) => r.referenceInTheWay('feature'),
      null,
    ],
  ])('%s', async (_, path, endpoint, read, expected) => {
    get(path).reply(200, example(`GET ${endpoint}`));
    const found = await read(world);
    if (typeof expected === 'object' && expected !== null && !('asymmetricMatch' in expected))
      expect(found).toMatchObject(expected);
    else expect(found).toEqual(expected);
  });
});

describe('what GitHub documents besides', () => {
  const issue = example(`GET ${R}/issues/{issue_number}`);

  test('pages lead to each other by their links, whatever the addresses', async () => {
    const [comment] = example(`GET ${R}/issues/{issue_number}/comments`) as object[];
    get(`${REPO}/issues/1/comments`).reply(200, [comment], {
      link: `<${API}/repositories/1296269/issues/1/comments?per_page=100&page=2>; rel="next", <${API}/repositories/1296269/issues/1/comments?per_page=100&page=2>; rel="last"`,
    });
    nock(API).get('/repositories/1296269/issues/1/comments?per_page=100&page=2').reply(200, [comment]);
    expect(await world.comments(1)).toHaveLength(2);
  });

  test.each([301, 302, 307])(
    'a read is followed where it leads (%i): a transferred issue is not here any more',
    async (status) => {
      get(`${REPO}/issues/1347`).reply(status, { message: 'Moved Permanently' }, { location: `${API}/repositories/9/issues/3` });
      nock(API)
        .get('/repositories/9/issues/3')
        .reply(200, { ...issue, number: 3, repository_url: `${API}/repos/octocat/Elsewhere` });
      expect(await world.issue(1347)).toBeNull();
    },
  );

  test('a write on a repository that was renamed arrives, with its body, at the new name (307)', async () => {
    nock(API)
      .post(`${REPO}/issues/1/labels`)
      .reply(307, { message: 'Moved' }, { location: `${API}/repositories/9/issues/1/labels` });
    const arrived = nock(API)
      .post('/repositories/9/issues/1/labels', { labels: ['plan'] })
      .reply(200, []);
    await world.addLabel(1, 'plan');
    expect(arrived.isDone()).toBe(true);
  });

  test('a deleted issue is gone (410)', async () => {
    get(`${REPO}/issues/1347`).reply(410, { message: 'This issue was deleted' });
    expect(await world.issue(1347)).toBe('gone');
  });

  test.each<[number, object, string]>([
    [304, {}, 'other'],
    [401, { message: 'Bad credentials' }, 'other'],
    [403, { message: 'Resource not accessible by integration' }, 'not_accessible'],
    [451, { message: 'Repository access blocked', block: { reason: 'dmca' } }, 'blocked'],
    [500, { message: 'Server Error' }, 'unavailable'],
    [503, { message: 'Service unavailable' }, 'unavailable'],
  ])('%i is a typed refusal', async (status, body, reason) => {
    nock(API)
      .persist()
      .get((uri) => uri.startsWith(`${REPO}/git/commits/`))
      .reply(status, status === 304 ? undefined : body);
    await expect(world.commit('x')).rejects.toMatchObject({ name: 'ForgeError', status, reason });
  });

  test.each([
    ['JSON that was cut off', '{"number": 1347, "tit', 'application/json; charset=utf-8'],
    ['a page that claims to be JSON', '<html>Unicorn!</html>', 'application/json'],
  ])('%s is no answer, neither to a read nor to a write', async (_, body, type) => {
    nock(API)
      .persist()
      .get((uri) => uri.startsWith(`${REPO}/issues/1347`))
      .reply(200, body, { 'content-type': type });
    await expect(world.issue(1347)).rejects.toMatchObject({ name: 'ForgeError', status: null, reason: 'unavailable' });
    const write = nock(API).post(`${REPO}/issues/1/comments`).reply(201, body, { 'content-type': type });
    await expect(world.createComment(1, 'hi')).rejects.toMatchObject({ name: 'ForgeError', reason: 'unavailable' });
    expect(write.isDone()).toBe(true);
  });
});
