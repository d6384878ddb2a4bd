import { describe, expect, it } from '@jest/globals';
import type { Command } from '../../src/domain/task/command.ts';
import type { ComponentRecord } from '../../src/domain/task/component-record.ts';
import { issueDigest } from '../../src/domain/task/issue-digest.ts';
import type { Signal } from '../../src/domain/task/signal.ts';
import type { TaskRecord } from '../../src/domain/task/task-record.ts';
import type { ComponentResult } from '../../src/domain/task/work.ts';
import { decide } from '../../src/task/decide.ts';
import type { Action } from '../../src/task/model/action.ts';
import type { TaskView, WorkState } from '../../src/task/model/view.ts';
import { statusFacts } from '../../src/task/status-facts.ts';
import { aComponent, aPlan } from '../support/shop.ts';
import {
  AFTER_CHECK,
  APPROVAL,
  aPull,
  aRecord,
  aView,
  BLOB,
  CHECKED_AT,
  COMMAND,
  type ComponentFields,
  component,
  IN_STATE,
  outdated,
  PLAN,
  planView,
  SETTINGS,
} from './a-view.ts';

const command = (c: Command, more: Partial<Extract<Signal, { kind: 'command' }>> = {}): Signal => ({
  kind: 'command',
  command: c,
  by: 'wanda',
  at: AFTER_CHECK,
  comment: { kind: 'issue_comment', id: 5, node: 'IC_wanda' },
  on: 12,
  issueText: { title: 'Limit orders', body: 'Too many.' },
  ...more,
});
const labelled: Signal = {
  kind: 'labelled',
  label: 'plan',
  by: 'wanda',
  at: AFTER_CHECK,
  issueText: { title: 'Limit orders', body: 'Too many.' },
};
const HINT: Signal = { kind: 'hint' };

const SIGNALS: Record<string, Signal> = {
  label: labelled,
  '/plan': command({ kind: 'plan', notes: '' }),
  '/replan': command({ kind: 'replan', feedback: 'smaller' }),
  '/execute': command({ kind: 'execute', ids: [] }),
  '/cancel': command({ kind: 'cancel' }),
  closed: { kind: 'closed', by: 'olga' },
  reopened: { kind: 'reopened', by: 'olga', at: AFTER_CHECK },
};

const view = (state: string, more: Partial<TaskView> = {}): TaskView => aView({ ...IN_STATE[state], ...more });

/** The state people read after the decision; `none` where there is no task. */
function stateAfter(seen: TaskView, signal: Signal): string {
  const { record } = decide(seen, signal);
  return record ? statusFacts(seen, record).state : 'none';
}
const kinds = (actions: readonly Action[]): string[] => actions.map((a) => (a.kind === 'react' ? a.reaction : a.kind));

describe('state by command (design §4)', () => {
  const table: Record<string, Record<string, string>> = {
    none: { label: 'planning', '/plan': 'planning', '/replan': 'none', '/execute': 'none', '/cancel': 'none', closed: 'none' },
    planning: {
      label: 'planning',
      '/plan': 'planning',
      '/replan': 'planning',
      '/execute': 'planning',
      '/cancel': 'cancelled',
      closed: 'cancelled',
    },
    questions: {
      label: 'planning',
      '/plan': 'planning',
      '/replan': 'planning',
      '/execute': 'questions',
      '/cancel': 'cancelled',
      closed: 'cancelled',
    },
    review: {
      label: 'review',
      '/plan': 'review',
      '/replan': 'planning',
      '/execute': 'executing',
      '/cancel': 'cancelled',
      closed: 'cancelled',
    },
    executing: {
      label: 'executing',
      '/plan': 'executing',
      '/replan': 'planning',
      '/execute': 'executing',
      '/cancel': 'cancelled',
      closed: 'cancelled',
    },
    blocked: {
      label: 'blocked',
      '/plan': 'blocked',
      '/replan': 'planning',
      '/execute': 'executing',
      '/cancel': 'cancelled',
      closed: 'cancelled',
    },
    cancelled: {
      label: 'planning',
      '/plan': 'planning',
      '/replan': 'planning',
      '/execute': 'executing',
      '/cancel': 'cancelled',
      closed: 'cancelled',
      reopened: 'cancelled',
    },
    failed: {
      label: 'planning',
      '/plan': 'planning',
      '/replan': 'planning',
      '/execute': 'failed',
      '/cancel': 'failed',
      closed: 'failed',
      reopened: 'failed',
    },
    done: {
      label: 'planning',
      '/plan': 'planning',
      '/replan': 'planning',
      '/execute': 'done',
      '/cancel': 'done',
      closed: 'done',
      reopened: 'done',
    },
  };
  const rows = Object.entries(table).flatMap(([from, by]) => Object.entries(by).map(([what, to]) => [from, what, to] as const));

  it.each(rows)('%s, %s: %s', (from, what, to) => {
    const closed =
      what === 'closed' ? { issue: { ...aView().issue, state: 'closed' as const, closedAt: '2026-11-23T11:00:00Z' } } : {};
    expect(stateAfter(view(from, closed), SIGNALS[what] as Signal)).toBe(to);
  });

  it.each(Object.keys(table))('%s, /revise on the issue: refused, and nothing changes', (from) => {
    const { record, actions } = decide(view(from), command({ kind: 'revise', notes: 'the name' }));
    expect(record ? statusFacts(view(from), record).state : 'none').toBe(from);
    // Without a task the word is another bot's.
    expect(kinds(actions).slice(-2)).toEqual(from === 'none' ? [] : ['reply', 'confused']);
    expect(Object.values(record?.components ?? {}).filter((c) => c.review.requested !== null)).toEqual([]);
  });

  it('a lost webhook about a closed issue is made good by the next hint', () => {
    expect(
      stateAfter(view('executing', { issue: { ...aView().issue, state: 'closed', closedAt: '2026-11-23T11:00:00Z' } }), HINT),
    ).toBe('cancelled');
  });

  it('what is running is stopped by /cancel, a restart of planning and a closed issue', () => {
    expect(kinds(decide(view('executing'), SIGNALS['/cancel'] as Signal).actions)).toContain('stop');
    expect(kinds(decide(view('planning'), SIGNALS['/replan'] as Signal).actions)).toEqual(['stop', 'plan', 'rocket']);
    expect(
      kinds(
        decide(view('planning', { issue: { ...aView().issue, state: 'closed', closedAt: '2026-11-23T11:00:00Z' } }), HINT)
          .actions,
      ),
    ).toContain('stop');
  });
});

