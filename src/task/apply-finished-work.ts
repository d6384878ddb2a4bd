import type { Signal } from '../domain/task/signal.ts';
import type { ComponentResult, PlanResult, ReviewResult } from '../domain/task/work.ts';
import { componentWorkflowId, reviewWorkflowId } from '../domain/task/work-id.ts';
import type { ComponentView, TaskView } from './model/view.ts';
import { planWorkflowOf } from './planning/start.ts';

/** A workflow that announced its end counts as ended, even if the engine still shows it as running for a moment. */
export function applyFinishedWork(view: TaskView, signal: Signal): TaskView {
  const { record } = view;
  if (signal.kind !== 'finished' || !record) return view;
  const { workflow, result } = signal;
  if (workflow === planWorkflowOf(view.task, record))
    return { ...view, planWork: { kind: 'finished', result: result as PlanResult } };
  if (workflow === reviewWorkflowId(view.task, record.planning.revision, record.planning.generation)) {
    return { ...view, reviewWork: { kind: 'finished', result: result as ReviewResult } };
  }
  const components = Object.entries(view.components).map(([id, c]): [string, ComponentView] => [
    id,
    workflow === componentWorkflowId(view.task, id, record.components[id]?.attempt ?? 0)
      ? { ...c, work: { kind: 'finished', result: result as ComponentResult } }
      : c,
  ]);
  return { ...view, components: Object.fromEntries(components) };
}
