import { describe, expect, it } from '@jest/globals';
import { specHash } from '../../../src/domain/plan/spec-hash.ts';
import type { ComponentRecord } from '../../../src/domain/task/component-record.ts';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import type { ComponentWork } from '../../../src/domain/task/work.ts';
import { decide } from '../../../src/task/decide.ts';
import type { ComponentView, TaskView } from '../../../src/task/model/view.ts';
import { aComponent, aPlan } from '../../support/shop.ts';
import { APPROVAL, aPull, aRecord, aView, BLOB, component, PLAN, planView } from '../a-view.ts';

const approvals = [APPROVAL];
const HEADS = { store: 'e'.repeat(40), limiter: 'f'.repeat(40) };
const pull = (id: 'store' | 'limiter', number: number, more = {}) =>
  aPull({ number, headRef: `planwright/issue-12/${id}`, headSha: HEADS[id], ...more });
const seen = (p: ComponentView['pull'], more: Partial<ComponentView> = {}): ComponentView => ({
  pull: p,
  landing: null,
  closing: null,
  landedAt: null,
  checks: null,
  work: { kind: 'absent' },
  ...more,
});
const MERGED = { state: 'closed', merged: true, mergeCommit: 'a'.repeat(40) } as const;
const ON_STORE = { component: 'store', pull: 15, sha: HEADS.store };

function decided(components: TaskRecord['components'], view: Partial<TaskView>) {
  const metrics = component('metrics', 'merged', { pull: 14 });
  const decision = decide(aView({ record: aRecord({ approvals, components: { metrics, ...components } }), ...view }), {
    kind: 'hint',
  });
  const works = decision.actions.flatMap((a): ComponentWork[] => (a.kind === 'execute' ? [a.work] : []));
  return { ...decision, works, components: decision.record?.components as Record<string, ComponentRecord> };
}

