import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
