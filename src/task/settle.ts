import type { Signal } from '../domain/signal.ts';
import { specHash } from '../domain/spec-hash.ts';
import type { ComponentRecord, TaskRecord } from '../domain/task.ts';
import { type ComponentResult, componentWorkflowId, type PlanResult } from '../domain/work.ts';
import { NEW_COMPONENT } from './new-component.ts';
import { planWorkflowOf } from './start-planning.ts';
import type { ComponentView, TaskView } from './view.ts';

/** What became known since the record was written, folded into it. Pure; starting and stopping is decided afterwards. */
export function settle(record: TaskRecord, seen: TaskView, signal: Signal): TaskRecord {
  const view = signal.kind === 'finished' ? withResult(record, seen, signal) : seen;
  const components = Object.fromEntries(
    Object.entries({ ...found(view), ...record.components }).map(([id, c]) => [
      id,
      settleComponent(c, view.components[id], record.cancelled),
    ]),
  );
  return { ...record, planning: settlePlanning(record, view), plan_pull: view.plan?.pull.number ?? record.plan_pull, components };
}

/** Pull requests of planned components that the record does not know: it was lost, and they are what is left of it. */
function found(view: TaskView): Record<string, ComponentRecord> {
  const plan = view.plan?.file?.ok ? view.plan.file.value : null;
  const pulls = Object.entries(view.components).filter(([id, c]) => c.pull !== null && plan?.components.some((p) => p.id === id));
  return Object.fromEntries(
    pulls.map(([id]) => [
      id,
      { ...NEW_COMPONENT, attempt: 1, spec: plan ? specHash(plan, id) : '', blob: view.plan?.blob ?? '' },
    ]),
  );
}

/** A workflow that says it is about to end has ended as far as the task is concerned. */
function withResult(record: TaskRecord, view: TaskView, { workflow, result }: Extract<Signal, { kind: 'finished' }>): TaskView {
  if (workflow === planWorkflowOf(view.task, record))
    return { ...view, planWork: { kind: 'finished', result: result as PlanResult } };
  const components = Object.entries(view.components).map(([id, c]): [string, ComponentView] => [
    id,
    workflow === componentWorkflowId(view.task, id, record.components[id]?.attempt ?? 0)
      ? { ...c, work: { kind: 'finished', result: result as ComponentResult } }
      : c,
  ]);
  return { ...view, components: Object.fromEntries(components) };
}

function settlePlanning(record: TaskRecord, { planWork }: TaskView): TaskRecord['planning'] {
  const { planning } = record;
  if (planning.phase !== 'running') return planning;
  if (planWork.kind === 'crashed') return { ...planning, phase: 'failed', reason: planWork.message };
  if (planWork.kind !== 'finished') return planning;
  const { result } = planWork;
  const spend = result.spend ? [...planning.spend, result.spend] : planning.spend;
  switch (result.kind) {
    case 'planned':
      return { ...planning, phase: 'ready', reason: null, questions: [], spend };
    case 'questions':
      return { ...planning, phase: 'questions', reason: null, questions: [...result.questions], spend };
    case 'failed':
      return { ...planning, phase: 'failed', reason: result.reason, spend };
  }
}

function settleComponent(c: ComponentRecord, seen: ComponentView | undefined, cancelled: boolean): ComponentRecord {
  if (!seen || c.state === 'merged') return c;
  const { pull, work } = seen;
  if (pull?.merged) return { ...c, state: 'merged', pull: pull.number, reason: null, spend: spendOf(seen) ?? c.spend };
  if (c.state === 'running') {
    if (work.kind === 'cancelled' && cancelled) return { ...c, state: 'waiting' };
    if (work.kind === 'crashed') return { ...c, state: 'failed', reason: work.message };
    if (work.kind !== 'finished') return c;
    const { result } = work;
    switch (result.kind) {
      case 'opened':
        return { ...c, state: pull?.state === 'closed' ? 'dropped' : 'open', pull: result.pull, spend: result.spend ?? c.spend };
      case 'blocked':
        return { ...c, state: 'blocked', blocker: result.blocker, reason: result.blocker.evidence, spend: result.spend };
      case 'failed':
        return { ...c, state: 'failed', reason: result.reason, spend: result.spend ?? c.spend };
      case 'withdrawn':
        return { ...c, state: 'waiting', reason: null };
    }
  }
  if (pull?.state === 'open' && (c.state === 'waiting' || c.state === 'held' || c.state === 'dropped')) {
    return { ...c, state: 'open', pull: pull.number, reason: null };
  }
  if (pull?.state === 'closed' && c.state === 'open') {
    return { ...c, state: 'dropped', pull: pull.number, reason: 'Its pull request was closed without being merged.' };
  }
  return c;
}

const spendOf = ({ work }: ComponentView): ComponentRecord['spend'] =>
  work.kind === 'finished' && work.result.kind === 'opened' ? work.result.spend : null;
