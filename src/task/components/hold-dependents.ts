import { dependents } from '../../domain/plan/component-graph.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { containedIn } from '../../domain/task/stack-base.ts';
import type { ComponentRecord } from '../../domain/task/task.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import * as say from '../../replies/comments/component-news.ts';
import type { Action } from '../model/action.ts';
import { nextGeneration } from '../model/next-generation.ts';
import type { TaskView } from '../model/view.ts';

/**
 * What depends on a dropped component cannot become ready by itself, and what is stacked on one would bring it along: both are held,
 * and let go when it comes back.
 */
export function holdDependents(plan: Plan, components: Record<string, ComponentRecord>, view: TaskView): Action[] {
  const heldBy = heldByDropped(plan, components);
  const actions: Action[] = [];
  for (const { id } of plan.components) {
    const c = components[id];
    if (!c) continue;
    const by = heldBy.get(id);
    const pull = view.components[id]?.pull ?? null;
    if (by !== undefined && (c.state === 'waiting' || standsOn(by, id, components))) {
      if (c.state === 'running') actions.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
      components[id] = { ...c, state: 'held', held_by: by, reason: `It depends on \`${by}\`, which was dropped.` };
      if (pull?.state === 'open' && c.stack !== null)
        actions.push({ kind: 'reply', on: pull.number, key: `held:${c.stack.pull}`, text: say.parentClosed(c.stack, by) });
    } else if (c.state === 'held' && c.held_by !== null && by === undefined) {
      // Closed along with the branch it was based on: the next one is made on the parent's next.
      const over = pull?.state === 'closed' && !pull.merged;
      const next = over ? { generation: nextGeneration(pull.headRef), pull: null, stack: null, built: '', spec: '' } : {};
      components[id] = { ...c, ...next, state: 'waiting', held_by: null, reason: null };
    }
  }
  return actions;
}

/** What is in the way of each, by id. */
function heldByDropped(plan: Plan, components: Readonly<Record<string, ComponentRecord>>): ReadonlyMap<string, string> {
  const heldBy = new Map<string, string>();
  for (const { id } of plan.components) {
    if (components[id]?.state === 'dropped') for (const d of dependents(plan, id)) heldBy.set(d, id);
  }
  return heldBy;
}

/** Whether its branch holds, or is about to hold, what `parent` has changed. */
function standsOn(parent: string, id: string, components: Readonly<Record<string, ComponentRecord>>): boolean {
  const c = components[id];
  if (c?.state === 'open') return containedIn(id, components).has(parent);
  if (c?.state !== 'running' || c.job.kind !== 'build' || c.job.on === null) return false;
  return c.job.on.on === parent || containedIn(c.job.on.on, components).has(parent);
}
