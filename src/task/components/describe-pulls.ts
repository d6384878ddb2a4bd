import type { Plan } from '../../domain/plan/plan.ts';
import { parseComponentMarker } from '../../domain/task/marker.ts';
import type { TaskRecord } from '../../domain/task/task.ts';
import { updatePlace } from '../../replies/pages/component-pull-request.ts';
import type { Action } from '../model/action.ts';
import type { PlanView, TaskView } from '../model/view.ts';

/**
 * Brings the bodies of open pull requests up to where their components belong now. New siblings are told when nothing is under way any
 * more: with each that arrives, twelve components would be written 66 times, and GitHub counts.
 */
export function describePulls(record: TaskRecord, view: TaskView, shownPlan: PlanView, plan: Plan): Action[] {
  const known = Object.entries(record.components).filter(([, c]) => c.pull !== null);
  const siblings = new Map(known.map(([id, c]) => [id, c.pull as number]));
  const slowDown = Object.values(record.components).every((c) => c.state !== 'running');
  return Object.entries(record.components).flatMap(([id, c]): Action[] => {
    const pull = view.components[id]?.pull;
    if (c.state !== 'open' || pull?.state !== 'open' || pull.number !== c.pull) return [];
    const stack = c.stack !== null && record.components[c.stack.on]?.state !== 'merged' ? c.stack : null;
    const place = { issue: view.task.issue, id, blob: c.blob, planPull: shownPlan.pull.number, plan, siblings, stack };
    const body = updatePlace(pull.body, place);
    const urgent = placeIn(body) !== placeIn(pull.body);
    return body !== pull.body && (slowDown || urgent) ? [{ kind: 'describe_pull', number: pull.number, body }] : [];
  });
}

/** The marker with the sentence below it, which say from which plan the component was made and what it is stacked on. */
function placeIn(body: string): string {
  const lines = body.split(/\r?\n/);
  const at = lines.findIndex((line) => parseComponentMarker(line) !== null);
  return at === -1 ? '' : lines.slice(at, at + 2).join('\n');
}