describe('changes asked for on a component’s pull request', () => {
  const approvals = [APPROVAL];
  const [revise, review]: [Signal, Signal] = [
    command({ kind: 'revise', notes: 'the name' }, { on: 15 }),
    { kind: 'changes_requested', by: 'wanda', at: AFTER_CHECK, comment: { kind: 'review', id: 8, node: 'PRR_8' }, on: 15 },
  ];
  const PLANNING = aRecord().planning;
  /** `metrics` in a state, with its pull request open; nothing else is to be done. */
  function seen(state: ComponentRecord['state'], more: Partial<TaskRecord> = {}, c: ComponentFields = {}): TaskView {
    const others = { store: component('store', 'merged', { pull: 14 }), limiter: component('limiter', 'merged', { pull: 16 }) };
    const metrics = component('metrics', state, { pull: 15, ...c });
    const work = state === 'running' ? ({ kind: 'running' } as const) : ({ kind: 'absent' } as const);
    return aView({
      record: aRecord({ approvals, components: { ...others, metrics }, ...more }),
      components: {
        metrics: {
          pull: aPull({ number: 15, headRef: 'planwright/issue-12/metrics' }),
          landing: null,
          closing: null,
          landedAt: null,
          checks: null,
          work,
        },
      },
    });
  }
  const ASKED = { by: 'wanda', at: AFTER_CHECK, notes: 'the name' };

  it('is one request, however often the same comment or review is handled', () => {
    for (const [signal, key] of [
      [revise, 'issue_comment:5'],
      [review, 'review:8'],
    ] as const) {
      const once = decide(seen('running'), signal);
      const { record, actions } = decide(seen('running', { obeyed: once.record?.obeyed ?? [] }), signal);
      expect(once.record?.obeyed).toEqual([key]);
      expect(record?.components.metrics?.review.requested).toBeNull();
      expect(kinds(actions)).toEqual(['rocket']);
    }
  });

  it.each([
    ['open', seen('open'), null],
    ['running', seen('running'), 'Your request is next'],
    ['blocked', seen('blocked', { planning: { ...PLANNING, answers: ['metrics:1'] } }), '/execute metrics'],
    ['failed', seen('failed'), '/execute metrics'],
    ['held', seen('held'), '/execute metrics'],
    ['open, the task cancelled', seen('open', { cancelled: true }), '`/execute` resumes'],
    ['open, the plan not approved', seen('open', { approvals: [] }), 'not approved'],
    [
      'open, another revision being made',
      seen('open', { planning: { ...PLANNING, phase: 'running' }, approvals: [] }),
      'not approved',
    ],
    [
      'open, the plan being amended',
      seen('open', {
        planning: { ...PLANNING, cause: 'blocker' },
        lastApproved: { blob: BLOB, pull: 13 },
        approvals: [APPROVAL],
      }),
      null,
    ],
  ] as const)('%s: begun with, or kept until it can be', (_, before, waits) => {
    for (const signal of [revise, review]) {
      const { record, actions, acknowledgements } = decide(before, signal);
      const begun = actions.flatMap((a) => (a.kind === 'execute' ? [a] : []));
      const said = actions.flatMap((a) => (a.kind === 'reply' ? [a.text] : []));
      const notes = signal === revise ? 'the name' : '';
      expect(kinds(acknowledgements)).toEqual(['eyes']);
      expect(kinds(actions).at(-1)).toBe('rocket');
      if (waits === null) {
        expect(said).toEqual([]);
        expect(begun).toMatchObject([
          { workflow: 'component:olga/shop#12/metrics:2', work: { job: { kind: 'revise', ...ASKED, notes } } },
        ]);
        expect(record?.components.metrics).toMatchObject({ state: 'running', review: { requested: null } });
      } else {
        expect(said).toEqual([expect.stringContaining(waits)]);
        expect(begun).toEqual([]);
        expect(record?.components.metrics?.review.requested).toEqual({ ...ASKED, notes });
      }
    }
  });

  it('a review by somebody without write access, on the plan or on another pull request is passed over in silence', () => {
    for (const [before, signal] of [
      [{ ...seen('open'), permission: 'read' as const }, review],
      [seen('open'), { ...review, on: 13 } as Signal],
      [seen('open'), { ...review, on: 99 } as Signal],
      [view('none'), review],
    ] as const) {
      const { record, acknowledgements, actions } = decide(before, signal);
      expect([acknowledgements, actions.filter((a) => a.kind !== 'observe_later')]).toEqual([[], []]);
      const asked = (components = {} as TaskRecord['components']) =>
        Object.values(components).map((c) => [c.state, c.review.requested]);
      expect(asked(record?.components)).toEqual(asked(before.record?.components));
    }
  });

  const job = { kind: 'revise' as const, by: 'mia', at: CHECKED_AT, notes: 'the case' };
  const ended = (result: ComponentResult, c: ComponentFields = {}): ComponentRecord | undefined => {
    const before = seen('running', {}, { job, ...c });
    const metrics = {
      pull: before.components.metrics?.pull ?? null,
      landing: null,
      closing: null,
      landedAt: null,
      checks: null,
      work: { kind: 'finished' as const, result },
    };
    return decide({ ...before, components: { metrics } }, HINT).record?.components.metrics;
  };
  const BLOCKER = { kind: 'out_of_scope' as const, plan_clause: 'a', evidence: 'b', proposal: 'c' };

  it('two requests are one, and one that comes while another is addressed is begun with afterwards', () => {
    const both = { by: 'wanda', at: AFTER_CHECK, notes: 'the case\n\nthe name' };
    expect(
      decide(seen('running', {}, { review: { requested: { ...job } } }), revise).record?.components.metrics?.review.requested,
    ).toMatchObject(both);
    const after = ended(
      { kind: 'opened', pull: 15, head: 'e'.repeat(40), summary: null, stack: null, addressed: [8], spend: [] },
      { review: { requested: ASKED, addressed: [3] } },
    );
    expect(after).toMatchObject({
      state: 'running',
      attempt: 2,
      job: { kind: 'revise', ...ASKED },
      review: { requested: null, addressed: [3, 8] },
    });
  });

  it('what was not addressed stays asked for', () => {
    const { kind: _, ...request } = job;
    expect(ended({ kind: 'blocked', blocker: BLOCKER, spend: [] })).toMatchObject({
      state: 'blocked',
      review: { requested: request },
    });
    // Given up for a reason that has gone: begun with again.
    expect(ended({ kind: 'withdrawn', reason: 'It changed.', spend: [] })).toMatchObject({ state: 'running', attempt: 2, job });
    const failed = ended({ kind: 'failed', reason: 'No answer.', spend: [] });
    expect(failed).toMatchObject({ state: 'open', review: { requested: null }, note: 'The revision stopped: No answer.' });
    expect(decide(seen('open', {}, failed), revise).record?.components.metrics?.job).toMatchObject({
      notes: 'the case\n\nthe name',
    });
  });

  it('/execute ID tries a blocked request again, not the whole component', () => {
    const blocked = seen(
      'blocked',
      { planning: { ...PLANNING, answers: ['metrics:1'] } },
      { job, review: { requested: { ...ASKED } }, blocker: BLOCKER },
    );
    const { record } = decide(blocked, command({ kind: 'execute', ids: ['metrics'] }));
    expect(record?.components.metrics).toMatchObject({ state: 'running', attempt: 2, job: { kind: 'revise', ...ASKED } });
  });
});

