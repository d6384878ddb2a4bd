// Each write against each way in which GitHub refuses one: a typed error, or the outcome its port promises. Never silence, never twice.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import { ForgeError, type RefusalReason } from '../../../src/ports/forge/forge-error.ts';
import { refusalSentence } from '../../../src/replies/phrases/refusals.ts';
import { type Answer, page, type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const AT = '/repos/acme/rocket';
const BRANCH = 'planwright/issue-1/plan';
const NEW = { head: BRANCH, base: 'main', title: 'Plan', body: 'Text.', draft: false };
const REPORT = {
  name: 'planwright / plan',
  conclusion: 'success',
  externalId: 'plan:abc',
  title: 'Sound',
  summary: '',
  annotations: [],
} as const;

/** A write, the request by which it is made, and what is read around it. */
const WRITES: readonly [name: string, route: string, write: (repo: RepositoryForge) => Promise<unknown>][] = [
  ['createComment', `POST ${AT}/issues/1/comments`, (repo) => repo.createComment(1, 'hi')],
  ['updateComment', `PATCH ${AT}/issues/comments/5`, (repo) => repo.updateComment(5, 'hi')],
  ['react', `POST ${AT}/issues/comments/5/reactions`, (repo) => repo.react({ kind: 'issue_comment', id: 5 }, 'eyes')],
  ['closeIssue', `PATCH ${AT}/issues/1`, (repo) => repo.closeIssue(1)],
  ['addLabel', `POST ${AT}/issues/1/labels`, (repo) => repo.addLabel(1, 'plan')],
  ['removeLabel', `DELETE ${AT}/issues/1/labels/plan`, (repo) => repo.removeLabel(1, 'plan')],
  ['ensureLabel', `POST ${AT}/labels`, (repo) => repo.ensureLabel('plan', 'fff', '')],
  ['createPullRequest', `POST ${AT}/pulls`, (repo) => repo.createPullRequest(NEW)],
  ['updatePullRequest', `PATCH ${AT}/pulls/2`, (repo) => repo.updatePullRequest(2, { title: 'Plan' })],
  ['requestReview', `POST ${AT}/pulls/2/requested_reviewers`, (repo) => repo.requestReview(2, 'ada')],
  ['replyToReviewComment', `POST ${AT}/pulls/2/comments/5/replies`, (repo) => repo.replyToReviewComment(2, 5, 'hi')],
  ['createBranch', `POST ${AT}/git/refs`, (repo) => repo.createBranch(BRANCH, 'abc')],
  ['advanceBranch', `PATCH ${AT}/git/refs/heads/${BRANCH}`, (repo) => repo.advanceBranch(BRANCH, 'abc')],
  ['createBlob', `POST ${AT}/git/blobs`, (repo) => repo.createBlob(Buffer.from('x'))],
  ['createTree', `POST ${AT}/git/trees`, (repo) => repo.createTree('abc', [])],
  ['createCommit', `POST ${AT}/git/commits`, (repo) => repo.createCommit({ message: 'm', tree: 'abc', parents: [] })],
  ['reportCheck', `POST ${AT}/check-runs`, (repo) => repo.reportCheck('abc', REPORT)],
];

const says = (status: number, message: string, errors?: readonly object[]): Answer => ({
  status,
  body: { message, ...(errors ? { errors } : {}), documentation_url: 'https://docs.github.com/rest' },
});

const REFUSALS: readonly [name: string, answer: Answer, reason: RefusalReason][] = [
  ['403 locked', says(403, 'Unable to create comment because issue is locked.'), 'locked'],
  ['403 secondary without header', says(403, 'You have exceeded a secondary rate limit.'), 'secondary_limit'],
  [
    '403 workflows',
    says(
      403,
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
    ),
    'workflows',
  ],
  ['403 archived', says(403, 'Repository was archived so is read-only.'), 'archived'],
  ['404', says(404, 'Not Found'), 'not_found'],
  ['409 empty', says(409, 'Git Repository is empty.'), 'empty_repository'],
  ['410 issues disabled', says(410, 'Issues are disabled for this repo'), 'issues_disabled'],
  [
    '422 ruleset',
    says(422, 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n'),
    'ruleset',
  ],
  ['422 signatures', says(422, 'Repository rule violations found\n\nCommits must have verified signatures.\n\n'), 'signatures'],
  [
    '422 just made',
    says(422, 'Validation Failed', [{ message: "Could not resolve to a node with the global id of 'PR_kw'." }]),
    'not_visible_yet',
  ],
  ['451', says(451, 'Repository access blocked'), 'blocked'],
  ['502 perhaps done', { status: 502, body: '<html>502</html>' }, 'unavailable'],
];

/** Where the port promises something else than an error. */
const PROMISED: Readonly<Record<string, unknown>> = {
  'removeLabel 404': undefined,
  'replyToReviewComment 404': undefined,
  'requestReview 403 locked': false,
  'requestReview 403 workflows': false,
  'requestReview 403 archived': false,
  'requestReview 422 ruleset': false,
  'requestReview 422 signatures': false,
};

describe.each(WRITES)('%s', (name, route, write) => {
  let github: ScriptedGitHub;
  beforeAll(async () => {
    github = await startScriptedGitHub();
    github.on(`GET ${AT}/commits/abc/check-runs`, { body: { total_count: 0, check_runs: [] } });
    github.on(`GET ${AT}/labels/plan`, says(404, 'Not Found'));
    github.on(`GET ${AT}/pulls`, page([[]]));
    github.on(`GET ${AT}/git/ref/heads/${BRANCH}`, says(404, 'Not Found'));
  });
  // A secondary limit of one row must not reach into the next.
  beforeEach(() => github.clock.advance(24 * 3_600_000));
  afterAll(() => github.close());

  test.each(REFUSALS)('%s', async (refusal, answer, reason) => {
    github.on(route, answer);
    const before = github.sent(route).length;
    const result = await write(github.rocket).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    expect(github.sent(route)).toHaveLength(before + 1);
    // A courtesy, wherever it is refused.
    if (name === 'react' && !['unavailable', 'secondary_limit', 'not_found', 'not_visible_yet'].includes(reason))
      return expect(result).toEqual({ value: undefined });
    // A fast-forward that failed because the branch is gone is a rejection, which the caller answers by making the branch.
    if (name === 'advanceBranch' && (refusal.startsWith('422') || refusal.startsWith('409')))
      return expect(result).toEqual({ value: 'rejected' });
    const key = `${name} ${refusal}`;
    if (key in PROMISED) return expect(result).toEqual({ value: PROMISED[key] });
    const { error } = result as { error: ForgeError };
    expect(error).toBeInstanceOf(ForgeError);
    expect(error.reason).toBe(reason);
    expect(error.retryAt === null).toBe(reason !== 'secondary_limit');
    return undefined;
  });
});

describe('a bare "Resource not accessible by integration"', () => {
  const bare = says(403, 'Resource not accessible by integration');
  let github: ScriptedGitHub;
  beforeAll(async () => {
    github = await startScriptedGitHub();
  });
  afterAll(() => github.close());

  test.each([
    ['POST', `${AT}/git/refs`, (repo: RepositoryForge) => repo.createBranch(BRANCH, 'abc'), 'workflows'],
    ['PATCH', `${AT}/git/refs/heads/${BRANCH}`, (repo: RepositoryForge) => repo.advanceBranch(BRANCH, 'abc'), 'workflows'],
    [
      'POST',
      `${AT}/git/commits`,
      (repo: RepositoryForge) => repo.createCommit({ message: '', tree: 'a', parents: [] }),
      'not_accessible',
    ],
    ['POST', `${AT}/issues/1/comments`, (repo: RepositoryForge) => repo.createComment(1, 'hi'), 'not_accessible'],
  ] as const)('%s %s', async (method, path, write, reason) => {
    github.on(`${method} ${path}`, bare);
    await expect(write(github.rocket)).rejects.toMatchObject({ reason });
  });
});

test('done in spite of the 502: what can be found again is found', async () => {
  const github = await startScriptedGitHub();
  try {
    github.on(`POST ${AT}/git/refs`, { status: 502 });
    github.on(`GET ${AT}/git/ref/heads/${BRANCH}`, { body: { object: { sha: 'abc' } } });
    expect(await github.rocket.createBranch(BRANCH, 'abc')).toBe('exists');
    github.on(`PATCH ${AT}/git/refs/heads/${BRANCH}`, { status: 502 });
    expect(await github.rocket.advanceBranch(BRANCH, 'abc')).toBe('moved');
  } finally {
    await github.close();
  }
});

test('every refusal that people can do something about has its sentence, and no other', () => {
  const withSentence = REFUSALS.map(([, , reason]) => reason).filter((reason) => refusalSentence(reason) !== null);
  const left = REFUSALS.map(([, , reason]) => reason).filter((reason) => !withSentence.includes(reason));
  expect(left).toEqual(['not_found', 'not_visible_yet', 'unavailable']);
});
