import { describe, expect, test } from '@jest/globals';
import type { Job } from '../../../src/domain/task/task.ts';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import { decide } from '../../../src/task/decide.ts';
import type { ComponentView } from '../../../src/task/model/view.ts';
import { APPROVAL, aPull, aRecord, aView, component } from '../a-view.ts';

const [HEAD, NEWER] = ['f'.repeat(40), 'e'.repeat(40)];
const ASKED = { by: 'wanda', at: '2026-11-23T10:01:00Z', notes: 'Shorter.' };
const REVISE: Job = { kind: 'revise', ...ASKED, head: HEAD };
const FIX: Job = { kind: 'fix', head: HEAD, checks: ['test'] };
const WITHDRAWN = { kind: 'finished', result: { kind: 'withdrawn', reason: 'It changed.', spend: [] } } as const;
const RED = { name: 'test', state: 'failing', conclusion: 'failure', run: 7, job: true, said: '' } as const;

/** Everything else is merged; `metrics` is open, or is being worked on. */
function decided(metrics: TaskRecord['components'][string], head: string, work: ComponentView['work']) {
  const others = { store: component('store', 'merged', { pull: 14 }), limiter: component('limiter', 'merged', { pull: 16 }) };
  const pull = aPull({ number: 15, headRef: 'planwright/issue-12/metrics', headSha: head });
  const view = aView({
    record: aRecord({ approvals: [APPROVAL], components: { ...others, metrics } }),
    components: { metrics: { pull, landing: null, closing: null, landedAt: null, checks: null, work } },
    checks: { metrics: { head, found: [RED], failingBelow: [] } },
  });
  const { record, actions } = decide(view, { kind: 'hint' });
  const started = actions.flatMap((a) => (a.kind === 'execute' ? [a.work.job.kind] : []));
  const later = actions.flatMap((a) => (a.kind === 'observe_later' ? [a.workflow] : []));
  return { metrics: record?.components.metrics as TaskRecord['components'][string], started, later };
}

const running = (job: Job) =>
  component('metrics', 'running', {
    job,
    pull: 15,
    built: component('metrics', 'open').built,
    ci: { head: { sha: HEAD, seenAt: '2026-11-23T10:02:00Z' }, attemptedHeads: job.kind === 'fix' ? [HEAD] : [] },
  });

describe('a follow-up that was withdrawn', () => {
  test.each<[string, Job, string]>([
    ['a revision', REVISE, 'revise'],
    ['a fix', FIX, 'fix'],
  ])('%s at the same head: begun again, but not at once', (_, job, kind) => {
    const first = decided(running(job), HEAD, WITHDRAWN);
    expect(first).toMatchObject({ metrics: { state: 'open' }, started: [] });
    expect(first.later).toEqual([`look:olga/shop#12/metrics:${HEAD}:withdrawn:1`]);
    expect(decided(first.metrics, HEAD, { kind: 'absent' })).toMatchObject({ started: [kind], later: [] });
  });

  test.each<[string, Job, string]>([
    ['a revision, because of a push', REVISE, 'revise'],
    ['a fix, because of a push that fails as well', FIX, 'fix'],
  ])('%s: begun again at once', (_, job, kind) => {
    expect(decided(running(job), NEWER, WITHDRAWN)).toMatchObject({ started: [kind], later: [] });
  });

  test('a revision that an older build began, which does not know its head: begun again at once', () => {
    expect(decided(running({ kind: 'revise', ...ASKED }), HEAD, WITHDRAWN).started).toEqual(['revise']);
  });

  test('a revision knows the head it begins at', () => {
    const open = component('metrics', 'open', { pull: 15, review: { requested: ASKED } });
    expect(decided(open, HEAD, { kind: 'absent' }).metrics).toMatchObject({ job: REVISE });
  });
});