describe('a stack', () => {
  it('begins on the head of the open parent', () => {
    const { works } = decided(
      { store: component('store', 'open', { pull: 15 }) },
      { components: { store: seen(pull('store', 15)) } },
    );
    expect(works).toMatchObject([
      {
        component: 'limiter',
        job: { kind: 'build', base: ON_STORE },
        parent: { ...ON_STORE, branch: 'planwright/issue-12/store' },
      },
    ]);
  });

  it('moves a child when its parent has landed, once, and leaves it alone before', () => {
    const child = component('limiter', 'open', { pull: 16, stack: ON_STORE });
    const before = decided(
      { store: component('store', 'open', { pull: 15 }), limiter: child },
      { components: { store: seen(pull('store', 15)), limiter: seen(pull('limiter', 16)) } },
    );
    expect(before.works).toEqual([]);
    const landed = {
      store: seen(pull('store', 15, MERGED), { landing: 'landed', closing: null, landedAt: null }),
      limiter: seen(pull('limiter', 16)),
    } as const;
    const after = decided({ store: component('store', 'open', { pull: 15 }), limiter: child }, { components: landed });
    expect(after.works).toMatchObject([
      { component: 'limiter', attempt: 2, job: { kind: 'restack' }, parent: null, stack: ON_STORE },
    ]);
    const opened = {
      kind: 'opened',
      pull: 16,
      head: 'e'.repeat(40),
      summary: null,
      stack: null,
      addressed: [],
      spend: [],
    } as const;
    const finished = { ...landed, limiter: seen(pull('limiter', 16), { work: { kind: 'finished', result: opened } }) };
    const ended = decided(after.components, { components: finished });
    expect(ended.works).toEqual([]);
    expect(ended.components.limiter).toMatchObject({ state: 'open', stack: null, built: child.built });
  });

  it('is told which merges its parent must hold, and whose files its branch carries', () => {
    const both = {
      ...PLAN,
      components: PLAN.components.map((c) => (c.id === 'limiter' ? { ...c, depends_on: ['store', 'metrics'] } : c)),
    };
    const plan = planView({
      file: { ok: true, value: both },
      verdicts: [{ by: 'wanda', identity: 'wanda', verdict: 'approved', blob: BLOB }],
    });
    const { works } = decided(
      { store: component('store', 'open', { pull: 15 }) },
      {
        plan,
        components: {
          store: seen(pull('store', 15)),
          metrics: seen(aPull({ number: 14, ...MERGED }), { landing: 'landed', closing: null, landedAt: null }),
        },
      },
    );
    expect(works).toMatchObject([{ component: 'limiter', parent: ON_STORE, needs: [MERGED.mergeCommit], contains: [] }]);
  });

  it('counts what an attempt has cost once, also when its pull request is merged before it has ended', () => {
    const usage = { input: 1, cache_read: 0, cache_write: 0, output: 1, reasoning: 0 };
    const spend = [{ model: 'anthropic/e', turns: 3, usage, usd: 0.1, ms: 10 }];
    const result = { kind: 'opened', pull: 15, head: HEADS.store, summary: null, stack: null, addressed: [], spend } as const;
    const merged = pull('store', 15, MERGED);
    const early = decided(
      { store: component('store', 'running') },
      { components: { store: seen(merged, { landing: 'landed', closing: null, landedAt: null, work: { kind: 'running' } }) } },
    );
    expect(early.components.store).toMatchObject({ state: 'merged', spend: [] });
    const ended = {
      components: {
        store: seen(merged, { landing: 'landed', closing: null, landedAt: null, work: { kind: 'finished' as const, result } }),
      },
    };
    const late = decided(early.components, ended);
    expect(late.components.store?.spend).toEqual(spend);
    expect(decided(late.components, ended).components.store?.spend).toEqual(spend);
  });

  it('counts a child merged into its parent as merged when that lands, and as lost when it cannot', () => {
    const record = {
      store: component('store', 'open', { pull: 15 }),
      limiter: component('limiter', 'open', { pull: 16, stack: ON_STORE }),
    };
    const child = pull('limiter', 16, { ...MERGED, baseRef: 'planwright/issue-12/store' });
    const state = (landing: ComponentView['landing']) =>
      decided(record, { components: { store: seen(pull('store', 15)), limiter: seen(child, { landing }) } }).components.limiter
        ?.state;
    expect([state('with-parent'), state('astray'), state('landed')]).toEqual(['open', 'failed', 'merged']);
  });

  it('is held from a closed parent upwards, and what is at work there is stopped', () => {
    const byWriter = { ...seen(pull('store', 15, { state: 'closed' })), closing: { kind: 'decided' as const } };
    const closed = { store: byWriter, limiter: seen(pull('limiter', 16)) };
    const open = component('limiter', 'open', { pull: 16, stack: ON_STORE });
    const held = decided({ store: component('store', 'open', { pull: 15 }), limiter: open }, { components: closed });
    expect(held.components.limiter).toMatchObject({ state: 'held', heldBy: 'store' });
    expect(held.actions).toContainEqual(expect.objectContaining({ kind: 'reply', on: 16, key: 'held:15' }));
    const running = { ...component('limiter', 'running'), job: { kind: 'build' as const, base: ON_STORE } };
    const stopped = decided(
      { store: component('store', 'open', { pull: 15 }), limiter: running },
      { components: { ...closed, limiter: seen(null, { work: { kind: 'running' } }) } },
    );
    expect(stopped.actions).toContainEqual({ kind: 'stop', workflow: 'component:olga/shop#12/limiter:1' });
    expect(stopped.components.limiter?.state).toBe('held');
  });

  it('is built again on the next pull request of a parent that was given up', () => {
    const parent = component('store', 'open', { pull: 17, generation: 2 });
    const child = component('limiter', 'open', { pull: 16, stack: ON_STORE });
    const { works } = decided(
      { store: parent, limiter: child },
      {
        components: {
          store: seen(pull('store', 17, { headRef: 'planwright/issue-12/store.2' })),
          limiter: seen(pull('limiter', 16)),
        },
      },
    );
    expect(works).toMatchObject([
      { component: 'limiter', attempt: 2, parent: { pull: 17, branch: 'planwright/issue-12/store.2' }, stack: ON_STORE },
    ]);
  });
});

