import { isDigestOf } from '../../domain/task/issue-digest.ts';
import * as say from '../../replies/comments/answers.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import { planAction, planWorkflowOf } from './start.ts';

/**
 * While a plan is being made, exactly its own work runs: work of an earlier attempt is stopped, and work that was lost is started
 * again.
 */
export const ensurePlanning: Phase = (state, { view }): Deciding => {
  const { record } = state;
  if (record.cancelled || record.planning.phase !== 'running') return state;
  const former = view.record?.planning.phase === 'running' ? planWorkflowOf(view.task, view.record) : null;
  const actions =
    former !== null && former !== planWorkflowOf(view.task, record)
      ? [{ kind: 'stop' as const, workflow: former }, ...state.actions]
      : state.actions;
  const isStarting = state.actions.some((action) => action.kind === 'plan');
  const isLost = !isStarting && (view.planWork.kind === 'absent' || view.planWork.kind === 'cancelled');
  if (!isLost) return { ...state, actions };
  // The issue's text at the trigger was lost with the database: the present text is used only if it is still the same.
  if (isDigestOf(record.trigger.digest, view.issue)) {
    const issueText = { title: view.issue.title, body: view.issue.body };
    return { ...state, actions: [...actions, planAction(record, view, issueText, null)] };
  }
  const planning = { ...record.planning, phase: 'failed' as const, reason: say.issueWasEdited(view.issue.number) };
  return { ...state, record: { ...record, planning }, actions };
};
