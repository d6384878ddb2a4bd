import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspectRepository } from '../../../src/adapters/git/local/repository.ts';
import { triesFolder } from '../../../src/cli/try/cache-folder.ts';
import { notesOn } from '../../../src/cli/try/notes.ts';
import { everythingIn, gitIn, type Home, makeHome, makeRepository, write } from './own-repository.ts';

let home: Home;
const before = { HOME: process.env.HOME, XDG_CONFIG_HOME: process.env.XDG_CONFIG_HOME };
beforeEach(() => {
  home = makeHome();
  process.env.HOME = home.path;
  delete process.env.XDG_CONFIG_HOME;
});
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  home.remove();
});

const inHome = (name: string): string => join(home.path, name);
const git = (...args: string[]) => gitIn(home, home.path, ...args);

describe('what is said of a repository that can be used', () => {
  it.each<[what: string, make: () => string, notes: (string | RegExp)[]]>([
    ['an ordinary one', () => makeRepository(home), []],
    [
      'one with uncommitted changes',
      () => {
        const path = makeRepository(home);
        write(path, { 'README.md': 'changed', 'new/file': 'new' });
        return path;
      },
      [
        /^1 changed file and 1 untracked path not committed: the models do not see that, only the commit at HEAD \([0-9a-f]{7}\)\.$/,
      ],
    ],
    ['one whose commit has no files', () => makeRepository(home, 'empty', {}), [/has no files: the plan begins with nothing/]],
    [
      'a bare one',
      () => {
        git('clone', '--quiet', '--bare', makeRepository(home), 'bare.git');
        return inHome('bare.git');
      },
      [/^The repository is bare/],
    ],
    [
      'a shallow clone',
      () => {
        const path = makeRepository(home);
        gitIn(home, path, 'commit', '--quiet', '--allow-empty', '-m', 'Second');
        git('clone', '--quiet', '--depth=1', `file://${path}`, 'shallow');
        return inHome('shallow');
      },
      [/^The repository is a shallow clone/],
    ],
    [
      'a submodule',
      () => {
        const outer = makeRepository(home, 'outer');
        gitIn(home, outer, 'submodule', '--quiet', 'add', makeRepository(home), 'inner');
        return join(outer, 'inner');
      },
      [/^This is a submodule of .*\/outer: the branches are made in the submodule/],
    ],
    [
      'a linked working tree',
      () => {
        gitIn(home, makeRepository(home), 'worktree', 'add', '--quiet', '-b', 'other', inHome('linked'));
        return inHome('linked');
      },
      [/^This is one of several working trees/],
    ],
    [
      'a detached HEAD',
      () => {
        const path = makeRepository(home);
        gitIn(home, path, 'checkout', '--quiet', '--detach');
        return path;
      },
      [/^HEAD is detached/],
    ],
    [
      'nobody to commit as',
      () => {
        const path = makeRepository(home);
        write(home.path, { '.gitconfig': '' });
        return path;
      },
      [/^git knows no user\.name and user\.email here/],
    ],
  ])('%s', async (_, make, notes) => {
    const path = make();
    const untouched = everythingIn(path);
    const inspected = await inspectRepository(path);
    expect(inspected.ok ? notesOn(inspected.value) : inspected).toEqual(notes.map((note) => expect.stringMatching(note)));
    expect(everythingIn(path)).toEqual(untouched);
  });

  it('a huge one', async () => {
    const inspected = await inspectRepository(makeRepository(home));
    if (!inspected.ok) throw new Error(inspected.reason);
    expect(notesOn({ ...inspected.value, files: 78_635 })).toEqual([
      expect.stringMatching(/^The repository is huge \(78,635 files\)/),
    ]);
  });

  it('a folder inside of it stands for the whole', async () => {
    const path = makeRepository(home);
    expect(await inspectRepository(join(path, 'src'))).toMatchObject({ ok: true, value: { path, files: 4, branch: 'main' } });
  });
});

describe('what is said of one that cannot be used', () => {
  it.each<[what: string, make: () => string, reason: RegExp]>([
    ['nothing there', () => inHome('nowhere'), /nowhere does not exist\.$/],
    [
      'a folder without git',
      () => {
        mkdirSync(inHome('folder'));
        return inHome('folder');
      },
      /folder is not a git repository\. Name one with --repo PATH\.$/,
    ],
    [
      'no commits',
      () => {
        git('init', '--quiet', 'young');
        return inHome('young');
      },
      /young has no commits yet.*git commit --allow-empty/,
    ],
    [
      'a branch without commits, among others',
      () => {
        const path = makeRepository(home);
        gitIn(home, path, 'checkout', '--quiet', '--orphan', 'fresh');
        return path;
      },
      /is a branch without commits\. Check out one that has some, main for example\.$/,
    ],
    [
      'SHA-256',
      () => {
        git('init', '--quiet', '--object-format=sha256', 'modern');
        gitIn(home, inHome('modern'), 'commit', '--quiet', '--allow-empty', '-m', 'First');
        return inHome('modern');
      },
      /uses sha256 object ids/,
    ],
    [
      'a partial clone without its files',
      () => {
        const path = makeRepository(home);
        gitIn(home, path, 'config', 'uploadpack.allowFilter', 'true');
        git('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${path}`, 'partial');
        return inHome('partial');
      },
      /is a partial clone, and 4 of the files at HEAD are not in it/,
    ],
  ])('%s', async (_, make, reason) => {
    expect(await inspectRepository(make())).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('a cache inside of it', async () => {
    const inspected = await inspectRepository(makeRepository(home));
    if (!inspected.ok) throw new Error(inspected.reason);
    const folder = triesFolder(inspected.value, { XDG_CACHE_HOME: join(inspected.value.path, '.cache') });
    expect(folder).toEqual({ ok: false, reason: expect.stringContaining('Set XDG_CACHE_HOME to another folder') });
  });
});

it('hooks and monitors of the repository are not run', async () => {
  const path = makeRepository(home);
  const trap = inHome('trap.sh');
  write(home.path, { 'trap.sh': `#!/bin/sh\ntouch ${inHome('sprung')}\n` });
  chmodSync(trap, 0o755);
  gitIn(home, path, 'config', 'core.fsmonitor', trap);
  write(path, { 'README.md': 'changed' });
  expect(await inspectRepository(path)).toMatchObject({ ok: true });
  await expect(async () => everythingIn(inHome('sprung'))).rejects.toThrow('ENOENT');
});
