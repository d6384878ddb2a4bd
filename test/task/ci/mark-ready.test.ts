import { describe, expect, it } from '@jest/globals';
import type { HeadCheck } from '../../../src/domain/task/checks.ts';
import type { ComponentRecord } from '../../../src/domain/task/component-record.ts';
import type { PullRequest } from '../../../src/ports/forge/pulls.ts';
import { statusComment } from '../../../src/replies/pages/status-comment.ts';
import { decide } from '../../../src/task/decide.ts';
import type { Action } from '../../../src/task/model/action.ts';
import type { ComponentView, TaskView } from '../../../src/task/model/view.ts';
import { statusFacts } from '../../../src/task/status-facts.ts';
import { AFTER_CHECK, APPROVAL, aPull, aRecord, aView, component, SETTINGS } from '../a-view.ts';

const HEAD = 'f'.repeat(40);
const SEEN = '2026-11-23T10:04:00Z'; // a minute before the view
const check = (state: HeadCheck['state'], conclusion: string | null, name = 'test'): HeadCheck => ({
  name,
  state,
  conclusion,
  run: 7,
  job: true,
  said: '',
});
const GREEN = check('passing', 'success');
const RED = check('failing', 'failure');

interface Seen {
  readonly ci?: Partial<ComponentRecord['ci']>;
  readonly requested?: ComponentRecord['review']['requested'];
  readonly running?: Pick<ComponentRecord, 'job'>;
  readonly pull?: Partial<PullRequest>;
  readonly found?: readonly HeadCheck[];
  readonly failingBelow?: readonly string[];
  readonly work?: ComponentView['work'];
  readonly view?: Partial<TaskView>;
}

const BUILT = component('metrics', 'open').built;

/** A task of which one component is open, at a head first seen a minute ago. */
function seen({
  ci = {},
  requested = null,
  running,
  pull = {},
  found,
  failingBelow = [],
  work = { kind: 'absent' },
  view = {},
}: Seen): TaskView {
  const record = aRecord({
    approvals: [APPROVAL],
    components: {
      metrics: component('metrics', running ? 'running' : 'open', {
        pull: 15,
        built: BUILT,
        review: { requested },
        ci: { head: { sha: HEAD, seenAt: SEEN }, ...ci },
        ...running,
      }),
      store: component('store', 'held', { attempt: 0 }),
      limiter: component('limiter', 'waiting', { attempt: 0 }),
    },
  });
  return aView({
    record,
    components: {
      metrics: {
        pull: aPull({ number: 15, headSha: HEAD, draft: true, ...pull }),
        landing: null,
        closing: null,
        landedAt: null,
        checks: null,
        work,
      },
    },
    checks: found ? { metrics: { head: HEAD, found, failingBelow } } : {},
    checksGrace: 60,
    ...view,
  });
}

const HINT = { kind: 'hint' } as const;
const after = (what: Seen) => decide(seen(what), HINT);
const kinds = (what: Seen): string[] => after(what).actions.map((a) => a.kind);
const metrics = (what: Seen) => after(what).record?.components.metrics;
const only = <K extends Action['kind']>(what: Seen, kind: K) =>
  after(what).actions.filter((a): a is Extract<Action, { kind: K }> => a.kind === kind);

