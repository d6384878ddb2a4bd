import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appClient } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

const run = promisify(execFile);

describe('git over HTTP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'git-http-'));
  let github: LocalGitHub;

  beforeAll(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'open', files: { 'a.txt': 'a\n' } });
    await github.addRepository({
      owner: 'ada',
      name: 'secret',
      private: true,
      files: { 'b.txt': 'b\n' },
      collaborators: { mary: 'read' },
    });
    github.addUser('visitor');
  });
  afterAll(async () => {
    await github.close();
    rmSync(folder, { recursive: true });
  });

  const withToken = (token: string) => [
    '-c',
    `http.extraHeader=Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
  ];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (args: string[]) => run('git', args, { cwd: folder, env });
  const lsRemote = (repository: string, token?: string) =>
    git([...(token ? withToken(token) : []), 'ls-remote', github.cloneUrl(repository)]);

  it('serves public repositories to everybody and private ones to those who may read', async () => {
    expect((await lsRemote('ada/open')).stdout).toContain('refs/heads/main');
    await expect(lsRemote('ada/secret')).rejects.toThrow(/could not read Username|Authentication failed/);
    await expect(lsRemote('ada/secret', 'ghp_made_up')).rejects.toThrow();
    await expect(lsRemote('ada/secret', github.tokenOf('visitor'))).rejects.toThrow(/not found/);
    expect((await lsRemote('ada/secret', github.tokenOf('mary'))).stdout).toContain('refs/heads/main');
    const bot = await appClient(github, 'ada', { repositories: ['secret'], permissions: { contents: 'read' } });
    const { token } = (await bot.auth()) as { token: string };
    expect((await lsRemote('ada/secret', token)).stdout).toContain('refs/heads/main');
    expect(github.requests.at(-1)?.by).toMatchObject({
      kind: 'installation',
      login: 'planwright[bot]',
      permissions: { contents: 'read' },
    });
  });

  it('serves one commit, shallow, by its id', async () => {
    const dir = join(folder, 'shallow');
    await git(['init', '--quiet', '--bare', dir]);
    const { data } = await github.as('ada').git.getRef({ owner: 'ada', repo: 'open', ref: 'heads/main' });
    await git(['-C', dir, 'fetch', '--quiet', '--depth=1', github.cloneUrl('ada/open'), `${data.object.sha}:refs/snapshots/1`]);
    expect((await git(['-C', dir, 'show', 'refs/snapshots/1:a.txt'])).stdout).toBe('a\n');
  });

  it('takes pushes from writers, and pull requests follow them', async () => {
    const dir = join(folder, 'clone');
    const as = (login: string) => withToken(github.tokenOf(login));
    await git(['clone', '--quiet', github.cloneUrl('ada/open'), dir]);
    const commit = async (content: string) => {
      writeFileSync(join(dir, 'pushed.txt'), content);
      await git(['-C', dir, 'add', '.']);
      await git(['-C', dir, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', content]);
    };
    await git(['-C', dir, 'switch', '--quiet', '-c', 'topic']);
    await commit('one');
    await expect(git([...as('visitor'), '-C', dir, 'push', '--quiet', 'origin', 'topic'])).rejects.toThrow();
    await git([...as('ada'), '-C', dir, 'push', '--quiet', 'origin', 'topic']);
    const ada = github.as('ada');
    const pull = await ada.pulls.create({ owner: 'ada', repo: 'open', title: 'Pushed', head: 'topic', base: 'main' });
    await commit('two');
    await git([...as('ada'), '-C', dir, 'push', '--quiet', 'origin', 'topic']);
    const local = (await git(['-C', dir, 'rev-parse', 'HEAD'])).stdout.trim();
    expect((await ada.pulls.get({ owner: 'ada', repo: 'open', pull_number: pull.data.number })).data.head.sha).toBe(local);
    await github.idle();
    const last = github.deliveries.filter(({ event }) => event === 'push' || event === 'pull_request').slice(-2);
    expect(last.map(({ event, action }) => [event, action])).toEqual([
      ['push', undefined],
      ['pull_request', 'synchronize'],
    ]);
    expect(last[0]?.payload).toMatchObject({ ref: 'refs/heads/topic', after: local, sender: { login: 'ada' }, created: false });
    expect(readFileSync(join(dir, 'pushed.txt'), 'utf8')).toBe('two');
  });
});
