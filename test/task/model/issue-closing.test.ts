import { describe, expect, test } from '@jest/globals';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import { decide } from '../../../src/task/decide.ts';
import { APPROVAL, aRecord, aView, BLOB, component } from '../a-view.ts';

const issue = { ...aView().issue, state: 'closed' as const, closedAt: '2026-11-23T11:00:00Z' };
const failed = (cause: TaskRecord['planning']['cause']): TaskRecord['planning'] => ({
  ...aRecord().planning,
  phase: 'failed',
  reason: 'No answer.',
  cause,
});
const components = { store: component('store', 'blocked'), metrics: component('metrics', 'running') };
const running = {
  metrics: { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'running' as const } },
};
const seen = (record: TaskRecord) => aView({ issue, record, components: running });
const lastApproved = { blob: BLOB, pull: 13 };

describe('an issue that is closed after planning has failed', () => {
  test("for a blocker's revision: what the blocker does not affect was still executed, and is stopped", () => {
    const before = seen(aRecord({ approvals: [APPROVAL], lastApproved, planning: failed('blocker'), components }));
    for (const signal of [{ kind: 'closed', by: 'olga' }, { kind: 'hint' }] as const) {
      const { record, actions } = decide(before, signal);
      expect(record?.cancelled).toBe(true);
      expect(actions).toContainEqual({ kind: 'stop', workflow: 'component:olga/shop#12/metrics:1' });
      expect(actions).toContainEqual(expect.objectContaining({ kind: 'reply', on: 12, key: `closed:${issue.closedAt}` }));
    }
  });

  test('for another plan: nothing was executed, and nothing is said', () => {
    const before = seen(aRecord({ approvals: [APPROVAL], planning: failed('replan'), components: {} }));
    const { record, actions } = decide(before, { kind: 'hint' });
    expect([record?.cancelled, actions]).toEqual([false, []]);
  });

  test('is stopped as well while the settings cannot be read', () => {
    const before = seen(aRecord({ lastApproved, planning: failed('blocker'), components }));
    const broken = { ...before, settings: { ok: false as const, reason: [{ line: 1, message: 'No.' }] } };
    expect(decide(broken, { kind: 'hint' }).record?.cancelled).toBe(true);
  });
});
