import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { privateKey, type ScriptedGitHub, startScriptedGitHub } from '../scripted-github.ts';

const COMMENTS = 'POST /repos/acme/rocket/issues/1/comments';
let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

const LINE = privateKey.split('\n')[3] as string;

test('whatever is written to GitHub passes the redactor', async () => {
  github.on(COMMENTS, { status: 201, body: { id: 1, user: { login: 'planwright[bot]', type: 'Bot' }, body: '' } });
  await github.rocket
    .createComment(1, `It said: ${LINE} and ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}, in API_KEY: string`)
    .catch(() => {});
  expect(github.sent(COMMENTS).map(({ body }) => body.body)).toEqual(['It said: [redacted] and [redacted], in API_KEY: string']);
});

test('a file that holds a secret of the operator is not written', async () => {
  const change = { path: 'a.txt', mode: '100644' as const, content: { text: `${LINE}\n` } };
  await expect(github.rocket.createTree('b'.repeat(40), [change])).rejects.toThrow("one of the operator's secrets");
  await expect(github.rocket.createBlob(Buffer.from(`x\0${LINE}`))).rejects.toThrow("one of the operator's secrets");
  expect(github.calls()).toEqual([]);
});

describe('a name that begins like a key stays', () => {
  const REF = 'refs/heads/planwright/issue-1/add-sk-f2a9c41b77d0e8356';
  const REFS = 'POST /repos/acme/rocket/git/refs';
  const PULLS = 'POST /repos/acme/rocket/pulls';

  test('as a branch, which git would refuse with a mask in it', async () => {
    github.on(REFS, { status: 201, body: {} });
    await github.rocket.createBranch(REF.slice('refs/heads/'.length), 'b'.repeat(40));
    expect(github.sent(REFS).map(({ body }) => body.ref)).toEqual([REF]);
  });

  test('as the head of a pull request, while its texts are masked', async () => {
    github.on(PULLS, { status: 422, body: { message: 'Validation Failed' } });
    github.on('GET /repos/acme/rocket/pulls', { body: [] });
    const text = 'sk-f2a9c41b77d0e8356, npm_config_user_agent';
    await github.rocket.createPullRequest({ head: REF, base: 'sk-f2a9c41b77d0e8356', title: text, body: text, draft: false });
    const masked = '[redacted], npm_config_user_agent';
    expect(github.sent(PULLS)[0]?.body).toMatchObject({ head: REF, base: 'sk-f2a9c41b77d0e8356', title: masked, body: masked });
  });

  test('as what is observed', async () => {
    github.on('POST /graphql', { body: { data: { repository: null } } });
    github.on('GET /repos/acme/rocket/issues/1', { status: 404, body: {} });
    const file = 'docs/sk-f2a9c41b77d0e8356.md';
    await github.rocket.observing({ issue: 1, files: [file], maxAgeMs: null }).issue(1);
    expect(JSON.stringify(github.sent('POST /graphql')[0]?.body.variables)).toContain(file);
  });
});
