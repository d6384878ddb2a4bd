import { describe, expect, it, test } from '@jest/globals';
import { approvalOf, approves, wasCheckedBefore } from '../../../src/task/planning/approval.ts';
import { APPROVAL, aPull, aRecord, BLOB, CHECKED_AT, COMMAND, planView, SETTINGS } from '../a-view.ts';

const OLGA = { login: 'olga', bot: false };
const OTHER = 'e'.repeat(40);
const approvers = (plan: Parameters<typeof planView>[0], record = aRecord()) =>
  approvalOf(planView(plan), record, OLGA, SETTINGS.approval).by;

describe('what approves nothing', () => {
  const merged = { pull: aPull({ state: 'closed', merged: true, mergedBy: { login: 'wanda', bot: false } }) };
  it('a merge without a PLAN.md in it', () => {
    expect(approvers(merged)).toEqual(['wanda']);
    expect(approvers({ ...merged, blob: null, file: null })).toEqual([]);
  });
  it('a pointer to another text, although the comment was about this one', () => {
    expect(approvers({}, aRecord({ approvals: [APPROVAL] }))).toEqual(['wanda']);
    expect(approvers({}, aRecord({ approvals: [{ ...APPROVAL, blob: OTHER }] }))).toEqual([]);
  });
});

test('a text is named by the beginning of its blob', () => {
  const blob = `abcdef0${'1'.repeat(26)}fedcba9`;
  expect(approves({ ...COMMAND, named: 'abcdef0', blobs: null }, blob)).toBe(true);
  expect(approves({ ...COMMAND, named: 'fedcba9', blobs: null }, blob)).toBe(false);
});

test('a check that ended in the second in which the comment was written ended before it', () => {
  expect(wasCheckedBefore(planView(), CHECKED_AT)).toBe(true);
  expect(wasCheckedBefore(planView(), '2026-11-23T09:59:59Z')).toBe(false);
  expect(wasCheckedBefore(planView({ blob: BLOB, check: null }), CHECKED_AT)).toBe(false);
});
