import type { Plan } from '../../domain/plan/plan.ts';
import { specHash } from '../../domain/plan/spec-hash.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';

/**
 * Everything the plan asks for is merged as it asks for it, except what people dropped. A revision that is not approved yet is
 * not done: what it adds or changes is missing from the record, or is there with another spec.
 */
export function isDone({ components, planning }: TaskRecord, plan: Plan | null): boolean {
  const all = Object.values(components);
  if (planning.phase !== 'ready' || !all.some((c) => c.state === 'merged')) return false;
  if (!plan) return all.every((c) => c.state === 'merged' || c.state === 'dropped');
  return plan.components.every(({ id }) => {
    const c = components[id];
    return (c?.state === 'dropped' && !c.removedByPlan) || (c?.state === 'merged' && c.goal?.spec === specHash(plan, id));
  });
}
