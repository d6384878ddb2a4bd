import { isDigestOf } from '../../domain/task/issue-digest.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import { blockerKeys, planAction, startPlanning } from './start.ts';

/** A blocker that no revision answers yet makes the planner amend the plan automatically, where the settings say so. */
export const amendAfterBlocker: Phase = (state, { view, settings }): Deciding => {
  const { record } = state;
  const isUnanswered = blockerKeys(record).some((blocker) => !record.planning.answers.includes(blocker));
  const isAble = record.planning.phase === 'ready' && !record.cancelled && isDigestOf(record.trigger.digest, view.issue);
  if (!isUnanswered || !isAble || settings.execution.amend !== 'auto') return state;
  const issueText = { title: view.issue.title, body: view.issue.body };
  const next = startPlanning(record, view, { ...record.trigger, issueText, cause: 'blocker', branches: record.branches });
  return { ...state, record: next, actions: [...state.actions, planAction(next, view, issueText, null)] };
};
