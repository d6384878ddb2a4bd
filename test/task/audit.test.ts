import { describe, expect, test } from '@jest/globals';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import type { Signal } from '../../src/domain/task/signal.ts';
import type { WorkResult } from '../../src/domain/task/work.ts';
import type { AuditEntry } from '../../src/ports/history.ts';
import { auditOf } from '../../src/task/audit.ts';
import type { TaskView, Verdict } from '../../src/task/model/view.ts';
import { AFTER_CHECK, APPROVAL, aPull, aRecord, aView, BLOB, COMMAND, component, planView, SETTINGS } from './a-view.ts';

const HINT: Signal = { kind: 'hint' };
const audit = (view: TaskView, signal: Signal = HINT, record = view.record ?? aRecord()): AuditEntry[] =>
  auditOf(view, signal, record, 'https://github.example');
const ofKind = (entries: readonly AuditEntry[], kind: AuditEntry['kind']): AuditEntry[] => entries.filter((e) => e.kind === kind);

const verdict = (by: string, more: Partial<Verdict> = {}): Verdict => ({
  by,
  identity: by,
  verdict: 'approved',
  blob: BLOB,
  given: { review: 77, at: '2026-11-23T11:00:00Z' },
  ...more,
});
const merged = { pull: aPull({ state: 'closed', merged: true, mergedBy: { login: 'wanda', bot: false } }) };

describe('an approval is there with what was approved, by whom, when, and where', () => {
  test.each([
    [
      'a review',
      { verdicts: [verdict('rob')], commands: [] },
      {
        by: 'rob',
        way: 'review',
        at: '2026-11-23T11:00:00Z',
        source: 'https://github.example/olga/shop/pull/13#pullrequestreview-77',
      },
    ],
    [
      'a merge',
      { ...merged, commands: [] },
      { by: 'wanda', way: 'merge', at: AFTER_CHECK, source: 'https://github.example/olga/shop/pull/13' },
    ],
    [
      'a command',
      { commands: [{ ...COMMAND, url: 'https://github.example/olga/shop/issues/12#issuecomment-5' }] },
      { by: 'wanda', way: 'command', at: AFTER_CHECK, source: 'https://github.example/olga/shop/issues/12#issuecomment-5' },
    ],
    [
      'a review that an older build recorded',
      { verdicts: [{ by: 'rob', identity: 'rob', verdict: 'approved' as const, blob: BLOB }], commands: [] },
      { by: 'rob', at: AFTER_CHECK, source: 'https://github.example/olga/shop/pull/13' },
    ],
  ])('%s', (_, plan, wanted) => {
    const view = aView({ plan: planView(plan), record: aRecord({ approvals: [APPROVAL] }) });
    expect(ofKind(audit(view), 'approved')).toEqual([
      expect.objectContaining({ ...wanted, blob: BLOB, pull: 13, plan: view.plan?.file?.ok && view.plan.file.value }),
    ]);
  });

  test.each([
    ['of another text', [verdict('rob', { blob: 'e'.repeat(40) })]],
    ['while somebody requests changes', [verdict('rob'), verdict('ada', { verdict: 'changes_requested' })]],
    ['that is none', [verdict('rob', { verdict: 'changes_requested' })]],
  ])('and not when it is one %s', (_, verdicts) => {
    expect(ofKind(audit(aView({ plan: planView({ verdicts, commands: [] }) })), 'approved')).toEqual([]);
  });

  test('nor by the author of the issue where the settings say so', () => {
    const settings = { ok: true as const, value: { ...SETTINGS, approval: { ...SETTINGS.approval, allow_issue_author: false } } };
    expect(ofKind(audit(aView({ settings, plan: planView({ verdicts: [verdict('olga')], commands: [] }) })), 'approved')).toEqual(
      [],
    );
  });

  test('the same observation gives the same keys, another text gives others', () => {
    const view = aView({ plan: planView({ verdicts: [verdict('rob')] }) });
    const keys = (of: TaskView): string[] => audit(of).map(({ key }) => key);
    expect(keys(view)).toEqual(keys({ ...view, at: '2027-01-01T00:00:00Z' }));
    const other = aView({ plan: planView({ blob: 'e'.repeat(40), verdicts: [verdict('rob', { blob: 'e'.repeat(40) })] }) });
    expect(ofKind(audit(other), 'approved')[0]?.key).not.toBe(ofKind(audit(view), 'approved')[0]?.key);
  });
});

