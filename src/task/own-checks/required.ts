import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { madeFromApprovedPlan, madeFromFormerPlan, scopeCheckId } from '../../replies/checks/own-checks.ts';
import type { Action } from '../model/action.ts';
import { type Deciding, type Phase, withActions } from '../model/deciding.ts';
import { mergedSpecs } from '../model/merged-specs.ts';
import type { ComponentView, TaskView } from '../model/view.ts';

/**
 * Requires both checks on every open pull request of a task, whatever its state and the person who pushed last: branch protection
 * may require them, and a head that was never checked must neither stay without a check nor be green.
 */
export const requireChecks: Phase = (state, { view, signal }): Deciding => {
  const rerun = signal.kind === 'hint' ? (signal.rerun ?? null) : null;
  return withActions(state, [
    ...planChecks(state.record, view, rerun),
    ...Object.keys(state.record.components).flatMap((id) => componentChecks(id, state, view, rerun)),
  ]);
};

function planChecks(record: TaskRecord, { plan }: TaskView, rerun: string | null): Action[] {
  // A revision that is about to be pushed is checked by the work that makes it.
  if (!plan || record.planning.phase === 'running') return [];
  const { pull, path, check, scope } = plan;
  const missing = pull.state === 'open' ? !check || !scope : pull.merged && plan.file !== null && !check;
  // An earlier build could read what this one refuses: a green check would leave people without a reason.
  const again = rerun === pull.headSha || (check?.conclusion === 'success' && plan.file?.ok === false);
  if (!missing && !again) return [];
  const { branches } = record;
  return [
    {
      kind: 'check_plan',
      head: pull.headSha,
      base: pull.baseRef,
      branches,
      path,
      merged: mergedSpecs(record),
      ...renewed(again),
    },
  ];
}

const renewed = (again: boolean): { readonly again?: true } => (again ? { again } : {});

function componentChecks(id: string, { record, approved }: Deciding, view: TaskView, rerun: string | null): Action[] {
  const c = record.components[id];
  const { pull, checks } = view.components[id] ?? {};
  if (!c || !pull || !checks || c.state === 'running') return [];
  const actions: Action[] = [];
  const again = rerun === pull.headSha;
  const blob = blobOf(c);
  const isApproved = c.built !== null && approved[id] === c.built.spec;
  const report = isApproved ? madeFromApprovedPlan(blob) : madeFromFormerPlan(blob);
  if (again || checks.plan?.externalId !== report.externalId)
    actions.push({ kind: 'report_check', head: pull.headSha, report, ...renewed(again) });
  const spec = c.built?.spec ?? c.goal?.spec ?? 'unknown';
  if (again || checks.scope?.externalId !== scopeCheckId(id, spec)) {
    const components = [id, ...mergedInto(pull.headRef, view.components)];
    actions.push({
      kind: 'check_scope',
      head: pull.headSha,
      base: pull.baseRef,
      branches: view.branches,
      blob,
      spec,
      components,
      ...renewed(again),
    });
  }
  return actions;
}

/** The blob of the plan its pull request was made from. */
const blobOf = ({ built, goal }: ComponentRecord): string => built?.blob ?? goal?.blob ?? '';

/** The components whose changes a branch carries besides its own: those that were merged into it, directly or not. */
export function mergedInto(branch: string, components: Readonly<Record<string, ComponentView>>): string[] {
  return Object.entries(components).flatMap(([id, { pull }]) =>
    pull?.merged && pull.baseRef === branch ? [id, ...mergedInto(pull.headRef, components)] : [],
  );
}
