import { describe, expect, it } from '@jest/globals';
import type { WorkflowRunSeen } from '../../../src/ports/forge/workflow-runs.ts';
import type { Settings } from '../../../src/settings/repository-settings.ts';
import { generationOf } from '../../../src/task/ci/generated-files.ts';
import { decide } from '../../../src/task/decide.ts';
import type { TaskView } from '../../../src/task/model/view.ts';
import { AFTER_CHECK, APPROVAL, aPull, aRecord, aView, BLOB, type ComponentFields, component, SETTINGS } from '../a-view.ts';

const HEAD = 'e'.repeat(40);
const OLD = 'd'.repeat(40);
const URL = 'https://github.example/olga/shop/actions/runs/7';
const WITH: Settings = {
  ...SETTINGS,
  execution: { ...SETTINGS.execution, workflow: 'planwright-run.yml', generated_paths: ['package-lock.json'] },
};
const PULL = aPull({
  number: 15,
  title: 'Metrics',
  body: `<!-- planwright:component issue=12 id=metrics blob=${BLOB} -->\n`,
  headRef: 'planwright/issue-12/metrics',
  headSha: HEAD,
  draft: true,
});

const ran = (conclusion: string | null): WorkflowRunSeen => ({ kind: 'run', run: { id: 7, url: URL, conclusion } });

/** A component whose head was first seen so many seconds ago. */
function viewOf(seen: WorkflowRunSeen | null, seconds = 0, more: ComponentFields = {}, settings = WITH): TaskView {
  const seenAt = new Date(Date.parse(AFTER_CHECK) - seconds * 1_000).toISOString();
  const metrics = component('metrics', 'open', { pull: 15, ...more, ci: { head: { sha: HEAD, seenAt }, ...more.ci } });
  return aView({
    settings: { ok: true, value: settings },
    record: aRecord({ approvals: [APPROVAL], components: { metrics } }),
    components: {
      metrics: { pull: PULL, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'absent' } },
    },
    checks: { metrics: { head: HEAD, found: [], failingBelow: [] } },
    runs: seen === null ? {} : { metrics: { head: HEAD, seen } },
    checksGrace: 60,
    workflowLimit: 1_800,
  });
}

const generation = (view: TaskView, settings = WITH) =>
  generationOf('metrics', view.record?.components.metrics as never, view, settings);

describe('what is expected of the workflow', () => {
  it.each([
    ['no workflow is named', viewOf(ran('success'), 0, {}, SETTINGS), SETTINGS, { kind: 'settled' }],
    [
      'the head was dealt with',
      viewOf(ran('success'), 0, { generated: { appliedAt: [OLD, HEAD], missingAt: null } }),
      WITH,
      { kind: 'settled' },
    ],
    [
      'there was none, and still is none',
      viewOf(ran('failure'), 0, { generated: { appliedAt: [], missingAt: HEAD } }),
      WITH,
      { kind: 'settled' },
    ],
    [
      'it was late, or was run again',
      viewOf(ran('success'), 0, { generated: { appliedAt: [], missingAt: HEAD } }),
      WITH,
      { kind: 'ended', job: { kind: 'generate', head: HEAD, run: 7, url: URL, since: null } },
    ],
    ['nothing was read', viewOf(null), WITH, { kind: 'pending', ms: 0 }],
    ['it has not begun, in time', viewOf({ kind: 'none' }, 20), WITH, { kind: 'pending', ms: 40_000 }],
    ['it has not begun, too late', viewOf({ kind: 'none' }, 60), WITH, { kind: 'without', why: { kind: 'not-started' } }],
    ['it runs', viewOf(ran(null), 100), WITH, { kind: 'pending', ms: 1_700_000 }],
    ['it runs for ever', viewOf(ran(null), 1_800), WITH, { kind: 'without', why: { kind: 'too-long', url: URL } }],
    [
      'it failed',
      viewOf(ran('failure')),
      WITH,
      { kind: 'without', why: { kind: 'not-successful', conclusion: 'failure', url: URL } },
    ],
    ['there is none', viewOf({ kind: 'missing' }), WITH, { kind: 'without', why: { kind: 'missing' } }],
    ['it is switched off', viewOf({ kind: 'disabled' }), WITH, { kind: 'without', why: { kind: 'disabled' } }],
    ['it cannot be read', viewOf({ kind: 'unreadable' }), WITH, { kind: 'without', why: { kind: 'unreadable' } }],
    [
      'it has ended',
      viewOf(ran('success')),
      WITH,
      { kind: 'ended', job: { kind: 'generate', head: HEAD, run: 7, url: URL, since: null } },
    ],
    [
      'it has ended again',
      viewOf(ran('success'), 0, { generated: { appliedAt: [OLD], missingAt: null } }),
      WITH,
      { kind: 'ended', job: { kind: 'generate', head: HEAD, run: 7, url: URL, since: OLD } },
    ],
  ] as const)('%s', (_, view, settings, expected) => {
    expect(generation(view, settings)).toEqual(expected);
  });
});

