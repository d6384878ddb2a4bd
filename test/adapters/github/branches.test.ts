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

describe('field case 13-branch-named-planwright: a reference in the way of a branch', () => {
  const ref = (name: string) => `GET /repos/acme/rocket/git/ref/heads/${name}`;
  const MATCHING = `GET /repos/acme/rocket/git/matching-refs/heads/${BRANCH}`;
  const listed = (...names: string[]) => ({ body: names.map((name) => ({ ref: `refs/heads/${name}`, object: { sha: 'abc' } })) });
  beforeEach(() => {
    github.on(ref('planwright'), NONE);
    github.on(ref('planwright/issue-1'), NONE);
    github.on(MATCHING, listed());
  });

  test.each(['planwright', 'planwright/issue-1'])('is %s, which git keeps as a file where a folder is needed', async (name) => {
    github.on(ref(name), at('abc'));
    expect(await github.rocket.referenceInTheWay(BRANCH)).toBe(name);
  });

  test('is a branch below it, for which git needs a folder', async () => {
    github.on(MATCHING, listed(`${BRANCH}.2`, BRANCH, `${BRANCH}/old`));
    expect(await github.rocket.referenceInTheWay(BRANCH)).toBe(`${BRANCH}/old`);
  });

  test('is neither the branch itself nor its next generation', async () => {
    github.on(MATCHING, listed(BRANCH, `${BRANCH}.2`));
    expect(await github.rocket.referenceInTheWay(BRANCH)).toBeNull();
  });

  test('is none in a repository without commits', async () => {
    for (const route of [ref('planwright'), ref('planwright/issue-1'), MATCHING])
      github.on(route, { status: 409, body: { message: 'Git Repository is empty.' } });
    expect(await github.rocket.referenceInTheWay(BRANCH)).toBeNull();
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
