import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
let all: Replayed[];

const replay = async (some: readonly PastCommit[]) => {
  const replayed: Replayed[] = [];
  for await (const one of replayHistory(source, some)) replayed.push(one);
  return replayed;
};

beforeAll(async () => {
  repository = makeRepository(ODD_HISTORY);
  const opened = await openSource(repository.path);
  if (!opened.ok) throw new Error(opened.reason);
  source = opened.value;
  commits = await pastCommits(source, 'main', ODD_HISTORY.length + 1);
  all = await replay(commits);
});
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
  expect(callsIn(all)).toEqual({ create_file: 45, edit_file: 43, delete_file: 20, move_file: 11, overwrite_file: 5 });
  expect(preparedIn(all)).toEqual({
    'name no plan can hold': 7,
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
    /^21 of 21 trees identical \(23 commits; 1 beyond the gate, 1 with nothing left to do\)\n.*\n +edits matched: 43 exactly, 0 by indentation; overwritten because they were empty: 1\n/,
  );
});

test('a tree that differs is seen, and where', async () => {
  const [first, second] = commits;
  if (!first || !second) throw new Error('no commits');
  const [told] = await replay([{ ...second, tree: first.tree }]);
  expect(told).toMatchObject({
    verdict: 'differs',
    reason: expect.stringMatching(/in big-crlf\.txt, bom-crlf\.cs, crlf\.txt, mixed\.txt$/),
  });
});