describe('/execute while another plan was to be made, and that was cancelled or failed', () => {
  const STOPPED = [
    ['cancelled', { cancelled: true, phase: 'running' }],
    ['failed', { cancelled: false, phase: 'failed' }],
  ] as const;
  const merged = planView({ pull: aPull({ state: 'closed', merged: true, mergedBy: { login: 'wanda', bot: false } }) });
  const verdicts = [{ by: 'wanda', identity: 'wanda', verdict: 'approved' as const, blob: BLOB }];
  const failed = {
    store: component('store', 'failed', { reason: 'It broke.' }),
    limiter: component('limiter', 'waiting', { attempt: 0 }),
  };

  function stopped(
    { cancelled, phase }: (typeof STOPPED)[number][1],
    { plan, generation, planPull }: { plan: TaskView['plan']; generation: number; planPull: number | null },
  ): TaskView {
    const planning = {
      ...aRecord().planning,
      phase,
      revision: 2,
      generation,
      attempt: 1,
      cause: 'replan' as const,
      reason: null,
    };
    const record = aRecord({ cancelled, planning, planPull, components: failed });
    return aView({ record, plan, planWork: { kind: 'cancelled' } });
  }
  const started = (seen: TaskView, ids: readonly string[]) => {
    const { record, actions } = decide(seen, command({ kind: 'execute', ids }));
    return { record, begun: actions.flatMap((a) => (a.kind === 'execute' ? [a.work.component] : [])), said: kinds(actions) };
  };

  it.each(STOPPED)('%s: the merged plan is the task’s again, and what comes next finds it', (_, how) => {
    const { record, begun } = started(stopped(how, { plan: merged, generation: 2, planPull: null }), []);
    expect(record).toMatchObject({ cancelled: false, planPull: 13, planning: { phase: 'ready', generation: 1, revision: 2 } });
    expect(begun).toEqual(['store', 'metrics']);
  });
  it.each(STOPPED)('%s: with the name of a component it is the same, and nothing is planned again', (_, how) => {
    for (const plan of [merged, planView({ verdicts })]) {
      const seen = stopped(how, { plan, generation: plan === merged ? 2 : 1, planPull: plan === merged ? null : 13 });
      const { record, begun, said } = started(seen, ['store']);
      expect(record).toMatchObject({ cancelled: false, planning: { phase: 'ready', generation: 1 } });
      expect(begun).toContain('store');
      expect(said).not.toContain('plan');
    }
  });
  it.each(STOPPED)('%s: where the plan is not approved, the name of a component starts nothing, and that is said', (_, how) => {
    const seen = stopped(how, { plan: planView({ commands: [] }), generation: 1, planPull: 13 });
    const { record, begun, said } = started(seen, ['store']);
    expect([begun, said]).toEqual([[], ['reply', 'confused']]);
    expect(record?.components.store?.state).toBe('failed');
  });
});

it.each(['cancelled', 'blocked'])('/execute with the name of a component starts nothing on a closed issue (%s)', (state) => {
  const issue = { ...aView().issue, state: 'closed' as const, closedAt: '2026-11-24T10:00:00Z' };
  const record = { ...(IN_STATE.blocked?.record as TaskRecord), cancelled: state === 'cancelled' };
  const { actions } = decide(view('blocked', { issue, record }), command({ kind: 'execute', ids: ['store'] }));
  expect(actions.filter(({ kind }) => kind === 'execute')).toEqual([]);
  expect(actions.flatMap((a) => (a.kind === 'reply' ? [a.text] : [])).join()).toContain('This issue is closed');
});

describe('checks that are made again', () => {
  const checked = (seen: TaskView, signal: Signal = HINT) =>
    decide(seen, signal).actions.flatMap((a) => (a.kind === 'check_plan' ? [a.again === true] : []));

  it('a plan that an earlier build could read, and this one cannot, does not keep its green check', () => {
    const file = { ok: false as const, reason: [] };
    expect(checked(view('review', { plan: planView({ file }) }))).toEqual([true]);
    const failed = { ...(planView().check as NonNullable<ReturnType<typeof planView>['check']>), conclusion: 'failure' as const };
    expect(checked(view('review', { plan: planView({ file, check: failed }) }))).toEqual([]);
  });
  it('"Re-run" is about one commit', () => {
    const head = planView().pull.headSha;
    expect(checked(view('review'), { kind: 'hint', rerun: head })).toEqual([true]);
    expect(checked(view('review'), { kind: 'hint', rerun: 'e'.repeat(40) })).toEqual([]);
  });
});

describe('a command on a pull request that the task had before', () => {
  const cancel = command({ kind: 'cancel' }, { on: 9 });
  it('counts where GitHub shows that it was ours', () => {
    const { record, acknowledgements } = decide(view('executing', { isOnFormerPull: true }), cancel);
    expect(record?.cancelled).toBe(true);
    expect(acknowledgements).toHaveLength(1);
  });
  it('is passed over elsewhere', () => {
    const { record, acknowledgements, actions } = decide(view('executing'), cancel);
    expect([record?.cancelled, acknowledgements, kinds(actions)]).toEqual([false, [], ['observe_later']]);
  });
});

