import { parseComponentMarker } from '../../domain/task/marker.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { updateContext } from '../../replies/pages/component-pull-request.ts';
import { updateSensitiveFiles } from '../../replies/phrases/sensitive-files.ts';
import type { Action } from '../model/action.ts';
import { type Deciding, type Phase, withActions } from '../model/deciding.ts';
import type { PlanContext } from '../model/plan-context.ts';
import { isAsPosted } from '../planning/evaluate-approval.ts';

/** Runs only once the plan is ready: while it is amended, the descriptions name the plan that the pull requests were made from. */
export const describeComponents: Phase = (state): Deciding =>
  state.execution === null || state.record.planning.phase !== 'ready'
    ? state
    : withActions(state, describePulls(state.record, state.execution));

/** The planner's list of the files to look at first stands in the body of its pull request, and people edit the plan. */
export const describePlan: Phase = (state, { view: { plan } }): Deciding => {
  const { planning, cancelled } = state.record;
  if (cancelled || planning.phase !== 'ready' || plan?.pull.state !== 'open' || !plan.file?.ok) return state;
  const { number, body } = plan.pull;
  const updated = updateSensitiveFiles(body, plan.file.value, !isAsPosted(plan, state.record));
  return updated === body ? state : withActions(state, [{ kind: 'describe_pull', number, body: updated }]);
};

/**
 * Updates the bodies of open pull requests to the present places of their components. New siblings are added when nothing is
 * running any more: if each new one were added at once, twelve components would cause 66 writes, and GitHub limits writes.
 */
function describePulls(record: TaskRecord, { view, shownPlan, plan }: PlanContext): Action[] {
  const known = Object.entries(record.components).filter(([, c]) => c.pull !== null);
  const siblings = new Map(known.map(([id, c]) => [id, c.pull as number]));
  const isQuiet = Object.values(record.components).every((c) => c.state !== 'running');
  return Object.entries(record.components).flatMap(([id, c]): Action[] => {
    const pull = view.components[id]?.pull;
    if (c.state !== 'open' || pull?.state !== 'open' || pull.number !== c.pull) return [];
    const stack = c.stack !== null && record.components[c.stack.component]?.state !== 'merged' ? c.stack : null;
    const place = {
      issue: view.task.issue,
      id,
      blob: c.built?.blob ?? shownPlan.blob ?? '',
      planPull: shownPlan.pull.number,
      plan,
      siblings,
      stack,
    };
    const body = updateContext(pull.body, place);
    const urgent = placeIn(body) !== placeIn(pull.body);
    return body !== pull.body && (isQuiet || urgent) ? [{ kind: 'describe_pull', number: pull.number, body }] : [];
  });
}

/** The marker with the sentence below it, which say from which plan the component was made and what it is stacked on. */
function placeIn(body: string): string {
  const lines = body.split(/\r?\n/);
  const at = lines.findIndex((line) => parseComponentMarker(line) !== null);
  return at === -1 ? '' : lines.slice(at, at + 2).join('\n');
}
