import { describe, expect, it } from '@jest/globals';
import type { Signal } from '../../../src/domain/task/signal.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import type { PullRequest } from '../../../src/ports/forge/pulls.ts';
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