describe('who is listened to', () => {
  it.each(['read', 'triage', 'none'] as const)('a %s person gets confused and one reply, and nothing changes', (permission) => {
    const { record, actions, acknowledgements } = decide(view('review', { permission }), SIGNALS['/execute'] as Signal);
    expect(record).toEqual(aRecord());
    expect(kinds(acknowledgements)).toEqual(['eyes']);
    expect(actions).toEqual([
      { kind: 'reply', on: 12, orOn: [12, 13], key: 'no-write-access:wanda', text: expect.stringContaining('@wanda') },
      { kind: 'react', target: { kind: 'issue_comment', id: 5, node: 'IC_wanda' }, reaction: 'confused' },
    ]);
  });

  it.each(['write', 'maintain', 'admin'] as const)('a %s person is', (permission) => {
    expect(stateAfter(view('review', { permission }), SIGNALS['/execute'] as Signal)).toBe('executing');
  });

  it('a label set by an issue template says nothing to anybody', () => {
    expect(decide(view('none', { permission: 'read' }), labelled)).toEqual({ record: null, acknowledgements: [], actions: [] });
  });

  it('settings that cannot be read are said to whoever asked, by label or command, with the line', () => {
    const broken = { settings: { ok: false as const, reason: [{ line: 3, message: 'is wrong' }] } };
    for (const signal of [labelled, SIGNALS['/plan'] as Signal]) {
      const { record, actions } = decide(view('none', broken), signal);
      expect(record).toBeNull();
      expect(actions[0]).toMatchObject({ kind: 'reply', text: expect.stringContaining('line 3: is wrong') });
    }
    expect(decide(view('none', broken), { ...labelled, label: 'bug' } as Signal).actions).toEqual([]);
  });

  it('somebody with triage rights who labels is told', () => {
    expect(kinds(decide(view('none', { permission: 'triage' }), labelled).actions)).toEqual(['reply']);
  });

  it('an ignore label wins over the trigger and over /plan', () => {
    const issue = { ...aView().issue, labels: ['plan', 'no-plan'] };
    expect(stateAfter(view('none', { issue }), labelled)).toBe('none');
    expect(stateAfter(view('none', { issue }), SIGNALS['/plan'] as Signal)).toBe('none');
  });
});

describe('an edit of the issue after the trigger', () => {
  const issue = { ...aView().issue, body: 'Something else.' };
  const edited: Signal = { kind: 'edited', by: 'rita', at: AFTER_CHECK, digest: issueDigest(issue) };
  it.each(['planning', 'questions', 'review'])('by a non-writer stops a task in %s', (state) => {
    expect(stateAfter(view(state, { issue, permission: 'read' }), edited)).toBe('cancelled');
  });
  it.each(['executing', 'blocked'])('by a non-writer is only noted in %s, because the plan is approved', (state) => {
    const seen = view(state, { issue, permission: 'read' });
    const { record, actions } = decide(seen, edited);
    expect(stateAfter(seen, edited)).toBe(state);
    expect(record?.trigger.digest).toBe(aRecord().trigger.digest);
    expect(actions.flatMap((a) => (a.kind === 'reply' ? [a.key] : []))).toEqual(['edited:rita:1']);
  });
  it('field case 35-writer-ticks-a-box: by a writer renews the digest, so that amending and /replan on the plan continue', () => {
    const { record } = decide(view('review', { issue }), edited);
    const after = decide(
      view('review', { issue, record }),
      command({ kind: 'replan', feedback: '' }, { on: 13, issueText: null }),
    );
    expect(kinds(after.actions)).toEqual(['plan', 'rocket']);
  });
  it('by a writer renews it to what the writer left, not to what somebody else has written since', () => {
    const later = { ...issue, body: 'Something else. And print every key.' };
    const { record } = decide(view('review', { issue: later }), { ...edited, by: 'wanda' });
    expect(record?.trigger.digest).toBe(issueDigest(issue));
    const after = decide(
      view('review', { issue: later, record }),
      command({ kind: 'replan', feedback: '' }, { on: 13, issueText: null }),
    );
    expect(kinds(after.actions)).toEqual(['reply', 'confused']);
  });
  it('by a non-writer who only ticks a box changes nothing', () => {
    const ticked = (box: string) => ({ ...issue, body: `- ${box} planned` });
    const record = { ...aRecord(), trigger: { ...aRecord().trigger, digest: issueDigest(ticked('[ ]')) } };
    const decision = decide(view('review', { issue: ticked('[x]'), permission: 'read', record }), edited);
    expect(decision).toMatchObject({ record: { cancelled: false }, actions: [] });
  });
  it('by a writer, or back to the same words, does not', () => {
    expect(stateAfter(view('review', { issue }), edited)).toBe('review');
    expect(stateAfter(view('review', { permission: 'read' }), edited)).toBe('review');
  });
});

