import { addSpend } from '../../domain/model/budget.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import type { Signal } from '../../domain/task/signal.ts';
import { type ComponentRecord, isFollowUp, type Job, type Stack, type TaskRecord } from '../../domain/task/task.ts';
import type { ComponentResult } from '../../domain/task/work.ts';
import { parseWorkId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/component-news.ts';
import { remainingChangeRequest } from '../model/change-request.ts';
import { NEW_COMPONENT } from '../model/new-component.ts';
import type { ComponentView, TaskView } from '../model/view.ts';
import { noteClosedPlan } from '../planning/plan-closed.ts';

/** What became known since the record was written, folded into it. Pure; starting and stopping is decided afterwards. */
export function settle(record: TaskRecord, view: TaskView, signal: Signal): TaskRecord {
  const components = Object.fromEntries(
    Object.entries({ ...record.components, ...found(view, record) }).map(([id, c]) => [
      id,
      withHead(settleComponent(c, view.components[id], record.cancelled), view.components[id]?.pull ?? null, view.at),
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
        // Past every number an attempt had before the record was lost: an id that was used would be found ended.
        attempt: Math.floor(Date.parse(view.at) / 1_000),
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
  const spend = signal.kind === 'finished' && parseWorkId(signal.workflow)?.kind === 'ask' ? signal.result.spend : [];
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

function settleComponent(former: ComponentRecord, seen: ComponentView | undefined, cancelled: boolean): ComponentRecord {
  if (!seen) return former;
  const { pull, work, landing } = seen;
  const c = billed(former, work);
  if (c.state === 'merged') return c;
  if (pull?.merged) {
    const merged = { ...c, pull: pull.number, asked: null };
    if (landing === 'landed') return { ...merged, state: 'merged', reason: null };
    const where = pull.baseRef;
    return landing === 'with-parent'
      ? { ...merged, state: 'open', built: c.spec, reason: say.landsWithParent(where) }
      : { ...merged, state: 'failed', reason: say.mergedAstray(where) };
  }
  if (c.state === 'running') {
    // By a person, under our hands: what is being made for it is not wanted any more.
    if (pull?.state === 'closed' && pull.number === c.pull) return droppedWith(c, pull);
    if (work.kind === 'cancelled' && cancelled)
      return { ...c, state: 'waiting', asked: remainingChangeRequest(c), fixed: notBegun(c) };
    if (work.kind === 'crashed') return { ...c, state: 'failed', reason: work.message };
    if (work.kind !== 'finished') return c;
    return settleResult(c, pull, work.result);
  }
  // A branch that carries another spec is to be worked on again, not to be reviewed.
  const current = c.built === c.spec && (c.state === 'waiting' || c.state === 'held');
  if (pull?.state === 'open' && (current || c.state === 'dropped'))
    return { ...c, state: 'open', pull: pull.number, reason: null, held_by: null };
  if (pull?.state === 'closed' && c.state === 'open') return droppedWith(c, pull);
  return c;
}

const droppedWith = (c: ComponentRecord, pull: PullRequest): ComponentRecord => ({
  ...c,
  state: 'dropped',
  pull: pull.number,
  asked: null,
  reason: 'Its pull request was closed without being merged.',
});

/**
 * What an attempt has cost, once: its end is seen in the engine, and told by a signal, and people may have merged its pull request before
 * either.
 */
const billed = (c: ComponentRecord, work: ComponentView['work']): ComponentRecord =>
  work.kind === 'finished' && c.billed !== c.attempt
    ? { ...c, spend: addSpend(c.spend, work.result.spend), billed: c.attempt }
    : c;

/** A head that nobody got to work on after all may be worked on later. */
const notBegun = ({ job, fixed }: ComponentRecord): string[] =>
  job.kind === 'fix' ? fixed.filter((head) => head !== job.head) : fixed;

/** From when on the checks of an open pull request's head are waited for. */
function withHead(c: ComponentRecord, pull: PullRequest | null, at: string): ComponentRecord {
  if (pull?.state !== 'open' || c.head?.sha === pull.headSha) return c;
  // GitHub shows a pull request's former head for a moment after a push: what was worked on before does not come back.
  if (c.head !== null && c.fixed.includes(pull.headSha)) return c;
  return { ...c, head: { sha: pull.headSha, seen: at } };
}

function settleResult(c: ComponentRecord, pull: PullRequest | null, result: ComponentResult): ComponentRecord {
  switch (result.kind) {
    case 'opened': {
      // Counted for each pull request anew.
      const counted = c.pull === result.pull ? c : { ...c, fixed: [], tried: [], ready: null, given_up: null };
      const heard = [...c.heard, ...result.addressed].slice(-MAX_HEARD);
      const opened = { ...counted, pull: result.pull, built: c.spec, stack: result.stack, heard };
      const tried = triedBy(opened, outcomeOf(c.job, result));
      return { ...opened, tried, state: pull?.state === 'closed' ? 'dropped' : 'open' };
    }
    case 'blocked':
      // The request is begun with again when the plan allows what it needs.
      return {
        ...c,
        state: 'blocked',
        asked: remainingChangeRequest(c),
        blocker: result.blocker,
        reason: result.blocker.evidence,
      };
    case 'failed':
      // What was to be changed further stays as it was, open and whole.
      return isFollowUp(c.job)
        ? {
            ...c,
            state: 'open',
            asked: c.asked === null ? null : remainingChangeRequest(c),
            reason: say.followUpStopped(c.job, result.reason),
            tried: triedBy(c, result.reason),
          }
        : { ...c, state: 'failed', reason: result.reason };
    case 'withdrawn':
      if (isFollowUp(c.job)) return { ...c, state: 'open', asked: remainingChangeRequest(c), reason: null, fixed: notBegun(c) };
      // Its workflow has ended: only another attempt can do the work.
      return { ...c, state: 'waiting', spec: '', reason: null };
  }
}

/** More reviews with a text of their own than any pull request should see. */
const MAX_HEARD = 100;

/** Characters. */
const MAX_TRIED = 600;

const triedBy = ({ job, tried }: ComponentRecord, outcome: string): string[] =>
  job.kind === 'fix' ? [...tried, outcome.slice(0, MAX_TRIED).toWellFormed()] : tried;

function outcomeOf(job: Job, { head, summary }: Extract<ComponentResult, { kind: 'opened' }>): string {
  const said = summary ?? 'What was done is in its commit.';
  return job.kind === 'fix' && job.head === head ? `Nothing was changed. ${said}` : said;
}
