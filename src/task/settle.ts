import type { ComponentRecord, TaskRecord } from '../domain/task.ts';
import type { ComponentView, TaskView } from './view.ts';

/** What became known since the record was written, folded into it. Pure; starting and stopping is decided afterwards. */
export function settle(record: TaskRecord, view: TaskView): TaskRecord {
  const components = Object.fromEntries(
    Object.entries(record.components).map(([id, c]) => [id, settleComponent(c, view.components[id], record.cancelled)]),
  );
  return { ...record, planning: settlePlanning(record, view), plan_pull: view.plan?.pull.number ?? record.plan_pull, components };
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