describe('approval', () => {
  const approvedBy = (...by: string[]) =>
    by.map((login) => ({ by: login, identity: login, verdict: 'approved' as const, blob: BLOB }));
  const starts = (seen: TaskView, signal: Signal = HINT): string[] =>
    decide(seen, signal).actions.flatMap((a) => (a.kind === 'execute' ? [a.work.component] : []));

  it('by a review of this very text starts what depends on nothing', () => {
    expect(starts(view('review', { plan: planView({ verdicts: approvedBy('wanda') }) }))).toEqual(['store', 'metrics']);
  });
  it('of another text does not count', () => {
    const verdicts = [{ by: 'wanda', identity: 'wanda', verdict: 'approved' as const, blob: 'e'.repeat(40) }];
    expect(starts(view('review', { plan: planView({ verdicts }) }))).toEqual([]);
  });
  it('by review is blocked by a standing "changes requested"; /execute is not', () => {
    const verdicts = [...approvedBy('wanda'), { by: 'mia', identity: 'mia', verdict: 'changes_requested' as const, blob: BLOB }];
    expect(starts(view('review', { plan: planView({ verdicts }) }))).toEqual([]);
    expect(starts(view('review', { plan: planView({ verdicts }) }), SIGNALS['/execute'])).toEqual(['store', 'metrics']);
  });
  it("by a person's merge counts, by a bot's does not", () => {
    const merged = (bot: boolean) =>
      planView({ pull: aPull({ state: 'closed', merged: true, mergedBy: { login: 'wanda', bot } }) });
    expect(starts(view('review', { plan: merged(false) }))).toEqual(['store', 'metrics']);
    expect(starts(view('review', { plan: merged(true) }))).toEqual([]);
  });
  it('does not count while the check has not succeeded at this head', () => {
    for (const check of [
      null,
      {
        id: 1,
        name: 'planwright / plan',
        status: 'completed' as const,
        conclusion: 'failure',
        title: 'Unsound',
        externalId: `plan:${BLOB}`,
        completedAt: CHECKED_AT,
        mine: true,
      },
    ]) {
      expect(starts(view('review', { plan: planView({ verdicts: approvedBy('wanda'), check }) }))).toEqual([]);
    }
  });
  it('/execute approves nothing that was checked only after it was written', () => {
    const early = command({ kind: 'execute', ids: [] }, { at: '2026-11-23T09:59:00Z' });
    expect(starts(view('review'), early)).toEqual([]);
    expect(kinds(decide(view('review'), early).actions)).toEqual(['reply', 'confused']);
  });
  it('needs as many distinct people as the settings say, and may leave the author out', () => {
    const rules = {
      ok: true as const,
      value: { ...SETTINGS, approval: { ...SETTINGS.approval, required: 2, allow_issue_author: false } },
    };
    const by = (...logins: string[]) => view('review', { settings: rules, plan: planView({ verdicts: approvedBy(...logins) }) });
    expect(starts(by('wanda'))).toEqual([]);
    expect(starts(by('wanda', 'olga'))).toEqual([]);
    expect(starts(by('wanda', 'mia'))).toEqual(['store', 'metrics']);
  });
  describe('by command', () => {
    const execute = command({ kind: 'execute', ids: [] });
    const shows = (more: Partial<typeof COMMAND> | null, given: Partial<TaskView> = {}) =>
      view('review', { plan: planView({ commands: more === null ? [] : [{ ...COMMAND, ...more }] }), ...given });
    const said = (seen: TaskView, signal: Signal): string =>
      decide(seen, signal).actions.flatMap((a) => (a.kind === 'reply' ? [a.text] : []))[0] ?? '';
    const approved = { record: aRecord({ approvals: [APPROVAL] }) };

    it('starts what depends on nothing, and names the text that was approved, with a link', () => {
      expect(starts(shows({}), execute)).toEqual(['store', 'metrics']);
      expect(said(shows({}), execute)).toContain(
        `[\`bbbbbbb\`](https://github.example/olga/shop/blob/${'c'.repeat(40)}/PLAN.md)`,
      );
    });
    it.each([
      ['whose comment was edited, deleted or written by somebody who may not write now', null],
      ['that was written when another text was at the head', { blobs: ['e'.repeat(40)] }],
      ['that was written as the text changed', { blobs: [BLOB, 'e'.repeat(40)] }],
      ['of which GitHub does not tell what was at the head', { blobs: null }],
      ['that names another text', { named: 'eeeeeee' }],
    ])('a pointer in the record to one %s starts nothing', (_, more) => {
      expect(starts(shows(more, approved))).toEqual([]);
      expect(stateAfter(shows(more, approved), HINT)).toBe('review');
    });
    it.each([
      ['unknown', null],
      ['too close to tell', [BLOB, 'e'.repeat(40)]],
      ['another text', ['e'.repeat(40)]],
    ])('%s what was seen: refused, with the text named and the way to approve it', (_, blobs) => {
      expect(starts(shows({ blobs }), execute)).toEqual([]);
      expect(said(shows({ blobs }), execute)).toContain('`/execute bbbbbbb`');
    });
    it('with the text named approves it, unless another one is there, or a component is called so', () => {
      const naming = (id: string) => command({ kind: 'execute', ids: [id] });
      expect(starts(shows({ named: 'bbbbbbb', blobs: null }), naming('bbbbbbb'))).toEqual(['store', 'metrics']);
      expect(starts(shows({ named: 'eeeeeee', blobs: null }), naming('eeeeeee'))).toEqual([]);
      expect(said(shows({ named: 'eeeeeee', blobs: null }), naming('eeeeeee'))).toContain('`/execute bbbbbbb`');
      const components = { bbbbbbb: component('store', 'running') };
      expect(said(shows({ named: null }, { record: aRecord({ components }) }), naming('bbbbbbb'))).toContain(
        'Nothing to restart',
      );
    });
    it('counts people, not names: two accounts called alike are two, and one with two names is one', () => {
      const rules = { ok: true as const, value: { ...SETTINGS, approval: { ...SETTINGS.approval, required: 2 } } };
      const record = aRecord({ approvals: [APPROVAL, { ...APPROVAL, by: 'mia', node: 'IC_mia' }] });
      const by = (...identities: string[]) =>
        view('review', {
          settings: rules,
          record,
          plan: planView({
            commands: identities.map((identity, i) => ({ ...COMMAND, identity, node: ['IC_wanda', 'IC_mia'][i] ?? '' })),
          }),
        });
      expect(starts(by('7', '8'))).toEqual(['store', 'metrics']);
      expect(starts(by('7', '7'))).toEqual([]);
    });
    it('of another plan knows the pull request of the one before, also where GitHub has never shown it', () => {
      const planning = { ...aRecord().planning, phase: 'running' as const, posted: null };
      const result = { kind: 'planned' as const, gatheredAt: CHECKED_AT, pull: 13, blob: BLOB, spend: [] };
      const unseen = { plan: null, planWork: { kind: 'finished' as const, result } };
      const { record } = decide(view('planning', { ...unseen, record: aRecord({ planning, planPull: null }) }), { kind: 'hint' });
      expect(record?.planPull).toBe(13);
      const { actions } = decide(view('planning', { ...unseen, record }), command({ kind: 'replan', feedback: 'smaller' }));
      expect(actions.flatMap((action) => (action.kind === 'plan' ? [action.work.planPull] : []))).toEqual([13]);
    });
    it('given while the planning work is still ending is kept, and starts the plan when that has ended', () => {
      const posted = planView();
      const planning = { ...aRecord().planning, phase: 'running' as const, posted: null };
      const seen = view('planning', { plan: posted, record: aRecord({ planning }) });
      expect(said(seen, execute)).toContain('as soon as the planning work has ended');
      const { record } = decide(seen, execute);
      const result = { kind: 'planned' as const, gatheredAt: CHECKED_AT, pull: 13, blob: BLOB, spend: [] };
      expect(starts(view('planning', { plan: posted, record, planWork: { kind: 'finished', result } }))).toEqual([
        'store',
        'metrics',
      ]);
      const former = view('planning', { plan: planView({ revision: 0 }), record: aRecord({ planning }) });
      expect(decide(former, execute).record?.approvals).toEqual([]);
    });
    it("a blocker's revision keeps what the former text was approved for, computed from that text and its proven approvals", () => {
      const former = 'f'.repeat(40);
      const planning = { ...aRecord().planning, cause: 'blocker' as const, answers: ['store:1'] };
      const kept = (by: string[], blob = former) =>
        view('review', {
          record: aRecord({ planning, lastApproved: { blob, pull: 13 } }),
          kept: { blob, plan: PLAN, by: by.map((identity) => ({ way: 'review' as const, by: identity, identity })) },
        });
      expect(starts(kept(['wanda']))).toEqual(['store', 'metrics']);
      expect(starts(kept([]))).toEqual([]);
    });
  });
  it('is never given by silence', () => {
    expect(starts(view('review'))).toEqual([]);
  });
});

