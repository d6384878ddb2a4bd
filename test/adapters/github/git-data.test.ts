import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../src/ports/forge/git-data.ts';
import { type Answer, type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const FILE = 'GET /repos/acme/rocket/contents/docs/PLAN.md';
const blob = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n');
const file = (text: string, sha = blob(text)) => ({ body: { type: 'file', encoding: 'base64', content: base64(text), sha } });

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('a file', () => {
  const read = () => github.rocket.file('docs/PLAN.md', 'planwright/issue-1/plan');

  test('is its text and the id of its blob', async () => {
    const text = `\ufeffgrün\r\n${'long '.repeat(100)}`;
    github.on(FILE, file(text));
    expect(await read()).toEqual({ sha: blob(text), text });
    expect(github.sent(FILE)[0]?.query).toEqual({ ref: 'planwright/issue-1/plan' });
  });

  test('of more than a megabyte is read as a blob', async () => {
    github.on(FILE, { body: { type: 'file', encoding: 'none', content: '', sha: blob('huge') } });
    github.on(`GET /repos/acme/rocket/git/blobs/${blob('huge')}`, { body: { encoding: 'base64', content: base64('huge') } });
    expect(await read()).toEqual({ sha: blob('huge'), text: 'huge' });
  });

  test('that is a link is none: its id would stay while the text behind it changes', async () => {
    github.on(FILE, file('text of the target', blob('the/target')));
    expect(await read()).toBeNull();
    github.on(FILE, { body: { type: 'symlink', target: '../elsewhere', sha: 'abc' } });
    expect(await read()).toBeNull();
  });

  test('that is missing or a directory is none', async () => {
    github.on(FILE, { status: 404, body: { message: 'Not Found' } });
    expect(await read()).toBeNull();
    github.on(FILE, { body: [] });
    expect(await read()).toBeNull();
  });
});

test.each<[string, Answer, Entry | null]>([
  ['a file', file('Plan'), { kind: 'file', sha: blob('Plan'), text: 'Plan' }],
  ['a link that GitHub follows', file('text of the target', 'abc'), { kind: 'link', sha: 'abc' }],
  ['a link that GitHub shows', { body: { type: 'symlink', target: '../elsewhere', sha: 'abc' } }, { kind: 'link', sha: 'abc' }],
  ['a submodule', { body: { type: 'submodule', sha: 'abc' } }, { kind: 'submodule', sha: 'abc' }],
  ['a directory', { body: [{ type: 'file', sha: 'abc' }] }, { kind: 'directory', sha: null }],
  ['nothing', { status: 404, body: { message: 'Not Found' } }, null],
])('%s is known for what it is', async (_, answer, entry) => {
  github.on(FILE, answer);
  expect(await github.rocket.entry('docs/PLAN.md', null)).toEqual(entry);
});

test('a tree takes text inline, blobs by id, and null to delete', async () => {
  github.on('POST /repos/acme/rocket/git/trees', { status: 201, body: { sha: 'tree' } });
  const changes = [
    { path: 'a.ts', mode: '100644', content: { text: 'a' } },
    { path: 'logo.png', mode: '100755', content: { blob: 'b1' } },
    { path: 'gone', mode: '100644', content: null },
    { path: 'module', mode: '160000', content: { blob: 'c1' } },
  ] as const;
  expect(await github.rocket.createTree('base', changes)).toBe('tree');
  expect(github.sent('POST /repos/acme/rocket/git/trees')[0]?.body).toEqual({
    base_tree: 'base',
    tree: [
      { path: 'a.ts', mode: '100644', type: 'blob', content: 'a' },
      { path: 'logo.png', mode: '100755', type: 'blob', sha: 'b1' },
      { path: 'gone', mode: '100644', type: 'blob', sha: null },
      { path: 'module', mode: '160000', type: 'commit', sha: 'c1' },
    ],
  });
});

test('a commit names no author, so that GitHub signs it', async () => {
  github.on('POST /repos/acme/rocket/git/commits', { status: 201, body: { sha: 'c' } });
  await github.rocket.createCommit({ message: 'Plan', tree: 't', parents: ['p'] });
  expect(github.sent('POST /repos/acme/rocket/git/commits')[0]?.body).toEqual({ message: 'Plan', tree: 't', parents: ['p'] });
});

test('what a head changes is told by both names of a renamed file, and is unknown where nothing is in common', async () => {
  const files = [{ filename: 'b.md', previous_filename: 'a.md' }, { filename: 'c.md' }];
  github.on('GET /repos/acme/rocket/compare/main...abc', { body: { files } });
  github.on('GET /repos/acme/rocket/compare/other...abc', { status: 404, body: { message: 'No common ancestor' } });
  expect(await github.rocket.changedPaths('main', 'abc')).toEqual(['b.md', 'a.md', 'c.md']);
  expect(await github.rocket.changedPaths('other', 'abc')).toBeNull();
});