const spend = [{ model: 'anthropic/e', turns: 2, usage: NO_USAGE, usd: 0.25, ms: 10 }];
const finished = (workflow: string, result: WorkResult): Signal => ({ kind: 'finished', workflow, result });
const STORE = 'component:olga/shop#12/store:1';
const blocker = { kind: 'missing_context', plan_clause: 'x', evidence: 'No key.', proposal: 'y' } as const;

test.each([
  [
    'a plan',
    finished('plan:olga/shop#12:1.1.1', { kind: 'planned', gatheredAt: '', pull: 13, blob: BLOB, spend }),
    { kind: 'planned', blob: BLOB, pull: 13 },
  ],
  [
    'a pull request',
    finished(STORE, { kind: 'opened', pull: 14, head: 'f'.repeat(40), stack: null, summary: null, addressed: [], spend }),
    { kind: 'published', component: 'store', blob: BLOB, pull: 14, commit: 'f'.repeat(40) },
  ],
  [
    'a blocker',
    finished(STORE, { kind: 'blocked', blocker, spend }),
    { kind: 'blocked', component: 'store', text: 'missing context: No key.' },
  ],
  [
    'a failure',
    finished(STORE, { kind: 'failed', reason: 'It broke.', spend }),
    { kind: 'failed', component: 'store', text: 'It broke.' },
  ],
  ['an answer', finished('ask:olga/shop#12:5', { kind: 'answered', spend }), { kind: 'answered', component: null }],
])('what came of the work is there with its price: %s', (_, signal, wanted) => {
  const record = aRecord({ components: { store: component('store', 'open') } });
  const [entry, ...more] = audit(aView({ record }), signal).filter(({ key }) => key.startsWith('ended:'));
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ ...wanted, usd: 0.25, by: 'anthropic/e' });
});

test('a price that is not known is not taken for nothing', () => {
  const unknown = [...spend, { ...spend[0], usd: null } as (typeof spend)[0] & { usd: null }];
  const signal = finished(STORE, { kind: 'failed', reason: 'x', spend: unknown as never });
  expect(ofKind(audit(aView(), signal), 'failed')).toMatchObject([{ usd: null }]);
});

test('a merge and the end are there once, and who made them', () => {
  const [before, after] = [
    aRecord({ components: { store: component('store', 'open', { pull: 14 }) } }),
    aRecord({ components: { store: component('store', 'merged', { pull: 14 }) } }),
  ];
  const pull = aPull({
    number: 14,
    state: 'closed',
    merged: true,
    mergedBy: { login: 'wanda', bot: false },
    mergeCommit: 'a'.repeat(40),
  });
  const seen = {
    store: { pull, landing: 'landed' as const, closing: null, landedAt: null, checks: null, work: { kind: 'absent' as const } },
  };
  expect(ofKind(audit(aView({ record: before, components: seen }), HINT, after), 'merged')).toMatchObject([
    { by: 'wanda', component: 'store', pull: 14, commit: 'a'.repeat(40), blob: BLOB },
  ]);
  expect(ofKind(audit(aView({ record: after, components: seen }), HINT, after), 'merged')).toEqual([]);
  const cancelled = audit(aView(), { kind: 'closed', by: 'olga' }, aRecord({ cancelled: true }));
  expect(ofKind(cancelled, 'cancelled')).toMatchObject([{ by: 'olga' }]);
});
