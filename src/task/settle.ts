import { addSpend } from '../domain/budget.ts';
import type { Signal } from '../domain/signal.ts';
import { foundationHash, specHash } from '../domain/spec-hash.ts';
import { type ComponentRecord, isFollowUp, type Spend, type Stack, type TaskRecord } from '../domain/task.ts';
import type { ComponentResult } from '../domain/work.ts';
import type { PullRequest } from '../ports/forge.ts';
import * as say from '../replies/work.ts';
import { noteClosedPlan } from './closed-plan.ts';
import { NEW_COMPONENT } from './new-component.ts';
import type { ComponentView, TaskView } from './view.ts';

/** What became known since the record was written, folded into it. Pure; starting and stopping is decided afterwards. */
export function settle(record: TaskRecord, view: TaskView, signal: Signal): TaskRecord {
  const components = Object.fromEntries(
    Object.entries({ ...record.components, ...found(view, record) }).map(([id, c]) => [
      id,
      settleComponent(c, view.components[id], record.cancelled),
    ]),
  );
  const settled = {
    ...record,
    planning: settlePlanning(record, view),
    plan_pull: view.plan?.branch.generation === record.planning.generation ? view.plan.pull.number : record.plan_pull,
    components,
  };
  return noteClosedPlan(settleReview(settleAnswer(settled, signal), view), view);
}

/** Pull requests of planned components that the record does not know: it was lost, and they are what is left of it. */
function found(view: TaskView, { components }: TaskRecord): Record<string, ComponentRecord> {
  const plan = view.plan?.file?.ok ? view.plan.file.value : null;
  const pulls = Object.entries(view.components).filter(
    ([id, c]) => !(id in components) && c.pull !== null && plan?.components.some((p) => p.id === id),
  );
  return Object.fromEntries(
    pulls.map(([id, c]) => [
      id,
      {
        ...NEW_COMPONENT,
        attempt: 1,
        spec: plan ? specHash(plan, id) : '',
        built: plan ? specHash(plan, id) : '',
        foundation: plan ? foundationHash(plan, id) : '',
        blob: view.plan?.blob ?? '',
        stack: c.pull && stackOf(c.pull, view),
      },
    ]),
  );
}

/** From the branch it is to be merged into; which commit of that it was built on is not known any more. */
function stackOf({ baseRef }: PullRequest, { components }: TaskView): Stack | null {
  const below = Object.entries(components).find(([, c]) => c.pull?.headRef === baseRef);
  return below?.[1].pull ? { on: below[0], pull: below[1].pull.number, sha: '' } : null;
}

/** An answered question changes nothing but the bill. */
function settleAnswer(record: TaskRecord, signal: Signal): TaskRecord {
  const spend =
    signal.kind === 'finished' && signal.workflow.startsWith('ask:') && 'spend' in signal.result ? signal.result.spend : [];
  return { ...record, planning: { ...record.planning, spend: addSpend(record.planning.spend, spend) } };
}

/** However the review of the whole ended, it ends here: a review that fails must not keep a finished task open. */
function settleReview(record: TaskRecord, { reviewWork }: TaskView): TaskRecord {
  if (record.review !== 'running' || (reviewWork.kind !== 'finished' && reviewWork.kind !== 'crashed')) return record;
  const spend = reviewWork.kind === 'finished' ? reviewWork.result.spend : [];
  return {
    ...record,
    review: 'done',
    planning: { ...record.planning, spend: addSpend(record.planning.spend, spend) },
  };
}

function settlePlanning(record: TaskRecord, { planWork }: TaskView): TaskRecord['planning'] {
  const { planning } = record;
  if (planning.phase !== 'running') return planning;
  if (planWork.kind === 'crashed') return { ...planning, phase: 'failed', reason: planWork.message };
  if (planWork.kind !== 'finished') return planning;
  const { result } = planWork;
  const spend = addSpend(planning.spend, result.spend);
  switch (result.kind) {
    case 'planned':
      return { ...planning, phase: 'ready', posted_at: result.gatheredAt, reason: null, questions: [], spend };
    case 'questions':
      return { ...planning, phase: 'questions', reason: null, questions: [...result.questions], spend };
    case 'failed':
      return { ...planning, phase: 'failed', reason: result.reason, spend };
  }
}

function settleComponent(c: ComponentRecord, seen: ComponentView | undefined, cancelled: boolean): ComponentRecord {
  if (!seen || c.state === 'merged') return c;
  const { pull, work, landing } = seen;
  if (pull?.merged) {
    // Counted once: while it ran. The word that a workflow has ended may come after its end was seen.
    const spend = c.state === 'running' ? addSpend(c.spend, spendOf(seen)) : c.spend;
    const merged = { ...c, pull: pull.number, spend };
    if (landing === 'landed') return { ...merged, state: 'merged', reason: null };
    const where = pull.baseRef;
    return landing === 'with-parent'
      ? { ...merged, state: 'open', built: c.spec, reason: say.landsWithParent(where) }
      : { ...merged, state: 'failed', reason: say.mergedAstray(where) };
  }
  if (c.state === 'running') {
    if (work.kind === 'cancelled' && cancelled) return { ...c, state: 'waiting' };
    if (work.kind === 'crashed') return { ...c, state: 'failed', reason: work.message };
    if (work.kind !== 'finished') return c;
    return settleResult(c, pull, work.result);
  }
  // A branch that carries another spec is to be worked on again, not to be reviewed.
  const current = c.built === c.spec && (c.state === 'waiting' || c.state === 'held');
  if (pull?.state === 'open' && (current || c.state === 'dropped'))
    return { ...c, state: 'open', pull: pull.number, reason: null };
  if (pull?.state === 'closed' && c.state === 'open') {
    return { ...c, state: 'dropped', pull: pull.number, reason: 'Its pull request was closed without being merged.' };
  }
  return c;
}

function settleResult(c: ComponentRecord, pull: PullRequest | null, result: ComponentResult): ComponentRecord {
  const spend = addSpend(c.spend, result.spend);
  switch (result.kind) {
    case 'opened': {
      const opened = { ...c, pull: result.pull, built: c.spec, stack: result.stack, spend };
      return { ...opened, state: pull?.state === 'closed' ? 'dropped' : 'open' };
    }
    case 'blocked':
      return { ...c, state: 'blocked', blocker: result.blocker, reason: result.blocker.evidence, spend };
    case 'failed':
      // What was to be changed further stays as it was, open and whole.
      return isFollowUp(c.job)
        ? { ...c, state: 'open', reason: say.followUpStopped(c.job, result.reason), spend }
        : { ...c, state: 'failed', reason: result.reason, spend };
    case 'withdrawn':
      if (isFollowUp(c.job)) return { ...c, state: 'open', reason: null, spend };
      // Its workflow has ended: only another attempt can do the work.
      return { ...c, state: 'waiting', spec: '', reason: null, spend };
  }
}

const spendOf = ({ work }: ComponentView): readonly Spend[] =>
  work.kind === 'finished' && work.result.kind === 'opened' ? work.result.spend : [];
