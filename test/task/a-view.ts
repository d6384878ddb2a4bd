import type { Plan } from '../../src/domain/plan/plan.ts';
import { foundationHash, specHash } from '../../src/domain/plan/spec-hash.ts';
import {
  type ComponentRecord,
  type ComponentState,
  type ComponentStatus,
  newComponent,
  withStatus,
} from '../../src/domain/task/component-record.ts';
import { issueDigest } from '../../src/domain/task/issue-digest.ts';
import { STANDARD_BRANCHES } from '../../src/domain/task/task-branches.ts';
import { newTaskRecord, type TaskRecord } from '../../src/domain/task/task-record.ts';
import type { PullRequest } from '../../src/ports/forge/pulls.ts';
import { defaultSettings, type Settings } from '../../src/settings/repository-settings.ts';
import type { CommandApproval, PlanView, TaskView } from '../../src/task/model/view.ts';
import { aComponent, aPlan } from '../support/shop.ts';

export const BLOB = 'b'.repeat(40);
const HEAD = 'c'.repeat(40);
export const CHECKED_AT = '2026-11-23T10:00:00Z';
export const AFTER_CHECK = '2026-11-23T10:05:00Z';
/** The approval that wanda's comment gives, as the record points to it, and as GitHub proves it. */
export const APPROVAL = { by: 'wanda', blob: BLOB, at: AFTER_CHECK, node: 'IC_wanda' };
export const COMMAND: CommandApproval = {
  node: 'IC_wanda',
  by: 'wanda',
  identity: 'wanda',
  at: AFTER_CHECK,
  named: null,
  blobs: [BLOB],
};
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
  closedBy: null,
  labels: ['plan'],
  isPullRequest: false,
  locked: false,
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
  mergedElsewhere: false,
  branch: { prefix: 'planwright/', issue: 12, part: 'plan', generation: 1 },
  base: null,
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
    externalId: `plan:${BLOB}`,
    completedAt: CHECKED_AT,
    mine: true,
  },
  scope: {
    id: 2,
    name: 'planwright / scope',
    status: 'completed',
    conclusion: 'success',
    title: 'Only PLAN.md',
    externalId: 'scope:plan',
    completedAt: CHECKED_AT,
    mine: true,
  },
  verdicts: [],
  commands: [COMMAND],
  reviews: [],
  ...more,
});

export const aRecord = (more: Partial<TaskRecord> = {}): TaskRecord => {
  const record = newTaskRecord({ by: 'wanda', at: CHECKED_AT, digest: issueDigest(ISSUE) });
  const posted = { at: CHECKED_AT, blob: BLOB };
  return { ...record, planning: { ...record.planning, phase: 'ready', posted }, planPull: 13, ...more };
};

/** What each state has of its own, where a test does not say. */
const STATUS: { readonly [S in ComponentState]: Extract<ComponentStatus, { state: S }> } = {
  waiting: { state: 'waiting', conflict: null },
  running: { state: 'running' },
  open: { state: 'open', note: null },
  blocked: { state: 'blocked', blocker: { kind: 'impossible', plan_clause: 'It.', evidence: 'No.', proposal: 'Other.' } },
  failed: { state: 'failed', reason: 'It broke.' },
  held: { state: 'held', reason: 'Held.', heldBy: null },
  dropped: { state: 'dropped', reason: 'Dropped.', removedByPlan: false },
  merged: { state: 'merged' },
};

type Fields<S extends ComponentState> = Omit<Extract<ComponentRecord, { state: S }>, 'state' | 'ci' | 'review'>;
export type ComponentFields = Partial<
  Fields<'waiting'> & Fields<'open'> & Fields<'blocked'> & Fields<'held'> & Fields<'dropped'>
> & {
  readonly ci?: Partial<ComponentRecord['ci']>;
  readonly review?: Partial<ComponentRecord['review']>;
};

/** A component the present plan describes, in a state. */
export const component = (id: string, state: ComponentState, more: ComponentFields = {}): ComponentRecord => {
  const spec = specHash(PLAN, id);
  const isBuilt = state === 'open' || state === 'merged';
  const known = {
    attempt: 1,
    goal: { spec, blob: BLOB, foundation: foundationHash(PLAN, id) || null },
    built: isBuilt ? { spec, blob: BLOB } : null,
  };
  const base = withStatus(newComponent(), STATUS[state], known);
  const { ci, review, ...rest } = more;
  return { ...base, ...rest, ci: { ...base.ci, ...ci }, review: { ...base.review, ...review } } as ComponentRecord;
};

/** Its pull request carries, and its attempt works from, a spec that is not the plan's any more. */
export const outdated = (id: string, state: ComponentState, more: ComponentFields = {}): ComponentRecord => {
  const present = component(id, state, more);
  const spec = 'another spec';
  return { ...present, goal: { spec, blob: BLOB, foundation: null }, built: present.built && { spec, blob: BLOB } };
};

export const aView = (more: Partial<TaskView> = {}): TaskView => ({
  task: TASK,
  at: AFTER_CHECK,
  issue: ISSUE,
  settings: { ok: true, value: SETTINGS },
  status: { id: 99, body: '', url: 'https://github.example/status' },
  record: aRecord(),
  branches: STANDARD_BRANCHES,
  baseIsGone: false,
  requestedBase: null,
  plan: planView(),
  kept: null,
  planWork: { kind: 'absent' },
  reviewWork: { kind: 'absent' },
  stale: [],
  components: {},
  checks: {},
  runs: {},
  workflowLimit: 1_800,
  checksGrace: 0,
  fileConflicts: {},
  reviews: null,
  caps: [],
  permission: 'write',
  ...more,
});

/** The four states of a task that nothing has been executed of yet, and those after. */
export const IN_STATE: Record<string, Partial<TaskView>> = {
  none: { record: null, plan: null },
  planning: {
    record: aRecord({ planning: { ...aRecord().planning, phase: 'running', posted: null } }),
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
      approvals: [APPROVAL],
      components: { store: component('store', 'running'), metrics: component('metrics', 'open', { pull: 15 }) },
    }),
    components: {
      store: { pull: null, landing: null, closing: null, landedAt: null, checks: null, work: { kind: 'running' } },
      metrics: {
        pull: aPull({ number: 15 }),
        landing: null,
        closing: null,
        landedAt: null,
        checks: null,
        work: { kind: 'absent' },
      },
    },
  },
  blocked: {
    record: aRecord({
      approvals: [APPROVAL],
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
