import { parseBranchName, renderBranchName } from '../domain/branch-name.ts';
import { dependants } from '../domain/component-graph.ts';
import type { Plan } from '../domain/plan.ts';
import { specHash } from '../domain/spec-hash.ts';
import type { ComponentRecord, TaskRecord } from '../domain/task.ts';
import { componentWorkflowId } from '../domain/work.ts';
import type { Settings } from '../settings/repository-settings.ts';
import type { Action } from './action.ts';
import { NEW_COMPONENT } from './new-component.ts';
import type { PlanView, TaskView } from './view.ts';

export interface Scheduled {
  readonly components: TaskRecord['components'];
  readonly actions: readonly Action[];
}

/** Which components of the plan at the head stop, start or go on; `approved` holds the spec hashes people stand by, by component id. */
export function schedule(
  record: TaskRecord,
  view: TaskView,
  shown: PlanView,
  plan: Plan,
  approved: TaskRecord['approved'],
  settings: Settings,
): Scheduled {
  const actions: Action[] = [];
  const specs = new Map(plan.components.map((c) => [c.id, specHash(plan, c.id)]));
  const mayRun = (id: string): boolean => specs.has(id) && approved[id] === specs.get(id);
  const whole = plan.components.every((c) => mayRun(c.id));
  const components: Record<string, ComponentRecord> = {};
  for (const [id, c] of Object.entries(record.components)) {
    const spec = specs.get(id);
    const changed = c.attempt > 0 && spec !== c.spec;
    components[id] = c;
    // A running component may finish only what is still planned that way (design §4, approval).
    if (c.state === 'running' && changed) {
      actions.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
      components[id] = { ...c, state: 'waiting' };
    }
    if (spec === undefined) {
      if (whole && c.state !== 'merged')
        components[id] = { ...c, state: 'dropped', reason: 'The approved plan no longer has it.' };
    } else if (mayRun(id) && changed && c.state !== 'held' && c.state !== 'dropped') {
      // Equal hash, nothing to redo; another hash, done again: on its own branch, or after a merge on the next one.
      components[id] = { ...c, state: 'waiting', generation: c.state === 'merged' ? c.generation + 1 : c.generation };
    }
  }
  for (const { id } of plan.components) if (mayRun(id)) components[id] ??= NEW_COMPONENT;
  holdDependants(plan, components);

  let running = plan.components.filter(({ id }) => components[id]?.state === 'running').length;
  for (const { component: id } of plan.implementation_order) {
    const c = components[id];
    const planned = plan.components.find((p) => p.id === id);
    if (!c || !planned) continue;
    if (c.state === 'waiting' && mayRun(id)) {
      const ready = planned.depends_on.every((d) => components[d]?.state === 'merged');
      if (!ready || running >= settings.execution.max_parallel) continue;
      running += 1;
      components[id] = started(c, specs.get(id) as string, shown.blob as string);
      actions.push(execution(view, shown, id, components[id]));
    } else if (c.state === 'running') {
      const work = view.components[id]?.work.kind ?? 'absent';
      // The database was lost, or somebody stopped the workflow behind our back: the same id finds what there is.
      if (work !== 'absent' && work !== 'cancelled') continue;
      if (c.blob !== shown.blob) components[id] = started({ ...c, spec: '' }, c.spec, shown.blob as string);
      actions.push(execution(view, shown, id, components[id] ?? c));
    }
  }
  return { components, actions };
}

/** The same work goes on under the same id, so that no recorded turn is paid twice; changed work is a new attempt. */
const started = (c: ComponentRecord, spec: string, blob: string): ComponentRecord => ({
  ...c,
  state: 'running',
  attempt: c.attempt > 0 && c.spec === spec && c.blob === blob ? c.attempt : c.attempt + 1,
  spec,
  blob,
  reason: null,
  blocker: null,
});

function execution(view: TaskView, shown: PlanView, id: string, c: ComponentRecord): Action {
  const { task } = view;
  return {
    kind: 'execute',
    workflow: componentWorkflowId(task, id, c.attempt),
    work: {
      task,
      component: id,
      branch: renderBranchName({ issue: task.issue, part: id, generation: c.generation }),
      planPull: shown.pull.number,
      planPath: shown.path,
      planCommit: shown.pull.headSha,
      blob: c.blob,
      spec: c.spec,
    },
  };
}

/** A dropped component's dependants cannot become ready by themselves; say so, and let go when the component comes back. */
function holdDependants(plan: Plan, components: Record<string, ComponentRecord>): void {
  const heldBy = new Map<string, string>();
  for (const { id } of plan.components) {
    if (components[id]?.state === 'dropped') for (const d of dependants(plan, id)) heldBy.set(d, id);
  }
  for (const { id } of plan.components) {
    const c = components[id];
    if (!c) continue;
    const by = heldBy.get(id);
    if (c.state === 'waiting' && by !== undefined) {
      components[id] = { ...c, state: 'held', held_by: by, reason: `It depends on \`${by}\`, which was dropped.` };
    } else if (c.state === 'held' && c.held_by !== null && by === undefined) {
      components[id] = { ...c, state: 'waiting', held_by: null, reason: null };
    }
  }
}

/** The branch a component's next pull request goes to, given what became of the last. */
export const nextGeneration = (headRef: string): number => (parseBranchName(headRef)?.generation ?? 1) + 1;