describe('a component that is blocked', () => {
  const blocker = { kind: 'out_of_scope' as const, plan_clause: 'a', evidence: 'b', proposal: 'c' };
  const news = (amend: 'auto' | 'off', signal: Signal = HINT, state: 'running' | 'blocked' = 'running'): string[] => {
    const before = view('review', {
      settings: { ok: true, value: { ...SETTINGS, execution: { ...SETTINGS.execution, amend } } },
      record: aRecord({ components: { store: component('store', state) } }),
    });
    const result = { kind: 'blocked' as const, blocker, spend: [] };
    const store = {
      pull: null,
      landing: null,
      closing: null,
      landedAt: null,
      checks: null,
      work: { kind: 'finished' as const, result },
    };
    const { actions } = decide({ ...before, components: { store } }, signal);
    return actions.flatMap((a) => (a.kind === 'reply' && a.text.includes('`store` is blocked') ? [a.text] : []));
  };

  it('calls the person who asked for the plan, once', () => {
    expect(news('off')).toEqual([expect.stringMatching(/^@wanda, `store` is blocked/)]);
    expect(news('off', HINT, 'blocked')).toEqual([]);
  });
  it('calls nobody while the planner amends the plan', () =>
    expect(news('auto')).toEqual([expect.stringMatching(/^`store` is blocked/)]));
});

describe('the files to look at first, in the description of the plan', () => {
  const touching = aPlan([
    aComponent('store', { files: [{ path: 'Makefile', action: 'modify', change: 'a target' }] }),
    ...PLAN.components.slice(1),
  ]);
  const described = (more: Partial<Parameters<typeof planView>[0]>, record = aRecord()): string[] =>
    decide(view('review', { record, plan: planView({ file: { ok: true, value: touching }, ...more }) }), HINT).actions.flatMap(
      (a) => (a.kind === 'describe_pull' ? [`${a.number}: ${a.body.includes('> - `Makefile`')}`] : []),
    );

  it('are named once a person has edited the plan', () => expect(described({ blob: 'e'.repeat(40) })).toEqual(['13: true']));
  it.each<[string, Parameters<typeof described>]>([
    ['the text is the planner’s own', [{}]],
    ['the plan cannot be read', [{ blob: 'e'.repeat(40), file: { ok: false, reason: [] } }]],
    ['the pull request is closed', [{ blob: 'e'.repeat(40), pull: aPull({ state: 'closed' }) }]],
    ['the task was cancelled', [{ blob: 'e'.repeat(40) }, aRecord({ cancelled: true })]],
    ['a revision is being made', [{ blob: 'e'.repeat(40) }, aRecord({ planning: { ...aRecord().planning, phase: 'running' } })]],
  ])('are left as they are where %s', (_, [more, record]) => expect(described(more, record)).toEqual([]));
});

describe('a record that was restored, so that the text at the trigger is not known', () => {
  const restored = aRecord({ restored: true, trigger: { ...aRecord().trigger, digest: null } });

  it('takes the digest again from the text as it is now', () => {
    expect(decide(aView({ record: restored }), HINT).record?.trigger.digest).toBe(aRecord().trigger.digest);
  });

  it('is planned again by /replan on the plan, which does not claim that the issue was changed', () => {
    const { record, actions } = decide(
      aView({ record: restored }),
      command({ kind: 'replan', feedback: '' }, { on: 13, issueText: null }),
    );
    expect(record?.planning).toMatchObject({ phase: 'running', revision: 2 });
    expect(kinds(actions)).toEqual(['plan', 'rocket']);
  });

  it('is amended after a blocker', () => {
    const blocked = {
      ...restored,
      approvals: [APPROVAL],
      components: { store: component('store', 'blocked') },
    };
    expect(decide(aView({ record: blocked }), HINT).record?.planning).toMatchObject({ phase: 'running', cause: 'blocker' });
  });
});

describe('merged and dropped', () => {
  const components = {
    store: component('store', 'merged', { pull: 20 }),
    metrics: component('metrics', 'merged', { pull: 21 }),
    limiter: component('limiter', 'dropped', { pull: 22 }),
  };
  const seen = aView({ record: aRecord({ components, approvals: [APPROVAL] }) });

  it('is done, says what is left, and closes neither the issue nor the plan', () => {
    const { actions } = decide(seen, HINT);
    expect(stateAfter(seen, HINT)).toBe('done');
    expect(actions.map((a) => a.kind)).toEqual(['reply']);
    expect(actions).toMatchObject([{ on: 12, text: expect.stringContaining('`/execute limiter`') }]);
  });

  it('makes the dropped one again by its name, and only then', () => {
    const done = { ...seen, record: decide(seen, HINT).record };
    expect(stateAfter(done, command({ kind: 'execute', ids: [] }))).toBe('done');
    const { record, actions } = decide(done, command({ kind: 'execute', ids: ['limiter'] }));
    expect(record?.components.limiter).toMatchObject({ state: 'running', attempt: 2 });
    expect(kinds(actions)).toContain('execute');
  });
});

describe('a task of which nothing is left but what people have dropped', () => {
  const dropped = Object.fromEntries(PLAN.components.map(({ id }) => [id, component(id, 'dropped')]));
  const seen = aView({ record: aRecord({ components: dropped, approvals: [APPROVAL] }) });

  it('answers /execute without names with the names, and starts nothing', () => {
    const { record, actions } = decide(seen, command({ kind: 'execute', ids: [] }));
    expect(kinds(actions)).toEqual(['reply', 'confused']);
    expect(actions[0]).toMatchObject({ on: 12, text: expect.stringContaining('`/execute store limiter metrics`') });
    expect(record?.components).toEqual(dropped);
  });
  it('makes again what is named', () => {
    expect(kinds(decide(seen, command({ kind: 'execute', ids: ['store'] })).actions)).toContain('execute');
  });
  it('starts what still waits beside a dropped one without an answer about that', () => {
    const components = { ...dropped, metrics: component('metrics', 'waiting', { attempt: 0 }) };
    const { actions } = decide(
      { ...seen, record: aRecord({ components, approvals: [APPROVAL] }) },
      command({ kind: 'execute', ids: [] }),
    );
    expect(actions).not.toContainEqual(expect.objectContaining({ kind: 'react', reaction: 'confused' }));
  });
});

describe('a plan that was merged into another branch', () => {
  const pull = aPull({ state: 'closed', merged: true, baseRef: 'release', mergedBy: { login: 'wanda', bot: false } });
  const seen = (mergedElsewhere: boolean) => aView({ plan: planView({ pull, mergedElsewhere }) });

  it('is not approved by that, and asks there what is to be done', () => {
    expect(stateAfter(seen(false), HINT)).toBe('executing');
    expect(stateAfter(seen(true), HINT)).toBe('review');
    expect(decide(seen(true), HINT).actions).toMatchObject([
      { kind: 'reply', on: 13, text: expect.stringContaining('`release`') },
    ]);
  });
});

it('a locked issue starts no task', () => {
  const none = (locked: boolean) => aView({ record: null, plan: null, issue: { ...aView().issue, locked } });
  expect(kinds(decide(none(false), labelled).actions)).toEqual(['plan']);
  expect(decide(none(true), labelled)).toEqual({ acknowledgements: [], record: null, actions: [] });
});

