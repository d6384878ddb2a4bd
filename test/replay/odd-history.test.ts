import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GIT_ENVIRONMENT } from '../support/github/git-command.ts';
import { type PastCommit, pastCommits } from './history.ts';
import { type MadeRepository, makeRepository } from './make-repository.ts';
import { ODD_HISTORY } from './odd-history.ts';
import type { Replayed } from './replay-commit.ts';
import { replayHistory } from './replay-history.ts';
import { callsIn, lineAbout, preparedIn, summaryOf } from './report.ts';
import { openSource, type Source } from './source.ts';

let repository: MadeRepository;
let source: Source;
let commits: PastCommit[];
/** A commit that is said to have the tree of the one before. */
let tampered: Replayed | undefined;
let all: Replayed[];

const open = async (path: string) => {
  const opened = await openSource(path);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.value;
};
const replay = async (some: readonly PastCommit[], from = source) => {
  const replayed: Replayed[] = [];
  for await (const one of replayHistory(from, some)) replayed.push(one);
  return replayed;
};

beforeAll(async () => {
  repository = makeRepository(ODD_HISTORY);
  source = await open(repository.path);
  commits = await pastCommits(source, 'main', ODD_HISTORY.length + 1);
  const [, before, after] = commits;
  if (!before || !after) throw new Error('no commits');
  [tampered, ...all] = await replay([{ ...after, tree: before.tree }, ...commits]);
}, 600_000);
afterAll(() => {
  source.close();
  repository.remove();
});

test('every step of the odd history comes out as it was, but for the one that no gate lets pass', () => {
  expect(all.map(({ commit }) => commit.subject)).toEqual(ODD_HISTORY.map(({ did }) => did));
  expect(all.flatMap((one) => lineAbout(one) ?? [])).toEqual([expect.stringMatching(/beyond the gate: .*conflict markers/)]);
  expect(all.filter(({ verdict }) => verdict === 'nothing left').map(({ commit }) => commit.subject)).toEqual([
    'A name no plan can hold, and nothing else',
  ]);
});

test('by the tools, with what no tool is meant to do in the base', () => {
  expect(callsIn(all)).toEqual({ create_file: 44, edit_file: 42, delete_file: 20, move_file: 11, overwrite_file: 5 });
  expect(preparedIn(all)).toEqual({
    'name no plan can hold': 9,
    binary: 6,
    'new executable': 5,
    'text that is not UTF-8': 4,
    'symbolic link': 3,
    'LFS pointer': 3,
    submodule: 3,
    'name like another': 3,
    mode: 2,
    'in the way': 1,
  });
  expect(summaryOf(all)).toMatch(
    /^21 of 21 trees identical \(23 commits; 1 beyond the gate, 0 beyond the limits, 1 with nothing left to do\)\n.*\n +edits matched: 42 exactly, 0 by indentation; overwritten because they were empty: 1\n/,
  );
});

test('a tree that differs is seen, and where', () => {
  expect(tampered).toMatchObject({
    verdict: 'differs',
    reason: expect.stringMatching(/: in bom-crlf\.cs, bom\.txt, crlf\.txt, lf\.txt, only-mark\.txt$/),
  });
});

test('a shallow clone is replayed as far as it goes', async () => {
  const path = join(repository.path, 'clone');
  execFileSync('git', ['clone', '--quiet', '--bare', '--depth=2', `file://${repository.path}`, path], { env: GIT_ENVIRONMENT });
  const clone = await open(path);
  const known = await pastCommits(clone, 'main', 50);
  expect(known).toEqual(commits.slice(-1));
  expect((await replay(known, clone)).map(({ verdict }) => verdict)).toEqual(['identical']);
  clone.close();
});
