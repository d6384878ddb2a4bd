import { describe, expect, it } from '@jest/globals';
import type { Signal } from '../../../src/domain/task/signal.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import type { PullRequest } from '../../../src/ports/forge/pulls.ts';
import { mayMoveBranch } from '../../../src/publishing/own-branch.ts';
import { observeBranches } from '../../../src/task/model/observe-branches.ts';
import { aPull } from '../a-view.ts';

const HINT: Signal = { kind: 'hint' };
const planned = (pull: number): Signal => ({
  kind: 'finished',
  workflow: 'plan:olga/shop#12:1.1.1',
  result: { kind: 'planned', gatheredAt: '', pull, blob: '', spend: [] },
});

/** GitHub has these pull requests, by their branches. */
const having = (...pulls: readonly PullRequest[]): RepositoryForge =>
  ({
    pullRequest: async (number: number) => pulls.find((pull) => pull.number === number) ?? null,
    pullRequestsFrom: async (branch: string) => pulls.filter((pull) => pull.headRef === branch),
  }) as unknown as RepositoryForge;

const OLD = { prefix: 'old/', base: 'develop' };
const NEW = { prefix: 'new/', base: null };
const ours = aPull({ headRef: 'old/issue-12/plan' });
const theirs = aPull({ headRef: 'old/issue-12/plan', mine: false });

describe('the prefix and base a task began with', () => {
  it.each<[string, Parameters<typeof observeBranches>[2], readonly PullRequest[], object]>([
    ['a new task begins with what the settings say', { recorded: null, settled: NEW, signal: HINT }, [], NEW],
    [
      'and with the default while they cannot be read',
      { recorded: null, settled: null, signal: HINT },
      [],
      { prefix: 'planwright/', base: null },
    ],
    [
      'a record that the settings agree with counts',
      { recorded: { ...NEW, base: 'x' }, settled: NEW, signal: HINT },
      [],
      { ...NEW, base: 'x' },
    ],
    ['so does one that a plan of ours agrees with', { recorded: OLD, settled: NEW, signal: HINT }, [ours], OLD],
    [
      'and one with the default prefix',
      { recorded: { prefix: 'planwright/', base: null }, settled: NEW, signal: HINT },
      [],
      { prefix: 'planwright/', base: null },
    ],
    ['one that nothing proves does not', { recorded: OLD, settled: NEW, signal: HINT }, [], { prefix: 'new/', base: 'develop' }],
    [
      "nor does one that only a person's pull request agrees with",
      { recorded: OLD, settled: NEW, signal: HINT },
      [theirs],
      { prefix: 'new/', base: 'develop' },
    ],
    [
      'a plan that was just published tells its prefix',
      { recorded: { ...OLD, prefix: 'x/' }, settled: NEW, signal: planned(13) },
      [ours],
      OLD,
    ],
    [
      'unless it is of another task',
      { recorded: { ...OLD, prefix: 'x/' }, settled: NEW, signal: planned(13) },
      [aPull({ headRef: 'old/issue-99/plan' })],
      { prefix: 'new/', base: 'develop' },
    ],
  ])('%s', async (_, given, pulls, expected) => {
    expect(await observeBranches(having(...pulls), 12, given)).toEqual(expected);
  });
});

describe('whether a branch that is there may be moved', () => {
  const move = (before: string | null, mine: boolean) => ({ at: '', before, after: 'x', mine });
  it.each<[string, string, readonly PullRequest[], ReturnType<typeof move>[] | null, boolean]>([
    ['it has a pull request of ours', 'old/issue-12/plan', [ours], [], true],
    ['the App made it', 'old/issue-12/plan', [], [move('a', false), move(null, true)], true],
    ['a person made it', 'old/issue-12/plan', [theirs], [move('a', true), move(null, false)], false],
    ['a person made it again', 'old/issue-12/plan', [], [move(null, false), move('a', true), move(null, true)], false],
    ['it was made before the log begins', 'old/issue-12/plan', [], [move('a', true)], false],
    ['a person made it, under the prefix that is kept for the App', 'planwright/issue-12/plan', [], [move(null, false)], true],
    ['there is no log', 'old/issue-12/plan', [], null, false],
  ])('%s', async (_, branch, pulls, moves, expected) => {
    const repo = { ...having(...pulls), branchMoves: async () => moves && { moves, whole: true } };
    expect(await mayMoveBranch(repo, branch)).toBe(expected);
  });
});
