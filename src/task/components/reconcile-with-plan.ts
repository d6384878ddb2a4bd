import { transitiveDependencies } from '../../domain/plan/component-graph.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import type { ComponentRecord, TaskRecord } from '../../domain/task/task.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/component-news.ts';
import type { Action } from '../model/action.ts';
import { remainingChangeRequest } from '../model/change-request.ts';
import type { PlanView, TaskView } from '../model/view.ts';

interface Kept {
  readonly components: Record<string, ComponentRecord>;
  readonly actions: Action[];
}

/**
 * What the plan at the head means for work there is already: components that are planned as they were keep their pull request and
 * say so, those planned otherwise, and what builds on them, are done again, and those no longer planned are closed.
 */
export function reconcileWithPlan(
  record: TaskRecord,
  view: TaskView,
  shownPlan: PlanView,
  plan: Plan,
  mayRun: (id: string) => boolean,
): Kept {
  const specs = new Map(plan.components.map((c) => [c.id, specHash(plan, c.id)]));
  const whole = plan.components.every((c) => mayRun(c.id));
  const components: Record<string, ComponentRecord> = {};
  const actions: Action[] = [];
  for (const [id, c] of Object.entries(record.components)) {
    components[id] = c;
    const spec = specs.get(id);
    const changed = c.attempt > 0 && spec !== c.spec;
    // A running component may finish only what is still planned that way (design §4, approval).
    if (c.state === 'running' && changed) {
      actions.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
      components[id] = { ...c, state: 'waiting', asked: remainingChangeRequest(c) };
    }
    const pull = view.components[id]?.pull ?? null;
    if (spec === undefined) {
      if (!whole || c.state === 'merged') continue;
      components[id] = { ...c, state: 'dropped', left_out: true, reason: 'The approved plan no longer has it.' };
      if (pull?.state !== 'open') continue;
      const text = say.droppedByPlan(shownPlan.pull.number, record.planning.revision);
      actions.push({ kind: 'reply', on: pull.number, key: `dropped:${record.planning.revision}`, text });
      actions.push({ kind: 'close_pull', number: pull.number });
    } else if (mayRun(id) && c.left_out) {
      // The plan has it again. What a person closed stays closed; this nobody did.
      components[id] = { ...startOver(c, pull), left_out: false, reason: null };
    } else if (mayRun(id) && c.state !== 'held' && c.state !== 'dropped') {
      if (changed || isUndermined(id, c, record.components, plan, mayRun)) {
        if (c.state === 'running' && !changed)
          actions.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
        components[id] = again(c.state === 'running' ? { ...c, asked: remainingChangeRequest(c) } : c, pull);
      } else if (c.state === 'open' && c.blob !== shownPlan.blob && pull?.state === 'open') {
        components[id] = { ...c, blob: shownPlan.blob as string };
        const text = say.keptByPlan(shownPlan.pull.number, record.planning.revision);
        actions.push({
          kind: 'reply',
          on: pull.number,
          key: `kept:${shownPlan.branch.generation}.${record.planning.revision}`,
          text,
        });
      }
    }
  }
  return { components, actions };
}

/** Equal hash, nothing to redo; another hash, done again: on its own branch, or after a merge on the next one. */
const again = (c: ComponentRecord, pull: PullRequest | null): ComponentRecord =>
  c.state === 'merged' || pull?.merged ? startOver(c, pull) : { ...c, state: 'waiting' };

/** As if nothing had been made yet, on a branch of its own. */
const startOver = (c: ComponentRecord, pull: PullRequest | null): ComponentRecord => ({
  ...c,
  state: 'waiting',
  generation: c.pull === null && pull === null ? c.generation : c.generation + 1,
  pull: null,
  stack: null,
  built: '',
  spec: '',
});

/**
 * Planned as it was, but what it builds on is not: something below it is planned otherwise, or the pull request it was stacked on
 * was given up for another. What is merged stays as it is; the plan would say so if it had to change, too.
 */
function isUndermined(
  id: string,
  c: ComponentRecord,
  components: TaskRecord['components'],
  plan: Plan,
  mayRun: (id: string) => boolean,
): boolean {
  if (c.state === 'merged' || c.attempt === 0) return false;
  // Only while it is open: an attempt that failed over it is not begun again by itself.
  if (c.state === 'open' && c.stack !== null && components[c.stack.on]?.pull !== c.stack.pull) return true;
  const settled = [...transitiveDependencies(plan, id)].every(mayRun);
  return settled && c.foundation !== '' && c.foundation !== foundationHash(plan, id);
}
