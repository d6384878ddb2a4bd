import type { TaskRecord } from '../../domain/task/task.ts';
import { isVerdictOnScopeOf, madeFromApprovedPlan, madeFromFormerPlan } from '../../replies/checks/own-checks.ts';
import type { Action } from '../model/action.ts';
import { mergedSpecs } from '../model/merged-specs.ts';
import type { ComponentView, TaskView } from '../model/view.ts';

/**
 * Both checks on every open pull request of a task, whatever state it is in and whoever pushed last: they may be required, and a head
 * nobody has looked at must neither stay without a word nor be green. `approved` holds the spec hashes people stand by.
 */
export function requiredChecks(record: TaskRecord, view: TaskView, approved: TaskRecord['approved']): Action[] {
  return [
    ...planChecks(record, view),
    ...Object.keys(record.components).flatMap((id) => componentChecks(id, record, view, approved)),
  ];
}

function planChecks(record: TaskRecord, { plan }: TaskView): Action[] {
  // A revision on its way to the branch is checked by whoever made it.
  if (!plan || record.planning.phase === 'running') return [];
  const { pull, path, check, scope } = plan;
  const missing = pull.state === 'open' ? !check || !scope : pull.merged && plan.file !== null && !check;
  if (!missing) return [];
  return [{ kind: 'check_plan', head: pull.headSha, base: pull.baseRef, path, merged: mergedSpecs(record) }];
}

function componentChecks(id: string, record: TaskRecord, view: TaskView, approved: TaskRecord['approved']): Action[] {
  const c = record.components[id];
  const { pull, checks } = view.components[id] ?? {};
  if (!c || !pull || !checks || c.state === 'running') return [];
  const actions: Action[] = [];
  const report = c.built !== '' && approved[id] === c.built ? madeFromApprovedPlan(c.blob) : madeFromFormerPlan(c.blob);
  if (checks.plan?.title !== report.title) actions.push({ kind: 'report_check', head: pull.headSha, report });
  if (!isVerdictOnScopeOf(id, checks.scope?.title ?? null)) {
    const components = [id, ...mergedInto(pull.headRef, view.components)];
    actions.push({ kind: 'check_scope', head: pull.headSha, base: pull.baseRef, blob: c.blob, components });
  }
  return actions;
}

/** Whose changes a branch carries besides its own: of what was merged into it, and into that. */
export function mergedInto(branch: string, components: Readonly<Record<string, ComponentView>>): string[] {
  return Object.entries(components).flatMap(([id, { pull }]) =>
    pull?.merged && pull.baseRef === branch ? [id, ...mergedInto(pull.headRef, components)] : [],
  );
}
