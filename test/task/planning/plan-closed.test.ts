import { describe, expect, test } from '@jest/globals';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import type { Closing } from '../../../src/task/model/view.ts';
import { askAboutClosedPlan, isWithdrawn, noteClosedPlan } from '../../../src/task/planning/plan-closed.ts';
import { APPROVAL, aPull, aRecord, aView, component, planView } from '../a-view.ts';

const closed = planView({ pull: aPull({ state: 'closed' }) });
const open = planView();
const closedBy = (closing: Closing) => planView({ pull: aPull({ state: 'closed' }), closing });
const byBot = closedBy({ kind: 'by_bot', by: 'stale[bot]' });
const approvals = [APPROVAL];

describe('what is noted of a plan that was closed, and how many approvals by command are left', () => {
  const running = { ...aRecord().planning, phase: 'running' as const };
  test.each<[string, TaskRecord, ReturnType<typeof planView> | null, number | null, number]>([
    ['closed', aRecord({ approvals }), closed, 13, 0],
    ['closed, and approved again since', aRecord({ approvals, closedPlan: 13 }), closed, 13, 1],
    ['closed, like an earlier one', aRecord({ approvals, closedPlan: 11 }), closed, 13, 0],
    ['reopened', aRecord({ approvals, closedPlan: 13 }), open, null, 1],
    ['open, after an earlier one was closed', aRecord({ approvals, closedPlan: 11 }), open, 11, 1],
    ['never closed', aRecord({ approvals }), open, null, 1],
    ['closed while a revision is made', aRecord({ approvals, planning: running }), closed, null, 1],
    ['closed after the task was cancelled', aRecord({ approvals, cancelled: true }), closed, null, 1],
    ['closed by the bot, when all was merged', aRecord({ approvals, review: 'done' }), closed, null, 1],
    ['gone', aRecord({ approvals }), null, null, 1],
    ['closed by a person with write access', aRecord({ approvals }), closedBy({ kind: 'decided' }), 13, 0],
    ['closed by another bot', aRecord({ approvals }), byBot, null, 1],
    [
      'closed by a person who could not approve it',
      aRecord({ approvals }),
      closedBy({ kind: 'by_stranger', by: 'rita' }),
      null,
      1,
    ],
    ['closed with its base branch', aRecord({ approvals }), closedBy({ kind: 'base_deleted' }), null, 1],
    [
      'closed by a bot, then by a person with write access, unseen in between',
      aRecord({ approvals, undecidedPlan: 13 }),
      closedBy({ kind: 'decided' }),
      13,
      0,
    ],
  ])('%s', (_, record, plan, closedPlan, left) => {
    const after = noteClosedPlan(record, aView({ record, plan }));
    expect([after.closedPlan, after.approvals.length]).toEqual([closedPlan, left]);
  });
});

test('merged is withdrawn only where it was merged into another branch', () => {
  const merged = { pull: aPull({ state: 'closed', merged: true }) };
  expect(isWithdrawn(planView(merged), aRecord())).toBe(false);
  expect(isWithdrawn(planView({ ...merged, mergedElsewhere: true }), aRecord())).toBe(true);
});

describe('what is asked where it was closed', () => {
  const started = { store: component('store', 'running'), limiter: component('limiter', 'waiting', { attempt: 0 }) };
  const said = (record: TaskRecord, before: TaskRecord | null = null, plan = closed) =>
    askAboutClosedPlan(before, record, plan).map((action) => (action.kind === 'reply' ? `${action.on}: ${action.text}` : ''));

  test('once, and not at all where it was not', () => {
    const record = aRecord({ closedPlan: 13 });
    expect(said(aRecord())).toEqual([]);
    expect(said(record, record)).toEqual([]);
    expect(said(record, aRecord({ closedPlan: 11 }))).toHaveLength(1);
  });
  test.each<[string, TaskRecord['components'], RegExp]>([
    ['before anything was started', { limiter: component('limiter', 'waiting', { attempt: 0 }) }, /^13: [\s\S]*Nothing starts/],
    ['after something was', started, /^13: [\s\S]*Running components continue/],
  ])('%s', (_, components, text) => {
    const [first] = said(aRecord({ closedPlan: 13, components }));
    expect(first).toMatch(text);
    expect(first).toContain('was closed without being merged');
  });
  test('closed by nobody who could decide it: approvals stay, which is said once', () => {
    expect(isWithdrawn(byBot, aRecord())).toBe(false);
    const record = aRecord({ undecidedPlan: 13 });
    expect(noteClosedPlan(aRecord(), aView({ plan: byBot }))).toEqual(record);
    expect(noteClosedPlan(record, aView({ record, plan: open }))).toEqual(aRecord());
    const earlier = aRecord({ closedPlan: 11, undecidedPlan: 13 });
    expect(noteClosedPlan(earlier, aView({ record: earlier, plan: open }))).toEqual(aRecord({ closedPlan: 11 }));
    expect(said(record, null, byBot).join()).toContain('by the bot `stale[bot]`');
    expect(said(record, null, byBot).join()).toContain('approvals stay');
    expect(said(record, record, byBot)).toEqual([]);
  });
  test.each<[string, ReturnType<typeof planView>]>([
    ['the person who closed it may no longer write', closedBy({ kind: 'by_stranger', by: 'wanda' })],
    ['its base branch is gone', closedBy({ kind: 'base_deleted' })],
  ])('a plan that was withdrawn stays so when %s', (_, plan) => {
    const record = aRecord({ closedPlan: 13 });
    expect(isWithdrawn(plan, record)).toBe(true);
    expect(noteClosedPlan(record, aView({ record, plan }))).toEqual(record);
    expect(said(record, record, plan)).toEqual([]);
  });
  test('after it was merged into another branch', () => {
    const pull = aPull({ state: 'closed', merged: true, baseRef: 'release' });
    const [first] = said(aRecord({ closedPlan: 13 }), null, planView({ pull, mergedElsewhere: true }));
    expect(first).toContain('was merged into `release`');
  });
});
