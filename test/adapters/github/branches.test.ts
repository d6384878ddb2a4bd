import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const BRANCH = 'planwright/issue-1/plan';
const READ = `GET /repos/acme/rocket/git/ref/heads/${BRANCH}`;
const CREATE = 'POST /repos/acme/rocket/git/refs';
const MOVE = `PATCH /repos/acme/rocket/git/refs/heads/${BRANCH}`;
const at = (sha: string) => ({ body: { object: { sha } } });
const NONE = { status: 404, body: { message: 'Not Found' } };
const REFUSED = { status: 422, body: { message: 'GitHub may reword this any day' } };

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('creating a branch', () => {
  test('that is there already, wherever it points', async () => {
    github.on(CREATE, REFUSED);
    github.on(READ, at('elsewhere'));
    expect(await github.rocket.createBranch(BRANCH, 'abc')).toBe('exists');
  });

  test('whose answer was lost finds it', async () => {
    github.on(CREATE, 'hang up');
    github.on(READ, at('abc'));
    expect(await github.rocket.createBranch(BRANCH, 'abc')).toBe('exists');
    expect(github.sent(CREATE)).toHaveLength(1);
  });

  test('that GitHub refuses for another reason is not taken for an existing one', async () => {
    github.on(CREATE, REFUSED);
    github.on(READ, NONE);
    await expect(github.rocket.createBranch(BRANCH, 'abc')).rejects.toMatchObject({ name: 'ForgeError', status: 422 });
  });
});

describe('advancing a branch', () => {
  const compare = (head: string) => `GET /repos/acme/rocket/compare/${head}...new`;

  test('never forces', async () => {
    github.on(MOVE, at('new'));
    expect(await github.rocket.advanceBranch(BRANCH, 'new')).toBe('moved');
    expect(github.sent(MOVE)[0]?.body).toEqual({ sha: 'new', force: false });
  });

  test('is rejected when somebody pushed in between', async () => {
    github.on(MOVE, REFUSED);
    github.on(READ, at('theirs'));
    github.on(compare('theirs'), { body: { status: 'diverged' } });
    expect(await github.rocket.advanceBranch(BRANCH, 'new')).toBe('rejected');
  });

  test('is rejected when the branch was deleted', async () => {
    github.on(MOVE, REFUSED);
    github.on(READ, NONE);
    expect(await github.rocket.advanceBranch(BRANCH, 'new')).toBe('rejected');
  });

  test('has happened when the answer was lost but the branch is there', async () => {
    github.on(MOVE, 'hang up');
    github.on(READ, at('new'));
    expect(await github.rocket.advanceBranch(BRANCH, 'new')).toBe('moved');
  });

  test('fails when it would be a fast-forward and a ruleset forbids it', async () => {
    github.on(MOVE, REFUSED);
    github.on(READ, at('old'));
    github.on(compare('old'), { body: { status: 'ahead' } });
    await expect(github.rocket.advanceBranch(BRANCH, 'new')).rejects.toMatchObject({ status: 422 });
  });
});

test('an empty repository has no branch', async () => {
  github.on(READ, { status: 409, body: { message: 'Git Repository is empty.' } });
  expect(await github.rocket.branchHead(BRANCH)).toBeNull();
});
