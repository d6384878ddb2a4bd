import { describe, expect, it, test } from '@jest/globals';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import type { Deciding, DecisionContext } from '../../../src/task/model/deciding.ts';
import type { TaskView } from '../../../src/task/model/view.ts';
import { evaluateApproval } from '../../../src/task/planning/evaluate-approval.ts';
import { APPROVAL, aPull, aRecord, aView, BLOB, PLAN, planView, SETTINGS } from '../a-view.ts';

const FORMER = 'f'.repeat(40);
const ALL = ['limiter', 'metrics', 'store'];
/** The people who approved of the former text, which a blocker's revision has replaced. */
const KEPT = { blob: FORMER, plan: PLAN, by: [{ way: 'review' as const, by: 'wanda', identity: 'wanda' }] };
const LAST = { blob: FORMER, pull: 11 };

type Planning = Partial<TaskRecord['planning']>;
/** Mia asked for the plan; nobody but wanda approves. */
function recordOf(planning: Planning, more: Partial<TaskRecord> = {}): TaskRecord {
  const record = aRecord({ lastApproved: LAST, ...more });
  return { ...record, trigger: { ...record.trigger, by: 'mia' }, planning: { ...record.planning, ...planning } };
}

function weigh(record: TaskRecord, more: Partial<TaskView> = {}) {
  const before: Deciding = { record, actions: [], approved: {}, execution: null };
  const context = { view: aView({ record, ...more }), settings: SETTINGS } as DecisionContext;
  const { approved, execution, record: after } = evaluateApproval(before, context);
  const { lastApproved, stale } = after;
  return { approved: Object.keys(approved).sort(), reviewers: execution?.reviewers ?? null, lastApproved, stale };
}

const approvals = [APPROVAL];
const unreadable = planView({ file: { ok: false, reason: [] } });
const edited = planView({ blob: 'e'.repeat(40), commands: [] });
const blocker = { cause: 'blocker' as const };
const running = { phase: 'running' as const };

describe('which specs are approved, who reviews what is made of them, and which text was approved last', () => {
  test.each<[string, TaskRecord, Partial<TaskView>, ReturnType<typeof weigh>['approved'], string[] | null, object | null]>([
    ['an approved plan', recordOf({}, { approvals }), {}, ALL, ['wanda', 'mia'], { blob: BLOB, pull: 13 }],
    ['one that nobody approves', recordOf({}), {}, [], ['mia'], null],
    ['one that cannot be read', recordOf(blocker, { approvals }), { plan: unreadable, kept: KEPT }, [], null, LAST],
    ['one without its file', recordOf(blocker), { plan: planView({ blob: null }), kept: KEPT }, [], null, LAST],
    ['a task that was cancelled', recordOf({}, { approvals, cancelled: true }), {}, ALL, null, LAST],
    ["a blocker's revision that is being made", recordOf({ ...blocker, ...running }), { kept: KEPT }, ALL, ['mia'], LAST],
    [
      'the same while the present text cannot be read',
      recordOf({ ...blocker, ...running }),
      { plan: unreadable, kept: KEPT },
      ALL,
      null,
      LAST,
    ],
    ['the same where nobody approves the former text any more', recordOf({ ...blocker, ...running }), {}, [], ['mia'], LAST],
    ['another revision that is being made', recordOf(running), { kept: KEPT }, ALL, null, LAST],
    ["a blocker's revision, made", recordOf(blocker), { kept: KEPT }, ALL, ['mia'], LAST],
    ['a revision that people asked for', recordOf({}), { kept: KEPT }, [], ['mia'], null],
    ["a blocker's revision that a person edited", recordOf(blocker), { kept: KEPT, plan: edited }, [], ['mia'], null],
    [
      "a blocker's revision whose pull request a person closed",
      recordOf(blocker),
      { kept: KEPT, plan: planView({ pull: aPull({ state: 'closed' }) }) },
      [],
      ['mia'],
      null,
    ],
  ])('%s', (name, record, more, approved, reviewers, lastApproved) => {
    const found = weigh(record, more);
    expect([name, found.approved, found.reviewers]).toEqual([name, approved, reviewers]);
    // Nothing is noted of a task that does not get so far.
    if (reviewers !== null && record.planning.phase === 'ready') expect(found.lastApproved).toEqual(lastApproved);
    else expect(found.lastApproved).toEqual(LAST);
  });
});

describe('a plan whose files have changed since it was made', () => {
  const files = Array.from({ length: 25 }, (_, i) => `src/${i}.js`);
  const accepted = { files: ['src/a.js'], accepted: true };
  it('does not start when it is approved, and names at most twenty of them', () => {
    const found = weigh(recordOf({}, { approvals }), { stale: files });
    expect(found).toMatchObject({ reviewers: null, stale: { files: files.slice(0, 20), accepted: false } });
  });
  it('is no matter before that, or where nothing has changed or it is not known', () => {
    expect(weigh(recordOf({}), { stale: files })).toMatchObject({ reviewers: ['mia'], stale: null });
    expect(weigh(recordOf({}, { approvals }), { stale: [] })).toMatchObject({ reviewers: ['wanda', 'mia'], stale: null });
    expect(weigh(recordOf({}, { approvals }), { stale: null })).toMatchObject({ reviewers: ['wanda', 'mia'], stale: null });
    const known = { files: ['src/a.js'], accepted: false };
    expect(weigh(recordOf({}, { approvals, stale: known }), { stale: null }).stale).toEqual(known);
    expect(weigh(recordOf({}, { stale: known }), { stale: files }).stale).toEqual(known);
  });
  it('starts when a writer has accepted that', () => {
    const found = weigh(recordOf({}, { approvals, stale: accepted }), { stale: files });
    expect(found).toMatchObject({ reviewers: ['wanda', 'mia'], stale: accepted });
  });
});