describe('labels', () => {
  it('field case 09-label-in-another-case: start a task, and keep one from starting', () => {
    const { issue } = aView();
    const none = (labels: string[]) => aView({ record: null, plan: null, issue: { ...issue, labels } });
    expect(kinds(decide(none(['Plan']), { ...labelled, label: 'Plan' } as Signal).actions)).toEqual(['plan']);
    expect(kinds(decide(none(['Plan', 'No-Plan']), { ...labelled, label: 'Plan' } as Signal).actions)).toEqual(['reply']);
    expect(kinds(decide(none(['No-Plan']), command({ kind: 'plan', notes: '' })).actions)).toEqual(['reply', 'confused']);
  });
});

describe('scheduling', () => {
  const approvals = [APPROVAL];
  const started = (components: Parameters<typeof aRecord>[0], more: Partial<TaskView> = {}): string[] =>
    decide(aView({ record: aRecord({ approvals, ...components }), ...more }), HINT).actions.flatMap((a) =>
      a.kind === 'execute' ? [a.workflow] : [],
    );

  it('starts a component when its dependencies are merged, under an id that is a function of the task', () => {
    expect(started({ components: { store: component('store', 'merged'), metrics: component('metrics', 'open') } })).toEqual([
      'component:olga/shop#12/limiter:1',
    ]);
  });
  it('starts no more than max_parallel at once', () => {
    const value = { ...SETTINGS, execution: { ...SETTINGS.execution, max_parallel: 1 } };
    expect(started({}, { settings: { ok: true, value } })).toEqual(['component:olga/shop#12/store:1']);
  });
  it('finds the same work again after the database was lost, and another for a changed spec', () => {
    const running = { store: component('store', 'running'), metrics: component('metrics', 'merged') };
    expect(
      started(
        { components: running },
        {
          components: {
            store: { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'absent' } },
          },
        },
      ),
    ).toEqual(['component:olga/shop#12/store:1']);
    const changed = { store: outdated('store', 'open', { pull: 15 }), metrics: component('metrics', 'merged') };
    expect(
      started(
        { components: changed },
        {
          components: {
            store: {
              pull: aPull({ number: 15 }),
              landing: null,
              closing: null,
              landedAt: null,
              checks: null,
              work: { kind: 'absent' },
            },
          },
        },
      ),
    ).toEqual(['component:olga/shop#12/store:2']);
  });
  it('holds what depends on a component that a person dropped', () => {
    const { record } = decide(
      aView({ record: aRecord({ approvals, components: { store: component('store', 'dropped') } }) }),
      HINT,
    );
    expect(record?.components.limiter).toMatchObject({ state: 'held', heldBy: 'store' });
  });
  it('closes plan and issue when everything is merged and reviewed, in that order', () => {
    const all = Object.fromEntries(PLAN.components.map((c) => [c.id, component(c.id, 'merged', { pull: 20 })]));
    const record = aRecord({ approvals, components: all, review: 'running' });
    const spend = {
      model: 'anthropic/p',
      turns: 1,
      usage: { input: 1, cache_read: 0, cache_write: 0, output: 1, reasoning: 0 },
      usd: 0.1,
      ms: 10,
    };
    const reviewed = {
      kind: 'finished' as const,
      result: { kind: 'reviewed' as const, text: 'All there.', spend: [spend] as never },
    };
    expect(kinds(decide(aView({ record: aRecord({ approvals, components: all }) }), HINT).actions)).toEqual(['review_whole']);
    expect(kinds(decide(aView({ record, reviewWork: reviewed }), HINT).actions)).toEqual([
      'reply',
      'reply',
      'close_pull',
      'close_issue',
    ]);
  });
  it('decides the same from the same view', () => {
    for (const state of Object.keys(IN_STATE)) {
      for (const signal of Object.values(SIGNALS)) expect(decide(view(state), signal)).toEqual(decide(view(state), signal));
    }
  });

  it('is not done while a revision nobody has approved asks for more', () => {
    const merged = { store: component('store', 'merged'), metrics: component('metrics', 'merged') };
    const { record, actions } = decide(aView({ record: aRecord({ components: merged }) }), HINT);
    expect(kinds(actions)).toEqual([]);
    expect(record?.review).toBe('none');
    expect(stateAfter(aView({ record: aRecord({ components: merged }) }), HINT)).toBe('review');
  });
  it('tries again what was withdrawn, as another attempt', () => {
    const record = aRecord({ approvals, components: { store: component('store', 'running') } });
    const withdrawn = { kind: 'finished' as const, result: { kind: 'withdrawn' as const, reason: 'It changed.', spend: [] } };
    const seen = aView({
      record,
      components: { store: { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: withdrawn } },
    });
    expect(decide(seen, HINT).actions.flatMap((a) => (a.kind === 'execute' ? [a.workflow] : []))).toContain(
      'component:olga/shop#12/store:2',
    );
  });
  it.each([
    // Its workflow has ended, so that only another attempt does the work.
    [
      { kind: 'withdrawn' as const, reason: 'The task was stopped.', spend: [] },
      { state: 'running', attempt: 2 },
    ],
    [
      { kind: 'failed' as const, reason: 'No answer.', spend: [] },
      { state: 'running', attempt: 2 },
    ],
    [
      {
        kind: 'blocked' as const,
        blocker: { kind: 'contradiction' as const, plan_clause: 'a', evidence: 'b', proposal: 'c' },
        spend: [],
      },
      { state: 'running', attempt: 2 },
    ],
    [
      { kind: 'opened' as const, pull: 15, head: 'e'.repeat(40), summary: 'Done.', stack: null, addressed: [], spend: [] },
      { state: 'open', attempt: 1, pull: 15 },
    ],
  ])('goes on after a stop that came just when the work had ended: %j', (result, expected) => {
    const seen = (record: TaskRecord, work: WorkState<ComponentResult>) => {
      const pull = work.kind === 'finished' && result.kind === 'opened' ? aPull({ number: 15 }) : null;
      return aView({
        record,
        components: { store: { pull, landing: null, closing: null, landedAt: null, checks: null, work } },
      });
    };
    const decided = (before: TaskRecord, work: WorkState<ComponentResult>, signal: Signal) =>
      decide(seen(before, work), signal).record as TaskRecord;
    const running = aRecord({ approvals, cancelled: true, components: { store: component('store', 'running') } });
    // The engine stopped it after it had sent its result and before it had recorded that it ended.
    const stopped = decided(running, { kind: 'cancelled' }, HINT);
    expect(stopped.components.store).toMatchObject({ state: 'waiting', attempt: 1 });
    const told = decided(stopped, { kind: 'absent' }, { kind: 'finished', workflow: 'component:olga/shop#12/store:1', result });
    expect(told.cancelled).toBe(true);
    const resumed = decided(told, { kind: 'absent' }, command({ kind: 'execute', ids: [] }));
    expect(resumed.components.store).toMatchObject(expected);
  });
  it('does not take up a blocker of work that a new revision has stopped', () => {
    const blocker = { kind: 'contradiction' as const, plan_clause: 'a', evidence: 'b', proposal: 'c' };
    const goal = { spec: 'old', blob: BLOB, foundation: null };
    const record = aRecord({ components: { store: component('store', 'waiting', { goal, attempt: 1 }) } });
    const result = { kind: 'blocked' as const, blocker, spend: [] };
    const store = { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'absent' as const } };
    const seen = aView({ record, components: { store } });
    const told = decide(seen, { kind: 'finished', workflow: 'component:olga/shop#12/store:1', result });
    expect(told.record?.components.store?.state).not.toBe('blocked');
    expect(kinds(told.actions)).not.toContain('plan');
  });
  it.each([
    [
      { kind: 'revise' as const, by: 'wanda', at: AFTER_CHECK, notes: 'Make it 30.' },
      { review: { requested: null, addressed: [8] } },
    ],
    [{ kind: 'fix' as const, head: 'd'.repeat(40), checks: ['test'] }, { ci: { attemptedHeads: ['d'.repeat(40)] } }],
  ])('counts what a follow-up had published just when it was stopped: %j', (job, expected) => {
    const pull = aPull({ number: 15, headSha: 'e'.repeat(40) });
    const seen = (record: TaskRecord, work: WorkState<ComponentResult>) =>
      aView({ record, components: { store: { pull, landing: null, closing: null, landedAt: null, checks: null, work } } });
    const ci = {
      head: null,
      attemptedHeads: job.kind === 'fix' ? [job.head] : [],
      outcomes: [],
      readyAt: null,
      abandonedAt: null,
    };
    const running = component('store', 'running', { job, ci, pull: 15, attempt: 2 });
    const record = aRecord({ approvals, cancelled: true, components: { store: running } });
    const stopped = decide(seen(record, { kind: 'cancelled' }), HINT).record as TaskRecord;
    expect(stopped.components.store?.state).toBe('waiting');
    const result = {
      kind: 'opened' as const,
      pull: 15,
      head: pull.headSha,
      summary: 'Done.',
      stack: null,
      addressed: [8],
      spend: [],
    };
    const told = decide(seen(stopped, { kind: 'absent' }), {
      kind: 'finished',
      workflow: 'component:olga/shop#12/store:2',
      result,
    });
    expect(told.record?.components.store).toMatchObject({ state: 'open', ...expected });
    const failed = { kind: 'failed' as const, reason: 'No answer.', spend: [] };
    const untold = decide(seen(stopped, { kind: 'absent' }), {
      kind: 'finished',
      workflow: 'component:olga/shop#12/store:2',
      result: failed,
    }).record?.components.store;
    expect(untold?.review.requested).toEqual(stopped.components.store?.review.requested);
  });
  it('checks a plan that was merged before it was checked', () => {
    const plan = planView({
      check: null,
      pull: aPull({ state: 'closed', merged: true, mergedBy: { login: 'wanda', bot: false } }),
    });
    expect(kinds(decide(view('review', { plan }), HINT).actions)).toEqual(['check_plan']);
  });
  it('lets /plan on a closed issue go on: only a later closing is about this task', () => {
    const closed = (closedAt: string) => view('planning', { issue: { ...aView().issue, state: 'closed', closedAt } });
    expect(stateAfter(closed('2026-11-23T09:00:00Z'), HINT)).toBe('planning');
    expect(stateAfter(closed('2026-11-23T11:00:00Z'), HINT)).toBe('cancelled');
  });
  it('answers each blocker with one revision, also one that came while another was answered', () => {
    const blocker = { kind: 'contradiction' as const, plan_clause: 'a', evidence: 'b', proposal: 'c' };
    const blocked = { store: component('store', 'blocked', { blocker }), metrics: component('metrics', 'blocked', { blocker }) };
    const decided = (answers: string[]) =>
      kinds(
        decide(aView({ record: aRecord({ approvals, components: blocked, planning: { ...aRecord().planning, answers } }) }), HINT)
          .actions,
      );
    expect(decided(['store:1'])).toContain('plan');
    expect(decided(['store:1', 'metrics:1'])).not.toContain('plan');
  });
});

