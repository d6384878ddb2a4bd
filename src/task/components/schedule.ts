import type { Component } from '../../domain/plan/plan.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import { type ComponentRecord, isBuilt, newComponent, withStatus } from '../../domain/task/component-record.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import { stackBaseOf } from '../../domain/task/stack-base.ts';
import type { Job, Stack } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { recheckId } from '../../domain/task/work-id.ts';
import { waitReason } from '../../replies/comments/file-conflict.ts';
import { ciVerdict, shouldFix } from '../ci/ci-verdict.ts';
import { generationOf } from '../ci/generated-files.ts';
import type { Action } from '../model/action.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import { mayRun, type PlanContext } from '../model/plan-context.ts';
import type { TaskView } from '../model/view.ts';
import { executeAction } from './execute-action.ts';
import { holdDependents } from './hold-dependents.ts';
import { reconcileWithPlan } from './reconcile-with-plan.ts';

interface Scheduled {
  readonly components: TaskRecord['components'];
  readonly actions: readonly Action[];
}

/**
 * The next step for one component: it waits for another task or for a while, an attempt starts, or a running one that was lost is
 * started again.
 */
type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly conflict: FileConflict }
  /** Nothing now; it is decided again after a while. */
  | { readonly kind: 'later'; readonly head: string }
  | { readonly kind: 'start'; readonly job: Job }
  | { readonly kind: 'restart' };

const NOTHING: Next = { kind: 'nothing' };

/** Components of the plan at the head stop, start or continue. */
export const runComponents: Phase = (state): Deciding => {
  if (state.execution === null) return state;
  const { components, actions } = schedule(state.record, state.execution);
  return { ...state, record: { ...state.record, components }, actions: [...state.actions, ...actions] };
};

function schedule(record: TaskRecord, context: PlanContext): Scheduled {
  const { plan, view, settings } = context;
  const { components, actions } = reconcileWithPlan(record, context);
  for (const { id } of plan.components) if (mayRun(context, id)) components[id] ??= newComponent();
  actions.push(...holdDependents(plan, components, view));

  let running = plan.components.filter(({ id }) => components[id]?.state === 'running').length;
  for (const { component: id } of plan.implementation_order) {
    const component = components[id];
    const planned = plan.components.find((p) => p.id === id);
    if (!component || !planned) continue;
    const next = nextFor(planned, components, context, running < settings.execution.max_parallel);
    if (next.kind === 'nothing') continue;
    if (next.kind === 'later') {
      actions.push(decideLater(id, component, next.head, view));
      continue;
    }
    if (next.kind === 'wait') {
      components[id] = inConflict(component, next.conflict);
      continue;
    }
    if (next.kind === 'start' && callsModel(next.job)) running += 1;
    const going = next.kind === 'start' ? started(id, component, next.job, context) : onCurrentBlob(component, context);
    components[id] = going;
    actions.push(executeAction(id, going, context));
  }
  return { components, actions };
}

/** Merges and patches are not counted towards `max_parallel`: they need a model only where a merge conflicts. */
const callsModel = ({ kind }: Job): boolean => kind !== 'restack' && kind !== 'generate';

function nextFor(planned: Component, components: TaskRecord['components'], context: PlanContext, hasRoom: boolean): Next {
  const { view, settings } = context;
  const { id } = planned;
  const component = components[id] as ComponentRecord;
  if (component.state === 'running') {
    const work = view.components[id]?.work.kind ?? 'absent';
    // The database was lost, or the workflow was cancelled from outside: starting the same id again finds what was recorded.
    return work === 'absent' || work === 'cancelled' ? { kind: 'restart' } : NOTHING;
  }
  if (!mayRun(context, id)) return NOTHING;
  if (component.state === 'waiting') {
    const stackBase = stackBaseOf(planned, components, settings.execution.strategy);
    if (stackBase.kind === 'wait' || !hasRoom) return NOTHING;
    const conflict = view.fileConflicts[id];
    if (conflict && waitsForOthers(component)) return { kind: 'wait', conflict };
    const base = stackBase.kind === 'on' ? stackOn(stackBase.component, view) : null;
    // The parent's pull request is not visible yet: the next observation finds it open or closed.
    return stackBase.kind === 'on' && base === null ? NOTHING : { kind: 'start', job: { kind: 'build', base } };
  }
  if (component.state !== 'open') return NOTHING;
  // This is a merge, which needs a model only where it conflicts: it does not count towards `max_parallel`.
  if (mustMove(component, components)) return { kind: 'start', job: { kind: 'restack' } };
  const head = withdrawnAt(id, view);
  if (head !== null) return { kind: 'later', head };
  const generation = generationOf(id, component, view, settings);
  if (component.review.requested === null && generation.kind === 'ended') return { kind: 'start', job: generation.job };
  const job = hasRoom ? followUpOf(id, component, context) : null;
  return job === null ? NOTHING : { kind: 'start', job };
}

