import type { Signal } from '../domain/task/signal.ts';
import { applyFinishedWork } from './apply-finished-work.ts';
import { awaitGeneratedFiles } from './ci/generated-files.ts';
import { markPullRequestsReady } from './ci/mark-ready.ts';
import { acknowledge, announceChanges, answer, answerPerson } from './commands/feedback.ts';
import { respond } from './commands/respond.ts';
import { applyResults } from './components/apply-results.ts';
import { describeComponents, describePlan } from './components/describe-pulls.ts';
import { runComponents } from './components/schedule.ts';
import { decideWhileLocked } from './decide-while-locked.ts';
import { decideWithoutSettings } from './decide-without-settings.ts';
import { finishTask } from './finish-task.ts';
import type { Decision } from './model/action.ts';
import { type DecisionContext, type Phase, planIn } from './model/deciding.ts';
import { stopOnClosedIssue } from './model/issue-closing.ts';
import { stateOf } from './model/state.ts';
import type { TaskView } from './model/view.ts';
import { requireChecks } from './own-checks/required.ts';
import { amendAfterBlocker } from './planning/amend-plan.ts';
import { isApproved } from './planning/approval.ts';
import { ensurePlanning } from './planning/ensure-planning.ts';
import { evaluateApproval } from './planning/evaluate-approval.ts';
import { recordDailySpend } from './record-daily-spend.ts';
import { stopCancelled } from './stop-all.ts';

/** The phases of a decision, from top to bottom. Each phase sees what those above it have decided. */
const PHASES: readonly Phase[] = [
  /** A closed issue cancels the task. */
  stopOnClosedIssue,
  /** A blocker makes the planner amend the plan, where the settings say so. */
  amendAfterBlocker,
  /** In a cancelled task everything that runs is stopped, and no phase below applies. */
  stopCancelled,
  /** While a plan is being made, its latest workflow runs, and no other. */
  ensurePlanning,
  /** Which specs are approved, and whether the plan still fits the base branch. */
  evaluateApproval,
  /** What `execution.workflow` will not generate is reported, and no longer waited for. */
  awaitGeneratedFiles,
  /** Components stop, start and continue. */
  runComponents,
  /** Pull requests with green checks become ready; red ones are left to people once the attempts are used up. */
  markPullRequestsReady,
  /** Descriptions say where a component belongs now. */
  describeComponents,
  /** The plan's names the files to look at first, also those that people have added. */
  describePlan,
  /** When everything is merged: one review of the whole, then the plan and the issue are closed. */
  finishTask,
  /** Both checks at every head of ours. */
  requireChecks,
  /** Spending is recorded by day. */
  recordDailySpend,
  /** Changes are announced before anything else is done, and the person behind the signal is answered after it. */
  announceChanges,
  answerPerson,
];

/**
 * Decides what to do from the state of the task and from what a person did. Pure: the same view and signal give the same decision.
 */
export function decide(seen: TaskView, signal: Signal): Decision {
  const view = applyFinishedWork(seen, signal);
  const former = view.record && applyResults(view.record, view, signal);
  if (view.issue.locked) return decideWhileLocked(view, signal, former);
  if (!view.settings.ok) return decideWithoutSettings(view, signal, former, view.settings.reason);
  const settings = view.settings.value;
  const stateBefore = former ? stateOf(former, planIn(view), isApproved(former, view, settings)) : 'none';
  const effect = respond(former, { view, signal, settings, stateBefore });
  const acknowledgements = acknowledge(signal, effect);
  if (!effect.record) return { acknowledgements, record: null, actions: answer(view, signal, effect) };

  const context: DecisionContext = { view, signal, settings, stateBefore, effect };
  const start = { record: effect.record, actions: effect.actions ?? [], approved: {}, execution: null };
  const { record, actions } = PHASES.reduce((state, phase) => phase(state, context), start as ReturnType<Phase>);
  return { acknowledgements, record, actions };
}
