import { dependents } from '../../domain/plan/component-graph.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { type ComponentRecord, withStatus } from '../../domain/task/component-record.ts';
import { containedIn } from '../../domain/task/stack-base.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import * as say from '../../replies/comments/component-news.ts';
import type { Action } from '../model/action.ts';
import { nextGeneration } from '../model/next-generation.ts';
import type { TaskView } from '../model/view.ts';

/**
 * A component that depends on a dropped one cannot become ready, and merging one that is stacked on it would merge it too: both are
 * held until it comes back.
 */
export function holdDependents(plan: Plan, components: Record<string, ComponentRecord>, view: TaskView): Action[] {
  const heldBy = heldByDropped(plan, components);
  const actions: Action[] = [];
  for (const { id } of plan.components) {
    const component = components[id];
    if (!component) continue;
    const by = heldBy.get(id);
    const pull = view.components[id]?.pull ?? null;
    const { stack, attempt } = component;
    if (by !== undefined && (component.state === 'waiting' || containsChangesOf(by, id, components))) {
      if (component.state === 'running') actions.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, attempt) });
      const reason = `It depends on \`${by}\`, which was dropped.`;
      components[id] = withStatus(component, { state: 'held', heldBy: by, reason });
      if (pull?.state === 'open' && stack !== null)
        actions.push({ kind: 'reply', on: pull.number, key: `held:${stack.pull}`, text: say.parentClosed(stack, by) });
    } else if (component.state === 'held' && component.heldBy !== null && by === undefined) {
      // It was closed together with the branch it was based on: its next one is made on the parent's next branch.
      const isOver = pull?.state === 'closed' && !pull.merged;
      const next = isOver ? { generation: nextGeneration(pull.headRef), pull: null, stack: null, built: null, goal: null } : {};
      components[id] = withStatus(component, { state: 'waiting', conflict: null }, next);
    }
  }
  return actions;
}

/** The dropped component that holds each one, by id. */
function heldByDropped(plan: Plan, components: Readonly<Record<string, ComponentRecord>>): ReadonlyMap<string, string> {
  const heldBy = new Map<string, string>();
  for (const { id } of plan.components) {
    if (components[id]?.state === 'dropped') for (const d of dependents(plan, id)) heldBy.set(d, id);
  }
  return heldBy;
}

/** Whether its branch contains, or is about to contain, the changes of `parent`. */
function containsChangesOf(parent: string, id: string, components: Readonly<Record<string, ComponentRecord>>): boolean {
  const component = components[id];
  if (component?.state === 'open') return containedIn(id, components).has(parent);
  if (component?.state !== 'running' || component.job.kind !== 'build' || component.job.base === null) return false;
  const { component: base } = component.job.base;
  return base === parent || containedIn(base, components).has(parent);
}
