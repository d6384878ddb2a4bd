import { describe, expect, test } from '@jest/globals';
import type { ComponentRecord, ComponentState } from '../../../src/domain/task/component-record.ts';
import { decide } from '../../../src/task/decide.ts';
import type { Closing, ComponentView } from '../../../src/task/model/view.ts';
import { statusFacts } from '../../../src/task/status-facts.ts';
import { APPROVAL, aPull, aRecord, aView, type ComponentFields, component, outdated } from '../a-view.ts';

const built = component('limiter', 'open').built;
const ON_STORE = { component: 'store', pull: 15, sha: 'e'.repeat(40) };
const DECIDED: Closing = { kind: 'decided' };
const REVISE = { kind: 'revise', by: 'wanda', at: '2026-11-23T10:01:00Z', notes: 'Shorter.' } as const;

const pullOf = (id: string, number: number, state: 'open' | 'closed') =>
  aPull({ number, headRef: `planwright/issue-12/${id}`, state });
const seen = (pull: ComponentView['pull'], closing: Closing | null = null): ComponentView => ({
  pull,
  landing: null,
  closing,
  landedAt: null,
  checks: null,
  work: { kind: 'absent' },
});

/** `limiter` is stacked on `store`, and has the pull request #16; `metrics` is merged. */
function decided(
  store: ComponentRecord,
  limiter: ComponentRecord,
  views: { readonly store?: ComponentView; readonly limiter: ComponentView },
) {
  const metrics = component('metrics', 'merged', { pull: 14 });
  const view = aView({
    record: aRecord({ approvals: [APPROVAL], components: { store, limiter, metrics } }),
    components: {
      store: views.store ?? seen(pullOf('store', 15, store.state === 'dropped' ? 'closed' : 'open')),
      limiter: views.limiter,
    },
  });
  const { record, actions } = decide(view, { kind: 'hint' });
  if (record === null) throw new Error('There is no record.');
  const started = actions.flatMap((a) => (a.kind === 'execute' ? [`${a.work.component}:${a.work.job.kind}`] : []));
  return { limiter: record.components.limiter, started, state: statusFacts(view, record).state };
}

const OPEN = component('store', 'open', { pull: 15 });
const inState = (state: ComponentState, more: ComponentFields = {}) =>
  component('limiter', state, { pull: 16, built, stack: ON_STORE, ...more });

describe('a writer closes a pull request whose component', () => {
  test.each<[string, ComponentRecord, ComponentRecord]>([
    ['is held by a dropped one', component('store', 'dropped', { pull: 15 }), inState('held', { heldBy: 'store' })],
    ['was held by one that comes back at the same time', OPEN, inState('held', { heldBy: 'store' })],
    ['failed', OPEN, inState('failed')],
    ['is blocked by a change request', OPEN, inState('blocked', { job: REVISE, review: { requested: REVISE } })],
    ['is to be made again for another spec', OPEN, outdated('limiter', 'open', { pull: 16, stack: ON_STORE })],
    ['waits to be', OPEN, outdated('limiter', 'waiting', { pull: 16, built, stack: ON_STORE })],
  ])('%s: it is dropped, and not made again', (_, store, limiter) => {
    const after = decided(store, limiter, { limiter: seen(pullOf('limiter', 16, 'closed'), DECIDED) });
    expect(after.limiter).toMatchObject({ state: 'dropped', removedByPlan: false, review: { requested: null } });
    expect(after.started).toEqual([]);
    // It stays so, whatever its parent does.
    const later = decided(OPEN, after.limiter as ComponentRecord, { limiter: seen(pullOf('limiter', 16, 'closed')) });
    expect(later.limiter?.state).toBe('dropped');
  });

  test('is held by a dropped one: with all others merged, the task is done', () => {
    const dropped = component('store', 'dropped', { pull: 15 });
    const limiter = inState('held', { heldBy: 'store' });
    expect(decided(dropped, limiter, { limiter: seen(pullOf('limiter', 16, 'closed'), DECIDED) }).state).toBe('done');
  });
});

describe('what is no decision about a component that is held', () => {
  test('its base was deleted: it is made again with its parent', () => {
    const limiter = inState('held', { heldBy: 'store' });
    const after = decided(OPEN, limiter, { limiter: seen(pullOf('limiter', 16, 'closed'), { kind: 'base_deleted' }) });
    expect(after.started).toEqual(['limiter:build']);
  });
  test.each<Closing>([{ kind: 'by_bot', by: 'stale[bot]' }, { kind: 'unknown' }])('%j: it stays held', (closing) => {
    const store = component('store', 'dropped', { pull: 15 });
    const after = decided(store, inState('held', { heldBy: 'store' }), {
      limiter: seen(pullOf('limiter', 16, 'closed'), closing),
    });
    expect(after.limiter?.state).toBe('held');
  });
  test('the closed pull request is an earlier one of its branch', () => {
    const limiter = inState('failed', { pull: null });
    expect(decided(OPEN, limiter, { limiter: seen(pullOf('limiter', 16, 'closed'), DECIDED) }).limiter?.state).toBe('failed');
  });
});

describe('a dropped one whose pull request is reopened', () => {
  test('is open where that carries what is planned', () => {
    expect(decided(OPEN, inState('dropped'), { limiter: seen(pullOf('limiter', 16, 'open')) }).limiter?.state).toBe('open');
  });
  test('is made again on its branch where the attempt at another spec had failed', () => {
    const limiter = inState('dropped', { built: { spec: 'another spec', blob: null } });
    const after = decided(OPEN, limiter, { limiter: seen(pullOf('limiter', 16, 'open')) });
    expect(after.started).toEqual(['limiter:build']);
    expect(after.limiter).toMatchObject({ state: 'running', attempt: 2, generation: 1, pull: 16 });
  });
});

test('a pull request that a writer had closed before the record was lost stays closed', () => {
  const record = aRecord({ approvals: [APPROVAL], restored: true, components: {} });
  const limiter = seen(pullOf('limiter', 16, 'closed'), DECIDED);
  const { record: after } = decide(aView({ record, components: { limiter } }), { kind: 'hint' });
  expect(after?.components.limiter).toMatchObject({ state: 'dropped', pull: 16 });
});