describe('a draft', () => {
  it('whose grace is not over is looked at again when it is, under an id of its head', () => {
    const early = { ci: { head: { sha: HEAD, seenAt: '2026-11-23T10:04:30.400Z' } } };
    expect(after(early).actions).toEqual([
      { kind: 'observe_later', workflow: `look:olga/shop#12/metrics:${HEAD}:2026-11-23T10:04:30.400Z`, seconds: 31 },
    ]);
  });
  it('with a head that was never seen is waited for from now on', () => {
    const news = { ci: { head: { sha: 'e'.repeat(40), seenAt: SEEN } } };
    expect(metrics(news)?.ci.head).toEqual({ sha: HEAD, seenAt: AFTER_CHECK });
    expect(only(news, 'observe_later')).toMatchObject([{ seconds: 60 }]);
  });
  it('that GitHub still shows at a head that was worked on already keeps the newer one', () => {
    const head = { sha: 'e'.repeat(40), seenAt: SEEN };
    const stale = { ci: { head, attemptedHeads: [HEAD], outcomes: ['x'] }, found: [RED] };
    expect(metrics(stale)).toMatchObject({ ci: { head, abandonedAt: null } });
    expect(only(stale, 'observe_later')).toContainEqual({
      kind: 'observe_later',
      workflow: `look:olga/shop#12/metrics:${HEAD}:lag:${SEEN}`,
      seconds: 120,
    });
  });
  it('that was fixed a moment ago is not judged by the head that GitHub still shows (chaos, seed 7003)', () => {
    const fixed = '9'.repeat(40);
    const job = { kind: 'fix' as const, head: HEAD, checks: ['test'] };
    const result = { kind: 'opened' as const, pull: 15, head: fixed, stack: null, summary: 'Done.', addressed: [], spend: [] };
    const shown = {
      running: { job },
      ci: { attemptedHeads: [HEAD, 'b'], outcomes: [] },
      work: { kind: 'finished' as const, result },
      found: [RED],
    };
    expect(metrics(shown)?.ci.head).toEqual({ sha: fixed, seenAt: AFTER_CHECK });
    expect([...new Set(kinds(shown))]).toEqual(['observe_later']);
    const unchanged = { ...shown, work: { kind: 'finished' as const, result: { ...result, head: HEAD } } };
    expect(kinds(unchanged)).toEqual(['flag_checks', 'reply']);
  });
  it.each<[string, HeadCheck, string[]]>([
    ['green', GREEN, ['make_ready']],
    ['red, which is not fixed a second time', RED, ['flag_checks', 'reply']],
  ])('that a person has put back to a head that was worked on is waited for again, and %s', (_, found, expected) => {
    const head = { sha: 'e'.repeat(40), seenAt: '2026-11-23T10:02:00Z' };
    const back = { ci: { head, attemptedHeads: [HEAD], outcomes: ['x'] } };
    const first = metrics(back)?.ci;
    expect(first).toEqual({ ...back.ci, head: { sha: HEAD, seenAt: AFTER_CHECK }, readyAt: null, abandonedAt: null });
    expect(kinds(back)).toEqual(['observe_later']);
    expect(kinds({ ci: first ?? {}, found: [found], view: { at: '2026-11-23T10:06:00Z' } })).toEqual(expected);
  });
  it('that has a head nobody has worked on counts at once', () => {
    const head = { sha: 'e'.repeat(40), seenAt: SEEN };
    expect(metrics({ ci: { head, attemptedHeads: ['a'], outcomes: ['x'] } })?.ci.head).toEqual({
      sha: HEAD,
      seenAt: AFTER_CHECK,
    });
  });
  it.each<[string, Seen, string[]]>([
    ['green', { found: [GREEN] }, ['make_ready']],
    ['silent', { found: [] }, ['reply', 'make_ready']],
    ['silent and stacked', { found: [], pull: { baseRef: 'planwright/issue-12/store' } }, []],
    ['green and stacked', { found: [GREEN], pull: { baseRef: 'planwright/issue-12/store' } }, ['make_ready']],
    ['running', { found: [GREEN, check('pending', null, 'lint')] }, []],
    ['red below, too', { found: [RED], failingBelow: ['test'] }, ['reply', 'make_ready']],
    ['green, but made a draft again at this head', { found: [GREEN], ci: { readyAt: HEAD } }, []],
    ['green, made ready at another head before', { found: [GREEN], ci: { readyAt: 'e'.repeat(40) } }, ['make_ready']],
    ['red', { found: [RED] }, ['execute']],
    ['cancelled', { found: [check('failing', 'cancelled')] }, []],
    ['waiting for a person', { found: [check('failing', 'action_required')] }, []],
    [
      'red, its head worked on already',
      { found: [RED], ci: { attemptedHeads: [HEAD], outcomes: ['x'] } },
      ['flag_checks', 'reply'],
    ],
    [
      'red, its attempts used up',
      { found: [RED], ci: { attemptedHeads: ['a', 'b'], outcomes: ['x', 'y'] } },
      ['flag_checks', 'reply'],
    ],
    ['red, left to people before', { found: [RED], ci: { attemptedHeads: ['a', 'b'], abandonedAt: 'b' } }, []],
    [
      'green, left to people before',
      { found: [GREEN], ci: { attemptedHeads: ['a', 'b'], abandonedAt: 'b' } },
      ['flag_checks', 'make_ready'],
    ],
  ])('that is %s', (_, what, expected) => {
    expect(kinds(what)).toEqual(expected);
  });
});