/** Seconds. */
const AFTER_WITHDRAWAL = 60;

const decideLater = (id: string, { attempt }: ComponentRecord, head: string, { task }: TaskView): Action => ({
  kind: 'observe_later',
  workflow: recheckId(task, id, { sha: head, seen: `withdrawn:${attempt}` }),
  seconds: AFTER_WITHDRAWAL,
});

/**
 * The head of its pull request, where a follow-up at this very head has just been withdrawn. Nothing that it works on has changed, so
 * that it might be withdrawn for the same reason again, each time at the price of a conversation.
 */
function withdrawnAt(id: string, { record, components }: TaskView): string | null {
  const before = record?.components[id];
  const { pull, work } = components[id] ?? {};
  if (before?.state !== 'running' || work?.kind !== 'finished' || work.result.kind !== 'withdrawn') return null;
  // Of the kinds of work, only follow-ups begin at a head of their own.
  const began = 'head' in before.job ? before.job.head : undefined;
  return began !== undefined && began === pull?.headSha ? began : null;
}

/**
 * Whether it has to wait for conflicting components of other tasks: it has no pull request of its own yet, and no person has
 * allowed it to start anyway.
 */
const waitsForOthers = ({ startDespiteConflict, built }: ComponentRecord): boolean => !startDespiteConflict && built === null;

const inConflict = (component: ComponentRecord, conflict: FileConflict): ComponentRecord =>
  withStatus(component, {
    state: 'waiting',
    conflict: { with: `${conflict.issue}/${conflict.component}`, reason: waitReason(conflict) },
  });

/** The follow-up job for an open pull request. */
function followUpOf(id: string, component: ComponentRecord, { view, settings }: PlanContext): Job | null {
  const pull = view.components[id]?.pull;
  if (pull?.state !== 'open') return null;
  const { requested } = component.review;
  if (requested !== null) return { kind: 'revise', ...requested, head: pull.headSha };
  // Checks may fail because a generated file is missing.
  if (generationOf(id, component, view, settings).kind !== 'settled') return null;
  const verdict = ciVerdict(id, component, view);
  if (verdict.kind !== 'red' || !shouldFix(component, pull.headSha, verdict, settings.execution)) return null;
  return { kind: 'fix', head: pull.headSha, checks: verdict.failing.map((check) => check.name) };
}

/** Whether its parent is merged, by the same pull request that it was stacked on: from now on it is based on the base branch. */
const mustMove = ({ stack }: ComponentRecord, components: TaskRecord['components']): boolean =>
  stack !== null && components[stack.component]?.state === 'merged' && components[stack.component]?.pull === stack.pull;

function stackOn(parent: string, { components }: TaskView): Stack | null {
  const pull = components[parent]?.pull;
  return pull?.state === 'open' ? { component: parent, pull: pull.number, sha: pull.headSha } : null;
}

/** Unchanged work continues under the same id, so that no recorded turn is paid twice; changed work is a new attempt. */
function started(id: string, component: ComponentRecord, job: Job, { plan, blob }: PlanContext): ComponentRecord {
  const goal = { spec: specHash(plan, id), blob, foundation: foundationHash(plan, id) || null };
  const former = component.goal;
  // If its pull request already carries this work, the attempt has ended.
  const isUnfinished = component.attempt > 0 && component.job.kind === 'build' && !isBuilt(component);
  const isSame = isUnfinished && job.kind === 'build' && former?.spec === goal.spec && former.blob === goal.blob;
  return withStatus(
    component,
    { state: 'running' },
    {
      goal,
      // An attempt that continues keeps the base that it began on.
      job: isSame ? component.job : job,
      attempt: isSame ? component.attempt : component.attempt + 1,
      ...begunWith(component, job),
    },
  );
}

/** Notes the start, so that work on the same request, or on the same red head, does not begin again. */
function begunWith({ ci, review }: ComponentRecord, job: Job): Partial<Pick<ComponentRecord, 'ci' | 'review'>> {
  if (job.kind === 'fix') return { ci: { ...ci, attemptedHeads: [...ci.attemptedHeads, job.head] } };
  return job.kind === 'revise' ? { review: { ...review, requested: null } } : {};
}

/** A lost attempt is started again as the same attempt, unless the plan has another blob by now. */
const onCurrentBlob = (component: ComponentRecord, { blob }: PlanContext): ComponentRecord =>
  component.goal === null || component.goal.blob === blob
    ? component
    : { ...component, attempt: component.attempt + 1, goal: { ...component.goal, blob } };
