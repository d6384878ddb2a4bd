import { describe, expect, it } from '@jest/globals';
import type { RepositoryForge } from '../../src/ports/forge/forge.ts';
import type { PullRequest } from '../../src/ports/forge/pulls.ts';
import { mayMoveBranch } from '../../src/publishing/own-branch.ts';
import { aPull } from '../task/a-view.ts';

const ours = aPull({ headRef: 'old/issue-12/plan' });
const theirs = aPull({ headRef: 'old/issue-12/plan', mine: false });

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
    const repo = {
      pullRequestsFrom: async () => pulls,
      branchMoves: async () => moves && { moves, whole: true },
    } as unknown as RepositoryForge;
    expect(await mayMoveBranch(repo, branch)).toBe(expected);
  });
});

it('is asked again while GitHub does not tell who made it', async () => {
  const repo = { pullRequestsFrom: async () => [], branchMoves: async () => ({ moves: [], whole: true }) };
  await expect(mayMoveBranch(repo as unknown as RepositoryForge, 'old/issue-12/plan')).rejects.toMatchObject({
    reason: 'not_visible_yet',
  });
});
