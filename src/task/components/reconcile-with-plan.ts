import { transitiveDependencies } from '../../domain/plan/component-graph.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import { type ComponentRecord, withStatus } from '../../domain/task/component-record.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/component-news.ts';
import type { Action } from '../model/action.ts';
import { remainingChangeRequest } from '../model/change-request.ts';
import { mayRun, type PlanContext } from '../model/plan-context.ts';

interface Reconciled {
  readonly components: Record<string, ComponentRecord>;
  readonly actions: Action[];
}

/** The change to one component; undefined: it stays as it is. */
interface Change {
  readonly component?: ComponentRecord;
  readonly actions?: readonly Action[];
}

/**
 * Reconciles existing work with the plan at the head: components whose plan is unchanged keep their pull request and
 * say so, those that are planned differently, and those that build on them, are done again, and those no longer planned are closed.
 */
export function reconcileWithPlan(record: TaskRecord, context: PlanContext): Reconciled {
  const components: Record<string, ComponentRecord> = {};
  const actions: Action[] = [];
  for (const [id, component] of Object.entries(record.components)) {
    const isPlanned = context.plan.components.some((planned) => planned.id === id);
    const change = isPlanned ? stillPlanned(id, component, record, context) : noLongerPlanned(id, component, record, context);
    components[id] = change.component ?? component;
    actions.push(...(change.actions ?? []));
  }
  return { components, actions };
}

/** It is dropped once all of the new plan is approved; until then only an attempt that is running stops. */
function noLongerPlanned(id: string, component: ComponentRecord, { planning }: TaskRecord, context: PlanContext): Change {
  const { plan, shownPlan, view } = context;
  const stop = component.state === 'running' ? [stopOf(id, component, context)] : [];
  if (!plan.components.every((c) => mayRun(context, c.id)) || component.state === 'merged')
    return { component: component.state === 'running' ? stopped(component) : component, actions: stop };
  const reason = 'The approved plan no longer has it.';
  const dropped = withStatus(stopped(component), { state: 'dropped', removedByPlan: true, reason });
  const pull = view.components[id]?.pull;
  if (pull?.state !== 'open') return { component: dropped, actions: stop };
  const text = say.droppedByRevision(shownPlan.pull.number, planning.revision);
  return {
    component: dropped,
    actions: [
      ...stop,
      { kind: 'reply', on: pull.number, key: `dropped:${planning.revision}`, text },
      { kind: 'close_pull', number: pull.number },
    ],
  };
}

function stillPlanned(id: string, component: ComponentRecord, record: TaskRecord, context: PlanContext): Change {
  const pull = context.view.components[id]?.pull ?? null;
  const isChanged = component.attempt > 0 && component.goal?.spec !== specHash(context.plan, id);
  const isRunning = component.state === 'running';
  const stop = isRunning ? [stopOf(id, component, context)] : [];
  // A running component may finish only what is still planned that way (design §4, approval).
  if (!mayRun(context, id)) return isRunning && isChanged ? { component: stopped(component), actions: stop } : {};
  // The plan contains it again. A pull request that a person closed stays closed, but the plan dropped this one.
  if (component.state === 'dropped' && component.removedByPlan) return { component: startOver(component, pull) };
  if (component.state === 'held' || component.state === 'dropped') return {};
  if (isChanged || isUndermined(id, component, record.components, context))
    return { component: again(stopped(component), pull), actions: stop };
  if (component.state === 'open' && component.goal?.blob !== context.blob && pull?.state === 'open')
    return { component: madeFromBlob(component, context.blob), actions: [keptNews(pull, record, context)] };
  return {};
}

const stopOf = (id: string, { attempt }: ComponentRecord, { view }: PlanContext): Action => ({
  kind: 'stop',
  workflow: componentWorkflowId(view.task, id, attempt),
});

/** The component without its running attempt; what that was to address is still to be addressed. */
const stopped = (component: ComponentRecord): ComponentRecord =>
  component.state === 'running'
    ? withStatus(
        component,
        { state: 'waiting', conflict: null },
        { review: { ...component.review, requested: remainingChangeRequest(component) } },
      )
    : component;

const madeFromBlob = (component: ComponentRecord, blob: string): ComponentRecord => ({
  ...component,
  goal: component.goal && { ...component.goal, blob },
  built: component.built && { ...component.built, blob },
});

const keptNews = ({ number }: PullRequest, { planning }: TaskRecord, { shownPlan }: PlanContext): Action => ({
  kind: 'reply',
  on: number,
  key: `kept:${shownPlan.branch.generation}.${planning.revision}`,
  text: say.keptByRevision(shownPlan.pull.number, planning.revision),
});

/** The component is done again under another spec hash: on its own branch, or after a merge on the next one. */
const again = (component: ComponentRecord, pull: PullRequest | null): ComponentRecord =>
  component.state === 'merged' || pull?.merged
    ? startOver(component, pull)
    : withStatus(component, { state: 'waiting', conflict: null });

/** The component starts over, on a new branch. */
const startOver = (component: ComponentRecord, pull: PullRequest | null): ComponentRecord =>
  withStatus(
    component,
    { state: 'waiting', conflict: null },
    {
      generation: component.pull === null && pull === null ? component.generation : component.generation + 1,
      pull: null,
      stack: null,
      built: null,
      goal: null,
    },
  );

/**
 * Its own plan is unchanged, but its foundation is not: a component below it is planned differently, or the pull request it was
 * stacked on was replaced by another. A merged component stays as it is; the plan would say so if it had to change, too.
 */
function isUndermined(
  id: string,
  component: ComponentRecord,
  components: TaskRecord['components'],
  context: PlanContext,
): boolean {
  const { state, attempt, stack, goal } = component;
  if (state === 'merged' || attempt === 0) return false;
  // This applies only to an open component: an attempt that failed because of it is not restarted automatically.
  if (state === 'open' && stack !== null && components[stack.component]?.pull !== stack.pull) return true;
  const allApproved = [...transitiveDependencies(context.plan, id)].every((dependency) => mayRun(context, dependency));
  const foundation = goal?.foundation ?? null;
  return allApproved && foundation !== null && foundation !== foundationHash(context.plan, id);
}
