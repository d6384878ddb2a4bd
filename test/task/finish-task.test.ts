import { describe, expect, test } from '@jest/globals';
import type { TaskRecord } from '../../src/domain/task/task-record.ts';
import { decide } from '../../src/task/decide.ts';
import type { Action } from '../../src/task/model/action.ts';
import type { ComponentView, TaskView } from '../../src/task/model/view.ts';
import { statusFacts } from '../../src/task/status-facts.ts';
import { APPROVAL, aPull, aRecord, aView, component, planView, SETTINGS } from './a-view.ts';

const [STORE, LIMITER, METRICS] = [15, 16, 17];
const MERGED = { state: 'closed', merged: true, mergeCommit: 'a'.repeat(40) } as const;
const CLOSED_ISSUE: TaskView['issue'] = { ...aView().issue, state: 'closed', closedAt: '2026-11-23T11:00:00Z' };

const seen = (number: number, more: object): ComponentView => ({
  pull: aPull({ number, ...more }),
  landing: 'merged' in more ? 'landed' : null,
  closing: null,
  landedAt: null,
  checks: null,
  work: { kind: 'absent' },
});

/** All but `metrics` is merged. */
const components = (metrics: TaskRecord['components'][string]): TaskRecord['components'] => ({
  store: component('store', 'merged', { pull: STORE }),
  limiter: component('limiter', 'merged', { pull: LIMITER }),
  metrics,
});
const OPEN = components(component('metrics', 'open', { pull: METRICS }));

/** What is done when `metrics` turns out to be merged, and the state that people read then. */
function whenMerged(record: TaskRecord, more: Partial<TaskView> = {}) {
  const view = aView({ record, components: { metrics: seen(METRICS, MERGED) }, ...more });
  const { record: after, actions } = decide(view, { kind: 'hint' });
  if (after === null) throw new Error('There is no record.');
  return { record: after, did: doneBy(actions), state: statusFacts(view, after).state };
}

const doneBy = (actions: readonly Action[]): string[] =>
  actions.map((action) => (action.kind === 'reply' ? `reply on #${action.on}: ${action.key}` : action.kind));

const cancelled = (more: Partial<TaskRecord> = {}): TaskRecord =>
  aRecord({ approvals: [APPROVAL], components: OPEN, cancelled: true, ...more });

describe('a cancelled task of which people merge the rest', () => {
  test('after /cancel: the whole is reviewed, then the plan and the issue are closed', () => {
    const reviewing = whenMerged(cancelled());
    expect([reviewing.did, reviewing.state]).toEqual([['review_whole'], 'executing']);
    const reviewed = { kind: 'finished', result: { kind: 'reviewed', text: 'All there.', spend: [] } } as const;
    const last = whenMerged(reviewing.record, { reviewWork: reviewed });
    expect([last.did, last.state]).toEqual([
      ['reply on #12: final-review:1.1', 'reply on #13: done', 'close_pull', 'close_issue'],
      'done',
    ]);
  });

  test('after the issue was closed: the plan is closed, and nothing is reviewed', () => {
    const { did, state, record } = whenMerged(cancelled(), { issue: CLOSED_ISSUE });
    expect([did, state]).toEqual([['reply on #13: done', 'close_pull'], 'done']);
    expect(record).toMatchObject({ cancelled: false, review: 'done', ended: true });
    // Nor does that cancel it again.
    const view = aView({ record, issue: CLOSED_ISSUE, plan: planView({ pull: aPull({ state: 'closed' }) }) });
    expect(decide(view, { kind: 'closed', by: 'olga' })).toMatchObject({ record: { cancelled: false }, actions: [] });
  });

  test('and dropped one of it: people are told what is left', () => {
    const store = component('store', 'dropped', { pull: STORE });
    const limiter = component('limiter', 'dropped', { pull: LIMITER });
    const { did, state } = whenMerged(cancelled({ components: { ...OPEN, store, limiter } }));
    expect([did, state]).toEqual([['reply on #12: left-over:1.1:store+limiter'], 'done']);
  });

  test('after the plan was closed as well: nobody is asked about the plan', () => {
    const plan = planView({ pull: aPull({ state: 'closed' }) });
    const { did, record } = whenMerged(cancelled(), { plan, issue: CLOSED_ISSUE });
    expect(did).toEqual([]);
    expect(record).toMatchObject({ cancelled: false, closedPlan: null });
  });
});

describe('a task that was done but for a component that people had dropped', () => {
  const dropped = components(component('metrics', 'dropped', { pull: METRICS }));
  const done = () => {
    const view = aView({ record: aRecord({ approvals: [APPROVAL], components: dropped }) });
    const { record } = decide(view, { kind: 'hint' });
    if (record === null) throw new Error('There is no record.');
    return record;
  };
  const reopened = (record: TaskRecord) =>
    decide(aView({ record, components: { metrics: seen(METRICS, {}) } }), { kind: 'hint' }).record as TaskRecord;

  test('and that they reopen and merge: the whole is reviewed, once', () => {
    const open = reopened(done());
    expect(open.components.metrics?.state).toBe('open');
    const reviewing = whenMerged(open);
    expect([reviewing.did, reviewing.record.review]).toEqual([['review_whole'], 'running']);
    expect(whenMerged({ ...reviewing.record, review: 'done' }).did).toEqual(['reply on #13: done', 'close_pull', 'close_issue']);
  });

  test('and that is merged while the record cannot be decided on: the whole is reviewed afterwards', () => {
    const broken = { settings: { ok: false as const, reason: [] } };
    const { record } = whenMerged(reopened(done()), broken);
    expect(record.components.metrics?.state).toBe('merged');
    expect(whenMerged(record).did).toEqual(['review_whole']);
  });

  test('is reviewed no more where the settings do not request it', () => {
    const value = { ...SETTINGS, plan: { ...SETTINGS.plan, final_review: false } };
    const { did } = whenMerged(reopened(done()), { settings: { ok: true, value } });
    expect(did).toEqual(['reply on #13: done', 'close_pull', 'close_issue']);
  });

  test('and whose plan they close: that is no withdrawal, neither before nor after they reopen the component', () => {
    const plan = planView({ pull: aPull({ state: 'closed' }) });
    for (const record of [done(), reopened(done())]) {
      const { record: after, actions } = decide(aView({ record, plan, components: {} }), { kind: 'hint' });
      expect(after).toMatchObject({ closedPlan: null, approvals: [APPROVAL] });
      expect(doneBy(actions).filter((did) => did.includes('#13'))).toEqual([]);
    }
  });
});

describe('what stays cancelled', () => {
  test('a task of which something is left', () => {
    const metrics = seen(METRICS, {});
    const { record } = decide(aView({ record: cancelled(), components: { metrics } }), { kind: 'hint' });
    expect(record?.cancelled).toBe(true);
  });
  test('a final review that people have stopped', () => {
    const all = components(component('metrics', 'merged', { pull: METRICS }));
    const record = cancelled({ components: all, review: 'running' });
    const view = aView({ record, reviewWork: { kind: 'cancelled' } });
    const { record: after, actions } = decide(view, { kind: 'hint' });
    expect([after?.cancelled, actions]).toEqual([true, []]);
    expect(statusFacts(view, record).state).toBe('cancelled');
  });
});