describe('one that is ready', () => {
  const ready = { found: [GREEN], pull: { draft: false } };
  it('is made ready once: the approvers are asked, and its head is kept', () => {
    expect(only(ready, 'request_review')).toEqual([{ kind: 'request_review', number: 15, of: ['wanda'] }]);
    expect(metrics(ready)?.ci.readyAt).toBe(HEAD);
    expect(kinds({ ...ready, ci: { readyAt: HEAD } })).toEqual([]);
    expect(kinds({ ...ready, ci: { readyAt: 'e'.repeat(40) } })).toEqual([]);
  });
  it('is fixed as well', () => {
    expect(kinds({ found: [RED], pull: { draft: false }, ci: { readyAt: HEAD } })).toEqual(['execute']);
  });
});

describe('fixing', () => {
  it('is told the head and the checks that fail only here, and each head is counted', () => {
    const lint = check('failing', 'failure', 'lint');
    const what = { found: [RED, lint, GREEN], failingBelow: ['lint'], ci: { attemptedHeads: ['a'] } };
    expect(only(what, 'execute')).toMatchObject([
      { workflow: 'component:olga/shop#12/metrics:2', work: { job: { kind: 'fix', head: HEAD, checks: ['test'] } } },
    ]);
    expect(metrics(what)).toMatchObject({ state: 'running', ci: { attemptedHeads: ['a', HEAD] } });
  });
  it('waits for what a person asked for', () => {
    const requested = { by: 'wanda', at: SEEN, notes: 'Shorter.' };
    expect(only({ found: [RED], requested }, 'execute')).toMatchObject([{ work: { job: { kind: 'revise' } } }]);
  });
  it('does not begin while it is worked on', () => {
    expect(kinds({ found: [RED], running: { job: { kind: 'restack' } }, work: { kind: 'running' } })).toEqual([]);
  });
  it('is off where the settings say so', () => {
    const execution = { ...SETTINGS.execution, ci_fix_attempts: 0 };
    const settings = { ok: true as const, value: { ...SETTINGS, execution } };
    expect(kinds({ found: [RED], view: { settings } })).toEqual([]);
  });

  const job = { kind: 'fix' as const, head: HEAD, checks: ['test'] };
  const ended = (result: object): Seen => ({
    running: { job },
    ci: { attemptedHeads: [HEAD] },
    found: [RED],
    work: { kind: 'finished', result: { spend: [], ...result } as never },
  });
  it('that changed nothing is the end of it, and its words are told', () => {
    const what = ended({ kind: 'opened', pull: 15, head: HEAD, stack: null, summary: 'No disk left.', addressed: [] });
    expect(metrics(what)).toMatchObject({
      state: 'open',
      ci: { abandonedAt: HEAD, outcomes: ['Nothing was changed. No disk left.'] },
    });
    expect(only(what, 'reply')[0]?.text).toContain('> Nothing was changed. No disk left.');
  });
  it('that broke off says why, once', () => {
    const what = ended({ kind: 'failed', reason: 'the model is out.' });
    expect(only(what, 'reply').map((a) => a.text)).toEqual([expect.stringContaining('> the model is out.')]);
  });
  it('that somebody came before is not counted', () => {
    const what = ended({ kind: 'withdrawn', reason: 'It moved.' });
    expect(metrics({ ...what, found: [GREEN] })).toMatchObject({ state: 'open', ci: { attemptedHeads: [], outcomes: [] } });
  });
  it('is counted for each pull request separately', () => {
    const what = ended({ kind: 'opened', pull: 16, head: HEAD, stack: null, summary: 'Made.', addressed: [] });
    expect(metrics({ ...what, running: { job: { kind: 'build', base: null } }, found: [] })?.ci.attemptedHeads).toEqual([]);
  });
});

describe('the status says', () => {
  it.each<[string, Seen, string]>([
    ['that checks are pending', {}, 'the checks of #15 are pending'],
    ['which run', { found: [check('pending', null)] }, '`test` of #15 is running'],
    ['what is being fixed', { found: [RED] }, '#15 failed `test` and is being fixed (attempt 1 of 2)'],
  ])('%s', (_, what, said) => {
    const view = seen({ ...what, ci: { head: { sha: HEAD, seenAt: what.found ? SEEN : AFTER_CHECK } } });
    const { record } = decide(view, HINT);
    if (!record) throw new Error('no record');
    expect(statusComment(statusFacts(view, record))).toContain(said);
  });
});