describe('the decision', () => {
  const decided = (view: TaskView) => {
    const { record, actions } = decide(view, { kind: 'hint' });
    return { metrics: record?.components.metrics, actions };
  };
  const kinds = (view: TaskView) => decided(view).actions.map(({ kind }) => kind);
  const red = { name: 'test', state: 'failing', conclusion: 'failure', run: 1, job: true, said: '' } as const;

  it('applies the patch before anything is made ready or fixed', () => {
    const view = { ...viewOf(ran('success'), 100), checks: { metrics: { head: HEAD, found: [red], failingBelow: [] } } };
    const { metrics, actions } = decided(view);
    expect(metrics).toMatchObject({ state: 'running', attempt: 2, job: { kind: 'generate', head: HEAD } });
    expect(actions).toContainEqual(
      expect.objectContaining({ kind: 'execute', work: expect.objectContaining({ component: 'metrics', job: metrics?.job }) }),
    );
    expect(kinds(view)).not.toContain('make_ready');
  });

  it('waits for a run, and looks again when it must have ended', () => {
    const view = viewOf(ran(null), 100);
    expect(kinds(view)).not.toContain('make_ready');
    expect(decided(view).actions).toContainEqual(expect.objectContaining({ kind: 'observe_later', seconds: 1_700 }));
    // A red check is not the executor's to fix while its lockfile is missing.
    const failing = { ...view, checks: { metrics: { head: HEAD, found: [red], failingBelow: [] } } };
    expect(decided(failing).metrics?.state).toBe('open');
  });

  it('says once why there is no patch, and goes on without', () => {
    const { metrics, actions } = decided(viewOf({ kind: 'missing' }, 100));
    expect(metrics?.generated).toEqual({ appliedAt: [], missingAt: HEAD });
    expect(actions).toContainEqual(expect.objectContaining({ kind: 'reply', on: 15, key: 'no-patch:missing' }));
    expect(actions.map(({ kind }) => kind)).toContain('make_ready');
  });

  it('leaves a failed run to those who handle failing checks', () => {
    const view = { ...viewOf(ran('failure'), 100), checks: { metrics: { head: HEAD, found: [red], failingBelow: [] } } };
    const { metrics, actions } = decided(view);
    expect(metrics).toMatchObject({ state: 'running', job: { kind: 'fix' }, generated: { missingAt: HEAD } });
    expect(actions.filter(({ kind }) => kind === 'reply')).toEqual([]);
  });

  it('addresses a review first: what the workflow made of the old head is of no use then', () => {
    const requested = { by: 'wanda', at: AFTER_CHECK, notes: 'More.' };
    expect(decided(viewOf(ran('success'), 100, { review: { requested } })).metrics?.job.kind).toBe('revise');
  });
});
