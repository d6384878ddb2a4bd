import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Octokit } from '@octokit/rest';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('git data', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  const folder = mkdtempSync(join(tmpdir(), 'git-data-'));
  const here = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { encoding: 'utf8' }).trim();
  let github: LocalGitHub;
  let bot: Octokit;
  let head: string;

  beforeAll(async () => {
    here('init', '--quiet', '-b', 'main');
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    writeFileSync(join(folder, 'src/deep/old.txt'), 'old\n');
    writeFileSync(join(folder, 'src/kept.txt'), 'kept\n');
    writeFileSync(join(folder, 'gone.txt'), 'gone\n');
    writeFileSync(join(folder, '.github/workflows/ci.yml'), 'on: push\n');
    here('add', '.');
    here('commit', '--quiet', '-m', 'Start');
    github = await startLocalGitHub();
    ({ head } = await github.addRepository({ owner: 'ada', name: 'engine', from: folder }));
    github.addUser('visitor');
    bot = await appClient(github, 'ada');
  });
  afterAll(async () => {
    await github.close();
    rmSync(folder, { recursive: true });
  });

  const refused = (status: number, words = '') => ({ status, message: expect.stringContaining(words) });

  it('starts from a local repository, with the same ids', () => {
    expect(head).toBe(here('rev-parse', 'HEAD'));
  });

  it('builds the tree git builds: nested paths, modes, deletions, binaries', async () => {
    const binary = Buffer.from([0, 255, 1, 254, ...Buffer.alloc(200_000, 7)]);
    const blob = await bot.git.createBlob({ ...repo, content: binary.toString('base64'), encoding: 'base64' });
    const tree = await bot.git.createTree({
      ...repo,
      base_tree: head,
      tree: [
        { path: 'src/deep/new/file.txt', mode: '100644', type: 'blob', content: 'new ünicode\r\n' },
        { path: 'bin/run', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
        { path: 'link', mode: '120000', type: 'blob', content: 'src/kept.txt' },
        { path: 'image.bin', mode: '100644', type: 'blob', sha: blob.data.sha },
        { path: 'gone.txt', mode: '100644', type: 'blob', sha: null },
        { path: 'src/deep/old.txt', mode: '100644', type: 'blob', content: 'changed' },
      ],
    });
    mkdirSync(join(folder, 'src/deep/new'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'src/deep/new/file.txt'), 'new ünicode\r\n');
    writeFileSync(join(folder, 'bin/run'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('src/kept.txt', join(folder, 'link'));
    writeFileSync(join(folder, 'image.bin'), binary);
    rmSync(join(folder, 'gone.txt'));
    writeFileSync(join(folder, 'src/deep/old.txt'), 'changed');
    here('add', '-A');
    expect(tree.data.sha).toBe(here('write-tree'));
    const listed = await bot.git.getTree({ ...repo, tree_sha: tree.data.sha, recursive: '1' });
    expect(listed.data.tree.find(({ path }) => path === 'bin/run')).toMatchObject({ mode: '100755', type: 'blob', size: 10 });
    const read = await bot.git.getBlob({ ...repo, file_sha: blob.data.sha });
    expect(Buffer.from(read.data.content, 'base64').equals(binary)).toBe(true);
  });

  it('refuses trees git could not have', async () => {
    const make = (change: object) =>
      bot.git.createTree({ ...repo, base_tree: head, tree: [{ path: 'x', mode: '100644', type: 'blob', ...change }] });
    await expect(make({ path: '../x', content: '' })).rejects.toMatchObject(refused(422, 'malformed path'));
    await expect(make({ path: '.git/config', content: '' })).rejects.toMatchObject(refused(422, 'malformed path'));
    await expect(make({ path: 'never/was.txt', sha: null })).rejects.toMatchObject(refused(422, 'BadObjectState'));
    await expect(make({ sha: '1'.repeat(40) })).rejects.toMatchObject(refused(422));
    await expect(bot.git.createTree({ ...repo, base_tree: '1'.repeat(40), tree: [] })).rejects.toMatchObject(refused(422));
  });

  it('signs what the App commits without an author, and gives a date', async () => {
    const { tree } = (await bot.git.getCommit({ ...repo, commit_sha: head })).data;
    const commit = await bot.git.createCommit({ ...repo, message: 'By the bot', tree: tree.sha, parents: [head] });
    expect(commit.data).toMatchObject({
      author: { name: 'planwright[bot]', email: expect.stringMatching(/^\d+\+planwright\[bot\]@users\.noreply\.github\.com$/) },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
      verification: { verified: true, reason: 'valid' },
      parents: [{ sha: head }],
    });
    expect(Math.abs(Date.parse(commit.data.author.date) - Date.now())).toBeLessThan(5000);
    const named = { name: 'Ada', email: 'ada@example.com', date: '2026-01-02T03:04:05+02:00' };
    const own = await bot.git.createCommit({ ...repo, message: 'Named', tree: tree.sha, parents: [head], author: named });
    expect(own.data).toMatchObject({ author: named, committer: named, verification: { verified: false } });
    const raw = execFileSync('git', ['-C', github.gitDir('ada/engine'), 'cat-file', 'commit', own.data.sha], {
      encoding: 'utf8',
    });
    expect(raw).toContain('author Ada <ada@example.com> 1767315845 +0200');
    await expect(bot.git.createCommit({ ...repo, message: 'x', tree: head, parents: [] })).rejects.toMatchObject(
      refused(422, 'Tree SHA'),
    );
  });

  it('creates, moves, lists and deletes references by the rules', async () => {
    const { tree } = (await bot.git.getCommit({ ...repo, commit_sha: head })).data;
    const commit = async (message: string) =>
      (await bot.git.createCommit({ ...repo, message, tree: tree.sha, parents: [head] })).data.sha;
    const [left, right] = [await commit('left'), await commit('right')];
    const ref = 'refs/heads/planwright/issue-1/plan';
    await bot.git.createRef({ ...repo, ref, sha: left });
    await expect(bot.git.createRef({ ...repo, ref, sha: left })).rejects.toMatchObject(refused(422, 'Reference already exists'));
    await expect(bot.git.createRef({ ...repo, ref: `${ref}/below`, sha: left })).rejects.toMatchObject(refused(422));
    await expect(bot.git.createRef({ ...repo, ref: 'refs/heads/bad..name', sha: left })).rejects.toMatchObject(refused(422));
    await expect(bot.git.createRef({ ...repo, ref: 'refs/heads/x', sha: '1'.repeat(40) })).rejects.toMatchObject(
      refused(422, 'Object does not exist'),
    );
    await bot.git.createRef({ ...repo, ref: `${ref}.2`, sha: right });
    const move = (sha: string, force = false) => bot.git.updateRef({ ...repo, ref: 'heads/planwright/issue-1/plan', sha, force });
    await expect(move(right)).rejects.toMatchObject(refused(422, 'Update is not a fast forward'));
    expect((await move(right, true)).data.object.sha).toBe(right);
    await expect(bot.git.updateRef({ ...repo, ref: 'heads/none', sha: left })).rejects.toMatchObject(
      refused(422, 'Reference does not exist'),
    );
    const found = await bot.git.listMatchingRefs({ ...repo, ref: 'heads/planwright/issue-1/' });
    expect(found.data.map((entry) => entry.ref)).toEqual([ref, `${ref}.2`]);
    await bot.git.deleteRef({ ...repo, ref: 'heads/planwright/issue-1/plan.2' });
    await expect(bot.git.getRef({ ...repo, ref: 'heads/planwright/issue-1/plan.2' })).rejects.toMatchObject(refused(404));
    expect((await bot.repos.listBranches({ ...repo })).data.map(({ name }) => name)).toEqual(['main', 'planwright/issue-1/plan']);
  });

  it('lets one of several simultaneous writers win, and tells the others why', async () => {
    const make = () => bot.git.createRef({ ...repo, ref: 'refs/heads/race', sha: head });
    const results = await Promise.allSettled([make(), make(), make()]);
    const lost = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(lost).toEqual([
      expect.objectContaining(refused(422, 'Reference already exists')),
      expect.objectContaining(refused(422, 'Reference already exists')),
    ]);
  });

  it('keeps workflow files from an App without that permission', async () => {
    const tree = await bot.git.createTree({
      ...repo,
      base_tree: head,
      tree: [{ path: '.github/workflows/evil.yml', mode: '100644', type: 'blob', content: 'on: push\n' }],
    });
    const commit = await bot.git.createCommit({ ...repo, message: 'x', tree: tree.data.sha, parents: [head] });
    const make = (client: Octokit) => client.git.createRef({ ...repo, ref: 'refs/heads/workflows', sha: commit.data.sha });
    await expect(make(bot)).rejects.toMatchObject(refused(403, 'Resource not accessible by integration'));
    expect((await make(github.as('ada'))).status).toBe(201);
  });

  it('shows files and folders at a ref', async () => {
    const file = await bot.repos.getContent({ ...repo, path: 'src/kept.txt', ref: head });
    expect(file.data).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: 'a2VwdAo=\n',
      sha: here('rev-parse', 'HEAD:src/kept.txt'),
      size: 5,
    });
    const list = await bot.repos.getContent({ ...repo, path: 'src' });
    expect(list.data).toMatchObject([
      { type: 'dir', path: 'src/deep' },
      { type: 'file', path: 'src/kept.txt' },
    ]);
    await expect(bot.repos.getContent({ ...repo, path: 'nothing.txt' })).rejects.toMatchObject(refused(404));
    const raw = await bot.repos.getContent({ ...repo, path: 'src/kept.txt', mediaType: { format: 'raw' } });
    expect(raw.data).toBe('kept\n');
  });

  it('lets people commit through the contents API, and tells others from writers', async () => {
    const put = (login: string, more: object = {}) =>
      github.as(login).repos.createOrUpdateFileContents({
        ...repo,
        path: 'note.md',
        message: 'Note',
        content: Buffer.from('hi\n').toString('base64'),
        ...more,
      });
    await expect(put('visitor')).rejects.toMatchObject(refused(403));
    const made = await put('ada');
    await expect(put('ada')).rejects.toMatchObject(refused(422));
    await expect(put('ada', { sha: '1'.repeat(40) })).rejects.toMatchObject(refused(409));
    await github.as('ada').repos.deleteFile({ ...repo, path: 'note.md', message: 'No note', sha: made.data.content?.sha ?? '' });
    const log = await bot.repos.listCommits({ ...repo, path: 'note.md' });
    expect(log.data.map(({ commit }) => commit.message)).toEqual(['No note', 'Note']);
    expect(log.data[0]?.author?.login).toBe('ada');
    const compared = await bot.repos.compareCommitsWithBasehead({ ...repo, basehead: `${head}...main` });
    expect(compared.data).toMatchObject({
      status: 'ahead',
      ahead_by: 2,
      behind_by: 0,
      merge_base_commit: { sha: head },
      files: [],
    });
  });

  it('can be downloaded whole', async () => {
    const answer = await bot.repos.downloadTarballArchive({ ...repo, ref: 'main' });
    const names = execFileSync('tar', ['-tz'], { input: Buffer.from(answer.data as ArrayBuffer), encoding: 'utf8' });
    expect(names).toContain('/src/kept.txt');
  });
});
