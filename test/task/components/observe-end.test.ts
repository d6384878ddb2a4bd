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
const limiter = aPull({
  ...CLOSED,
  number: 16,
  headRef: 'planwright/issue-12/limiter',
  headSha: 'limiter',
  baseRef: store.headRef,
});

/** The pull requests `above` it are its dependents'. */
const endOf = (pull: PullRequest, record: ComponentRecord, above: readonly PullRequest[], history: History = {}) =>
  observeEnd(repository(history), snapshots(history), {
    pull,
    component: record,
    pulls: new Map([pull, ...above].map((each) => [String(each.number), each])),
    above,
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

describe('a stack that a queue has landed in one push', () => {
  const record = component('store', 'open', { pull: 15 });
  const onTop = { meet: { 'store..limiter': 'store' } };
  test.each<[string, PullRequest, History, boolean]>([
    ['the upper one landed, and contains the lower', limiter, { ...onTop, landed: ['limiter'] }, true],
    ['the upper one landed, on top of an earlier commit of the lower', limiter, { landed: ['limiter'] }, false],
    ['the upper one has not landed', limiter, onTop, false],
    ['the upper one is open', { ...limiter, state: 'open' }, { ...onTop, landed: ['limiter'] }, false],
    [
      'the upper one was merged into the base branch',
      { ...limiter, merged: true, mergeCommit: 'squash', baseRef: 'main' },
      onTop,
      true,
    ],
    [
      'the upper one was merged into the closed lower one',
      { ...limiter, merged: true, mergeCommit: 'merge', baseRef: store.headRef },
      onTop,
      false,
    ],
  ])('%s', async (_, above, history, landed) => {
    const end = await endOf(store, record, [above], history);
    expect(end).toEqual(
      landed
        ? { landing: 'landed', closing: null, landedAt: 'tip' }
        : { landing: null, closing: { kind: 'decided' }, landedAt: null },
    );
  });

  test('is seen as well where the lower one was closed, and waits for a person, before the upper one', async () => {
    const held = component('store', 'held', { pull: 15 });
    expect((await endOf(store, held, [limiter], { ...onTop, landed: ['limiter'] })).landing).toBe('landed');
  });
});
