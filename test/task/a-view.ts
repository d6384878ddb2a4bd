import type { Plan } from '../../src/domain/plan/plan.ts';
import { foundationHash, specHash } from '../../src/domain/plan/spec-hash.ts';
import { issueDigest } from '../../src/domain/task/issue-digest.ts';
import type { ComponentRecord, TaskRecord } from '../../src/domain/task/task.ts';
import type { PullRequest } from '../../src/ports/forge/pulls.ts';
import { defaultSettings, type Settings } from '../../src/settings/repository-settings.ts';
import { NEW_COMPONENT } from '../../src/task/model/new-component.ts';
import type { PlanView, TaskView } from '../../src/task/model/view.ts';
import { aComponent, aPlan } from '../support/shop.ts';

export const BLOB = 'b'.repeat(40);
const HEAD = 'c'.repeat(40);
export const CHECKED_AT = '2026-11-23T10:00:00Z';
export const AFTER_CHECK = '2026-11-23T10:05:00Z';
export const PLAN: Plan = aPlan([aComponent('store'), aComponent('limiter', { depends_on: ['store'] }), aComponent('metrics')]);
const TASK = { repository: { owner: 'olga', name: 'shop', installation: 7 }, issue: 12 };
export const SETTINGS: Settings = defaultSettings({
  planner: 'anthropic/p',
  executor: 'anthropic/e',
  allowed: null,
  providers: ['anthropic'],
});

const ISSUE: TaskView['issue'] = {
  number: 12,
  title: 'Limit orders',
  body: 'Too many.',
  author: { login: 'olga', bot: false },
  state: 'open',
  closedAt: null,
  labels: ['plan'],
  isPullRequest: false,
};

export const aPull = (more: Partial<PullRequest> = {}): PullRequest => ({
  number: 13,
  title: 'Plan',
  body: `<!-- planwright:plan issue=12 revision=1 blob=${BLOB} -->\n`,
  state: 'open',
  draft: false,
  merged: false,
  mergedBy: null,
  mergeCommit: null,
  author: { login: 'planwright[bot]', bot: true },
  mine: true,
  headRef: 'planwright/issue-12/plan',
  headSha: HEAD,
  baseRef: 'main',
  url: 'https://github.example/olga/shop/pull/13',
  ...more,
});

export const planView = (more: Partial<PlanView> = {}): PlanView => ({
  pull: aPull(),
  branch: { issue: 12, part: 'plan', generation: 1 },
  path: 'PLAN.md',
  blob: BLOB,
  madeAt: 'd'.repeat(40),
  revision: 1,
  file: { ok: true, value: PLAN },
  check: {
    id: 1,
    name: 'planwright / plan',
    status: 'completed',
    conclusion: 'success',
    title: 'Sound',
    completedAt: CHECKED_AT,
    mine: true,
  },
  scope: {
    id: 2,
    name: 'planwright / scope',
    status: 'completed',
    conclusion: 'success',
    title: 'Only PLAN.md',
    completedAt: CHECKED_AT,
    mine: true,
  },
  verdicts: [],
  reviews: [],
  ...more,
});

export const aRecord = (more: Partial<TaskRecord> = {}): TaskRecord => ({
  version: 1,
  trigger: { by: 'wanda', at: CHECKED_AT, digest: issueDigest(ISSUE) },
  cancelled: false,
  planning: {
    phase: 'ready',
    revision: 1,
    generation: 1,
    attempt: 1,
    cause: 'issue',
    answers: [],
    posted_at: CHECKED_AT,
    reason: null,
    questions: [],
    spend: [],
  },
  plan_pull: 13,
  closed_plan: null,
  approvals: [],
  approved: {},
  stale: null,
  ended: false,
  obeyed: [],
  review: 'none',
  components: {},
  ...more,
});

/** A component the present plan describes, in a state. */
export const component = (id: string, state: ComponentRecord['state'], more: Partial<ComponentRecord> = {}): ComponentRecord => ({
  ...NEW_COMPONENT,
  state,
  attempt: 1,
  spec: specHash(PLAN, id),
  built: state === 'open' || state === 'merged' ? specHash(PLAN, id) : '',
  foundation: foundationHash(PLAN, id),
  blob: BLOB,
  ...more,
});

export const aView = (more: Partial<TaskView> = {}): TaskView => ({
  task: TASK,
  at: AFTER_CHECK,
  issue: ISSUE,
  settings: { ok: true, value: SETTINGS },
  status: { id: 99, body: '', url: 'https://github.example/status' },
  record: aRecord(),
  plan: planView(),
  planWork: { kind: 'absent' },
  reviewWork: { kind: 'absent' },
  stale: [],
  components: {},
  checks: {},
  checksGrace: 0,
  fileConflicts: {},
  reviews: null,
  permission: 'write',
  ...more,
});

/** The four states of a task that nothing has been executed of yet, and those after. */
export const IN_STATE: Record<string, Partial<TaskView>> = {
  none: { record: null, plan: null },
  planning: {
    record: aRecord({ planning: { ...aRecord().planning, phase: 'running', posted_at: null } }),
    plan: null,
    planWork: { kind: 'running' },
  },
  questions: {
    record: aRecord({
      planning: { ...aRecord().planning, phase: 'questions', questions: [{ question: 'Which?', why: 'It matters.' }] },
    }),
    plan: null,
  },
  review: {},
  executing: {
    record: aRecord({
      approvals: [{ by: 'wanda', blob: BLOB, at: AFTER_CHECK }],
      components: { store: component('store', 'running'), metrics: component('metrics', 'open', { pull: 15 }) },
    }),
    components: {
      store: { pull: null, landing: null, checks: null, work: { kind: 'running' } },
      metrics: { pull: aPull({ number: 15 }), landing: null, checks: null, work: { kind: 'absent' } },
    },
  },
  blocked: {
    record: aRecord({
      approvals: [{ by: 'wanda', blob: BLOB, at: AFTER_CHECK }],
      components: {
        store: component('store', 'failed', { reason: 'It broke.' }),
        metrics: component('metrics', 'merged', { pull: 15 }),
        limiter: component('limiter', 'waiting', { attempt: 0 }),
      },
    }),
  },
  cancelled: { record: aRecord({ cancelled: true }) },
  failed: { record: aRecord({ planning: { ...aRecord().planning, phase: 'failed', reason: 'No.' } }), plan: null },
  done: {
    record: aRecord({
      review: 'done',
      components: {
        store: component('store', 'merged'),
        limiter: component('limiter', 'merged'),
        metrics: component('metrics', 'merged'),
      },
    }),
    issue: { ...ISSUE, state: 'closed' },
  },
};
