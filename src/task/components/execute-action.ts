import { renderBranchName } from '../../domain/task/branch-name.ts';
import type { ComponentRecord } from '../../domain/task/component-record.ts';
import { containedIn } from '../../domain/task/stack-base.ts';
import { isFollowUp } from '../../domain/task/task.ts';
import { componentWorkflowId } from '../../domain/task/work-id.ts';
import type { Action } from '../model/action.ts';
import type { PlanContext } from '../model/plan-context.ts';
import type { TaskView } from '../model/view.ts';
import { mergedInto } from '../own-checks/required.ts';

/** The action that starts the attempt described by the component's record, or finds it where it runs already. */
export function executeAction(id: string, component: ComponentRecord, { view, shownPlan, plan, blob }: PlanContext): Action {
  const { task } = view;
  const { job, stack, attempt, goal } = component;
  const base = job.kind === 'build' ? job.base : isFollowUp(job) ? stack : null;
  const { branches } = view;
  const branch = renderBranchName({ prefix: branches.prefix, issue: task.issue, part: id, generation: component.generation });
  const dependencies = plan.components.find((planned) => planned.id === id)?.depends_on ?? [];
  const merges = dependencies.flatMap((dependency) => {
    const { pull, landedAt } = view.components[dependency] ?? {};
    return pull?.mergeCommit ?? landedAt ?? [];
  });
  return {
    kind: 'execute',
    workflow: componentWorkflowId(task, id, attempt),
    work: {
      kind: 'component',
      task,
      component: id,
      attempt,
      branches,
      requester: view.record?.trigger.by ?? null,
      branch,
      job,
      addressed: component.review.addressed,
      parent: base && { ...base, branch: branchOf(base.component, view), below: branchesBelow(base.component, view) },
      needs: job.kind === 'build' && base !== null ? merges : [],
      contains: mergedInto(branch, view.components),
      stack,
      planPull: shownPlan.pull.number,
      planPath: shownPlan.path,
      planCommit: shownPlan.pull.headSha,
      blob: goal?.blob ?? blob,
      spec: goal?.spec ?? '',
    },
  };
}

const branchOf = (id: string, { task, components, record, branches: { prefix } }: TaskView): string =>
  components[id]?.pull?.headRef ??
  renderBranchName({ prefix, issue: task.issue, part: id, generation: record?.components[id]?.generation ?? 1 });

const branchesBelow = (id: string, view: TaskView): string[] =>
  [...containedIn(id, view.record?.components ?? {})].reverse().map((lower) => branchOf(lower, view));
