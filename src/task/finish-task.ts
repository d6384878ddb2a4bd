import type { TaskRecord } from '../domain/task/task-record.ts';
import type { ReviewWork } from '../domain/task/work.ts';
import { reviewWorkflowId } from '../domain/task/work-id.ts';
import * as say from '../replies/comments/answers.ts';
import type { Action } from './model/action.ts';
import { type Deciding, type Phase, withActions } from './model/deciding.ts';
import { isDone } from './model/done.ts';
import type { PlanContext } from './model/plan-context.ts';
import type { TaskView } from './model/view.ts';

/**
 * When everything is merged, there is one final review, if the settings request it, and then the issue and the plan are closed.
 * Where people dropped components, a reply names what is left, and the issue and the plan stay open for people to close.
 */
export const finishTask: Phase = (state, { view, settings }): Deciding => {
  const { record, execution } = state;
  if (execution === null || record.planning.phase !== 'ready' || !isDone(record, execution.plan)) return state;
  const dropped = Object.entries(record.components).flatMap(([id, { state: s }]) => (s === 'dropped' ? [id] : []));
  const planned = dropped.filter((id) => execution.plan.components.some((component) => component.id === id));
  if (planned.length > 0) return leaveToPeople(state, planned, view);
  const wanted = settings.plan.final_review && view.issue.state === 'open';
  const isDue = record.review === 'none' || record.reviewSkipped;
  const reviewing: TaskRecord = isDue ? { ...record, review: wanted ? 'running' : 'done', reviewSkipped: false } : record;
  if (reviewing.review === 'running') return withActions({ ...state, record: reviewing }, reviewOfWhole(record, execution));
  const { pull } = execution.shownPlan;
  const actions: Action[] = [];
  if (pull.state === 'open') {
    actions.push({ kind: 'reply', on: pull.number, key: 'done', text: say.planCompleted(reviewing) });
    actions.push({ kind: 'close_pull', number: pull.number });
  }
  if (view.issue.state === 'open' && !record.ended) actions.push({ kind: 'close_issue' });
  return withActions({ ...state, record: { ...reviewing, ended: record.ended || view.issue.state === 'closed' } }, actions);
};

function leaveToPeople(state: Deciding, dropped: readonly string[], { issue }: TaskView): Deciding {
  const { record } = state;
  const left = { ...record, review: 'done' as const, reviewSkipped: true, ended: record.ended || issue.state === 'closed' };
  const { generation, revision } = record.planning;
  const key = `left-over:${generation}.${revision}:${dropped.join('+')}`;
  const reply: Action = { kind: 'reply', on: issue.number, key, text: say.droppedComponentsRemain(dropped) };
  return withActions({ ...state, record: left }, issue.state === 'open' ? [reply] : []);
}

/** The final review is started once, and again where it was lost. */
function reviewOfWhole(before: TaskRecord, { view, shownPlan }: PlanContext): Action[] {
  const work = before.review === 'running' ? view.reviewWork.kind : 'absent';
  if (work !== 'absent' && work !== 'cancelled') return [];
  const pulls = Object.entries(before.components).flatMap(([component, { state, pull }]) =>
    state === 'merged' && pull !== null ? [{ component, pull }] : [],
  );
  const review: ReviewWork = {
    kind: 'review',
    task: view.task,
    branches: view.branches,
    plan: { path: shownPlan.path, commit: shownPlan.pull.headSha },
    pulls,
  };
  const { revision, generation } = before.planning;
  return [{ kind: 'review_whole', workflow: reviewWorkflowId(view.task, revision, generation), work: review }];
}