describe('an approved revision', () => {
  const revised = {
    ...PLAN,
    components: PLAN.components.map((c) => (c.id === 'store' ? { ...c, contract: '`export const store = 2`' } : c)),
  };
  const BLOB_2 = 'd'.repeat(40);
  const plan = planView({
    blob: BLOB_2,
    file: { ok: true, value: revised },
    verdicts: [{ by: 'wanda', identity: 'wanda', verdict: 'approved', blob: BLOB_2 }],
  });
  const open = { store: seen(pull('store', 15)), limiter: seen(pull('limiter', 16)) };
  const record = {
    store: component('store', 'open', { pull: 15 }),
    limiter: component('limiter', 'open', { pull: 16, stack: ON_STORE }),
  };

  it('does again what it changes, and then what builds on that, each under another attempt', () => {
    const first = decided(record, { plan, components: open });
    expect(first.works).toMatchObject([{ component: 'store', attempt: 2, blob: BLOB_2, spec: specHash(revised, 'store') }]);
    expect(first.components).toMatchObject({ store: { state: 'running' }, limiter: { state: 'waiting' } });
    // While it waits its pull request is there all the time, and does not make it open again.
    const meanwhile = decided(first.components, {
      plan,
      components: { ...open, store: seen(pull('store', 15), { work: { kind: 'running' } }) },
    });
    expect(meanwhile.components.limiter?.state).toBe('waiting');
    const opened = {
      kind: 'opened',
      pull: 15,
      head: 'e'.repeat(40),
      summary: null,
      stack: null,
      addressed: [],
      spend: [],
    } as const;
    const done = { ...open, store: seen(pull('store', 15), { work: { kind: 'finished', result: opened } }) };
    const second = decided(meanwhile.components, { plan, components: done });
    expect(second.works).toMatchObject([{ component: 'limiter', attempt: 2, parent: ON_STORE, stack: ON_STORE }]);
    const stacked = {
      kind: 'opened',
      pull: 16,
      head: 'e'.repeat(40),
      summary: null,
      stack: ON_STORE,
      addressed: [],
      spend: [],
    } as const;
    const last = decided(second.components, {
      plan,
      components: { ...open, limiter: seen(pull('limiter', 16), { work: { kind: 'finished', result: stacked } }) },
    });
    expect(last.works).toEqual([]);
    expect(last.components).toMatchObject({ store: { state: 'open' }, limiter: { state: 'open' } });
  });

  it('brings back what the one before had left out', () => {
    const left = component('limiter', 'dropped', { pull: 16, removedByPlan: true });
    const closed = { ...open, limiter: seen(pull('limiter', 16, { state: 'closed' })) };
    const { works } = decided({ store: component('store', 'open', { pull: 15 }), limiter: left }, { components: closed });
    expect(works).toMatchObject([{ component: 'limiter', attempt: 2, branch: 'planwright/issue-12/limiter.2' }]);
    const byPerson = {
      store: component('store', 'open', { pull: 15 }),
      limiter: component('limiter', 'dropped', { pull: 16, removedByPlan: false }),
    };
    expect(decided(byPerson, { components: closed }).works).toEqual([]);
  });

  it('that is not approved yet changes nothing of what is open', () => {
    const { works, components } = decided(record, { plan: { ...plan, verdicts: [] }, components: open });
    expect(works).toEqual([]);
    expect(components).toMatchObject({ store: { state: 'open' }, limiter: { state: 'open' } });
  });

  it('tries a failed component again only for another reason than its failure', () => {
    const failed = component('limiter', 'failed', { pull: 16, stack: { ...ON_STORE, pull: 3 } });
    const { works } = decided({ store: component('store', 'open', { pull: 15 }), limiter: failed }, { components: open });
    expect(works).toEqual([]);
  });

  it('closes the pull request of what it drops, with the reason, and keeps the one of what it leaves', () => {
    const without = aPlan([aComponent('store'), aComponent('metrics')], {
      ...PLAN,
      components: [aComponent('store'), aComponent('metrics')],
    });
    const smaller = {
      ...plan,
      file: {
        ok: true as const,
        value: { ...without, implementation_order: without.implementation_order.filter((o) => o.component !== 'limiter') },
      },
    };
    const { actions, components } = decided(record, { plan: smaller, components: open });
    expect(components.limiter?.state).toBe('dropped');
    expect(actions).toContainEqual({ kind: 'close_pull', number: 16 });
    expect(actions).toContainEqual(
      expect.objectContaining({ kind: 'reply', on: 16, text: expect.stringContaining('no longer has this component') }),
    );
    expect(actions).toContainEqual(
      expect.objectContaining({ kind: 'reply', on: 15, text: expect.stringContaining('does not change this component') }),
    );
    expect(components.store).toMatchObject({ state: 'open', goal: { blob: BLOB_2 }, built: { blob: BLOB_2 } });
  });
});
