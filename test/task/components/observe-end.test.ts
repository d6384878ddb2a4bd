import { describe, expect, test } from '@jest/globals';
import type { ComponentRecord } from '../../../src/domain/task/component-record.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import type { PullRequest } from '../../../src/ports/forge/pulls.ts';
import type { Snapshots } from '../../../src/ports/snapshot.ts';
import { observeEnd } from '../../../src/task/components/observe-end.ts';
import { aPull, component } from '../a-view.ts';

/** The history, as the best common ancestors of pairs of commits; every commit is a word. */
interface History {
  /** `a..b` where they meet; everything else meets at `root`. */
  readonly meet?: Readonly<Record<string, string>>;
  /** Heads of which the base branch has everything, although not as commits. */
  readonly landed?: readonly string[];
  readonly branches?: readonly string[];
}

function repository({ meet = {}, branches = ['planwright/issue-12/store'] }: History): RepositoryForge {
  return {
    repository: { owner: 'olga', name: 'shop', installation: 7 },
    defaultBranch: async () => ({ name: 'main', sha: 'tip' }),
    branchHead: async (name: string) => (branches.includes(name) || name === 'main' ? 'some' : null),
    mergeBase: async (a: string, b: string) => (a === b ? a : (meet[`${a}..${b}`] ?? meet[`${b}..${a}`] ?? 'root')),
    issue: async () => ({ closedBy: { login: 'wanda', bot: false } }),
    permission: async () => 'write',
  } as unknown as RepositoryForge;
}

const snapshots = ({ landed = [] }: History): Snapshots =>
  ({
    open: async (_: unknown, commit: string) => ({
      commit,
      merge: async (_base: unknown, { snapshot }: { readonly snapshot: { readonly commit: string } }) => ({
        changes: [],
        conflicts: landed.includes(snapshot.commit) ? [] : ['src/limiter.js'],
      }),
    }),
  }) as unknown as Snapshots;

const CLOSED = { state: 'closed' } as const;
const store = aPull({ ...CLOSED, number: 15, headRef: 'planwright/issue-12/store', headSha: 'store' });
const limiter = aPull({ ...CLOSED, number: 16, headRef: 'planwright/issue-12/limiter', headSha: 'limiter', baseRef: store.headRef });

const endOf = (pull: PullRequest, record: ComponentRecord, others: readonly PullRequest[], history: History = {}) =>
  observeEnd(repository(history), snapshots(history), {
    pull,
    component: record,
    pulls: new Map([pull, ...others].map((each) => [String(each.number), each])),
    base: null,
  });

describe('who closed a pull request', () => {
  const held = (heldBy: string | null) => component('limiter', 'held', { pull: 16, heldBy });
  test.each<[string, ComponentRecord, object | null]>([
    ['is asked of one that is open', component('limiter', 'open', { pull: 16 }), { kind: 'decided' }],
    ['of one that failed', component('limiter', 'failed', { pull: 16 }), { kind: 'decided' }],
    ['of one that a dropped one holds', held('store'), { kind: 'decided' }],
    ['not of one that waits for a person already', held(null), null],
    ['nor of a dropped one', component('limiter', 'dropped', { pull: 16 }), null],
  ])('%s', async (_, record, closing) => {
    expect((await endOf(limiter, record, [])).closing).toEqual(closing);
  });
  test('is not asked where its base was deleted', async () => {
    const end = await endOf(limiter, held('store'), [], { branches: [] });
    expect(end.closing).toEqual({ kind: 'base_deleted' });
  });
});
