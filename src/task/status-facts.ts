import { taskPath } from '../domain/dashboard-path.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';
import type { TaskEntry } from '../ports/history.ts';
import type { Checked } from '../replies/pages/pending-checks.ts';
import { allSpend, headline, nextStep, type StatusFacts } from '../replies/pages/status-comment.ts';
import { totalSpend } from '../replies/phrases/figures.ts';
import { limitsOf } from '../settings/limits.ts';
import { ciVerdict } from './ci/ci-verdict.ts';
import { stateOf } from './model/state.ts';
import type { TaskView } from './model/view.ts';
import { approvalOf, isChecked } from './planning/approval.ts';

/**
 * What the status comment shows, from a view and the record that was decided on.
 * @param dashboard the dashboard's address; null where people cannot reach one.
 */
export function statusFacts(view: TaskView, record: TaskRecord, dashboard: string | null = null): StatusFacts {
  const { plan } = view;
  const rules = view.settings.ok ? view.settings.value.approval : null;
  const approval = plan && rules ? approvalOf(plan, record, view.issue.author, rules) : null;
  const begun = !view.settings.ok && Object.keys(record.components).length > 0;
  return {
    issue: view.issue.number,
    state: stateOf(
      record,
      plan?.file?.ok ? plan.file.value : null,
      plan === null ? begun : isChecked(plan) && approval?.given === true,
    ),
    record,
    plan: plan?.file?.ok ? plan.file.value : null,
    planPull: plan
      ? {
          number: plan.pull.number,
          state: plan.pull.state,
          merged: plan.pull.merged,
          mergedInto: plan.mergedElsewhere ? plan.pull.baseRef : null,
        }
      : // Where the settings cannot be read, it is not known where the plan is, but it still exists.
        !view.settings.ok && record.planPull !== null
        ? { number: record.planPull, state: 'open', merged: false, mergedInto: null }
        : null,
    planCheck: plan?.check?.conclusion ?? null,
    approval: {
      by: approval?.by ?? [],
      required: rules?.required ?? 1,
      objections: approval?.objections ?? [],
      ways: rules?.by ?? [],
      excluded: rules?.allow_issue_author === false ? view.issue.author.login : null,
    },
    checked: checkedOf(view, record),
    limits: view.settings.ok ? limitsOf(view.settings.value) : null,
    settingsFindings: view.settings.ok ? [] : view.settings.reason,
    dashboard: dashboard && dashboard + taskPath({ ...view.task.repository, issue: view.task.issue }),
  };
}

/** The same for the operator's pages. */
export function taskEntry(view: TaskView, facts: StatusFacts): TaskEntry {
  const { record, plan, limits } = facts;
  const { trigger } = record;
  return {
    task: view.task,
    title: view.issue.title,
    state: facts.state,
    headline: headline(facts),
    next: nextStep(facts),
    startedBy: trigger.by,
    startedAt: trigger.at,
    usd: totalSpend(allSpend(facts)).usd,
    details: { record, plan, limits },
  };
}

/** Of each component with an open pull request, in the record's order. */
const checkedOf = (view: TaskView, { components }: TaskRecord): Checked[] =>
  Object.entries(components).flatMap(([id, component]) => {
    const pull = view.components[id]?.pull;
    if (pull?.state !== 'open' || component.pull !== pull.number) return [];
    const attempts = view.settings.ok ? view.settings.value.execution.ci_fix_attempts : 0;
    return [{ component, number: pull.number, draft: pull.draft, verdict: ciVerdict(id, component, view), attempts }];
  });