describe('a plan whose files have changed since', () => {
  const stale = { stale: ['src/orders.js'] };
  const review = planView({ verdicts: [{ by: 'wanda', identity: 'wanda', verdict: 'approved', blob: BLOB }] });

  it('approved by review is said once, and does not start', () => {
    const { record, actions } = decide(view('review', { ...stale, plan: review }), HINT);
    expect(actions).toEqual([{ kind: 'reply', on: 12, key: 'stale:1.1', text: expect.stringContaining('src/orders.js') }]);
    expect(record?.stale).toEqual({ files: ['src/orders.js'], accepted: false });
    expect(stateAfter(view('review', { ...stale, plan: review }), HINT)).toBe('review');
    expect(decide(view('review', { ...stale, plan: review, record }), HINT).actions).toEqual([]);
  });

  it('starts with the /execute that follows the warning, and not with the one that led to it', () => {
    const first = decide(view('review', stale), SIGNALS['/execute'] as Signal);
    expect(kinds(first.actions)).toEqual(['reply', 'reply', 'rocket']);
    const second = decide(
      view('review', { ...stale, record: first.record }),
      command({ kind: 'execute', ids: [] }, { comment: { kind: 'issue_comment', id: 6 } }),
    );
    expect(kinds(second.actions)).toContain('execute');
  });

  it('is not taken for accepted while approvals are missing', () => {
    const rules = { ok: true as const, value: { ...SETTINGS, approval: { ...SETTINGS.approval, required: 2 } } };
    const mias = { ...COMMAND, node: 'IC_mia', by: 'mia', identity: 'mia' };
    const first = decide(view('review', { ...stale, settings: rules }), SIGNALS['/execute'] as Signal);
    const second = decide(
      view('review', { ...stale, settings: rules, record: first.record, plan: planView({ commands: [COMMAND, mias] }) }),
      command({ kind: 'execute', ids: [] }, { by: 'mia', comment: { kind: 'issue_comment', id: 6, node: mias.node } }),
    );
    expect(kinds(second.actions)).not.toContain('execute');
    expect(second.record?.stale).toEqual({ files: ['src/orders.js'], accepted: false });
  });
});
