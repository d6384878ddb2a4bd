import type { Plan } from '../../domain/plan/plan.ts';
import { specHash } from '../../domain/plan/spec-hash.ts';
import type { TaskRecord } from '../../domain/task/task.ts';

/**
 * Everything the plan asks for is merged as it asks for it, but for what people dropped. A revision that nobody has approved yet is
 * not done: what it adds or changes is missing from the record, or stands there with another spec.
 */
export function isDone({ components, planning }: TaskRecord, plan: Plan | null): boolean {
  const all = Object.values(components);
  if (planning.phase !== 'ready' || !all.some((c) => c.state === 'merged')) return false;
  if (!plan) return all.every((c) => c.state === 'merged' || c.state === 'dropped');
  return plan.components.every(({ id }) => {
    const c = components[id];
    return (c?.state === 'dropped' && !c.left_out) || (c?.state === 'merged' && c.spec === specHash(plan, id));
  });
}
