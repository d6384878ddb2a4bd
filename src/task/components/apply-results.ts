import { addSpend } from '../../domain/model/budget.ts';
import { foundationHash, specHash } from '../../domain/plan/spec-hash.ts';
import {
  type ComponentRecord,
  isBuilt,
  NO_CI,
  NOTHING_GENERATED,
  newComponent,
  withApplied,
  withStatus,
} from '../../domain/task/component-record.ts';
import { issueDigest } from '../../domain/task/issue-digest.ts';
import type { Signal } from '../../domain/task/signal.ts';
import { isFollowUp, type Job, type Stack } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { ComponentResult } from '../../domain/task/work.ts';
import { parseWorkId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/component-news.ts';
import { lagOfHead } from '../ci/ci-verdict.ts';
import { remainingChangeRequest } from '../model/change-request.ts';
import { planIn } from '../model/deciding.ts';
import { isDone } from '../model/done.ts';
import type { ComponentView, TaskView } from '../model/view.ts';
import { noteClosedPlan } from '../planning/plan-closed.ts';

/** Applies to the record what became known since it was written. Pure; starting and stopping is decided afterwards. */
export function applyResults(record: TaskRecord, view: TaskView, signal: Signal): TaskRecord {
  const components = Object.fromEntries(
    Object.entries({ ...record.components, ...foundOnGitHub(view, record) }).map(([id, component]) => {
      const applied = applyToComponent(component, view.components[id], record.cancelled);
      const known = withPublishedHead(applied, component, view.components[id], view.at);
      return [id, withHead(known, view.components[id]?.pull ?? null, view.at)];
    }),
  );
  const applied = {
    ...record,
    trigger: withDigest(record.trigger, view),
    planning: applyToPlanning(record, view),
    planPull: planPullOf(record, view),
    components,
  };
  return endCancellation(noteClosedPlan(applyReviewOfWhole(applyAnswer(applied, signal), view), view), view);
}

/**
 * When people have merged the rest of a cancelled task, perhaps by the very merge that closed its issue, nothing can start any more, and it
 * is finished like any other. A final review that people have stopped stays stopped.
 */
const endCancellation = (record: TaskRecord, view: TaskView): TaskRecord =>
  record.cancelled && record.review !== 'running' && isDone(record, planIn(view)) ? { ...record, cancelled: false } : record;

/** GitHub may not show yet what the work that has just ended says of it. */
function planPullOf({ planning, planPull }: TaskRecord, { plan, planWork }: TaskView): number | null {
  if (plan?.branch.generation === planning.generation) return plan.pull.number;
  const isPosted = planning.phase === 'running' && planWork.kind === 'finished' && planWork.result.kind === 'planned';
  return isPosted ? planWork.result.pull : planPull;
}

/** A record that was lost took the issue's digest with it. The present text is the only one left to plan from. */
const withDigest = (trigger: TaskRecord['trigger'], { issue }: TaskView): TaskRecord['trigger'] =>
  trigger.digest === null ? { ...trigger, digest: issueDigest(issue) } : trigger;

/** Pull requests of planned components that the record does not know: the record was lost, and it is rebuilt from them. */
function foundOnGitHub(view: TaskView, { components }: TaskRecord): Record<string, ComponentRecord> {
  const plan = view.plan?.file?.ok ? view.plan.file.value : null;
  const blob = view.plan?.blob ?? null;
  if (plan === null || blob === null) return {};
  const pulls = Object.entries(view.components).filter(
    ([id, { pull }]) => !(id in components) && pull !== null && plan.components.some((p) => p.id === id),
  );
  return Object.fromEntries(
    pulls.map(([id, { pull }]) => [
      id,
      {
        ...newComponent(),
        // Higher than every attempt's number before the record was lost: a workflow id that was used already would be found to have
        // ended.
        attempt: Math.floor(Date.parse(view.at) / 1_000),
        goal: { spec: specHash(plan, id), blob, foundation: foundationHash(plan, id) || null },
        built: { spec: specHash(plan, id), blob },
        stack: pull && stackOf(pull, view),
        pull: pull?.number ?? null,
      },
    ]),
  );
}

/** The stack base, from the branch it is to be merged into; which commit of that branch it was built on is no longer known. */
function stackOf({ baseRef }: PullRequest, { components }: TaskView): Stack | null {
  const parent = Object.entries(components).find(([, { pull }]) => pull?.headRef === baseRef);
  return parent?.[1].pull ? { component: parent[0], pull: parent[1].pull.number, sha: null } : null;
}

/** An answered question changes nothing but the cost. */
function applyAnswer(record: TaskRecord, signal: Signal): TaskRecord {
  const spend = signal.kind === 'finished' && parseWorkId(signal.workflow)?.kind === 'ask' ? signal.result.spend : [];
  return { ...record, planning: { ...record.planning, spend: addSpend(record.planning.spend, spend) } };
}

/** Ends the final review, whatever its result: a review that fails must not keep a finished task open. */
function applyReviewOfWhole(record: TaskRecord, { reviewWork }: TaskView): TaskRecord {
  if (record.review !== 'running' || (reviewWork.kind !== 'finished' && reviewWork.kind !== 'crashed')) return record;
  const spend = reviewWork.kind === 'finished' ? reviewWork.result.spend : [];
  return {
    ...record,
    review: 'done',
    planning: { ...record.planning, spend: addSpend(record.planning.spend, spend) },
  };
}

function applyToPlanning({ planning }: TaskRecord, { planWork }: TaskView): TaskRecord['planning'] {
  if (planning.phase !== 'running') return planning;
  if (planWork.kind === 'crashed') return { ...planning, phase: 'failed', reason: planWork.message };
  if (planWork.kind !== 'finished') return planning;
  const { result } = planWork;
  const spend = addSpend(planning.spend, result.spend);
  switch (result.kind) {
    case 'planned': {
      const posted = { at: result.gatheredAt, blob: result.blob };
      return { ...planning, phase: 'ready', posted, reason: null, questions: [], spend };
    }
    case 'questions':
      return { ...planning, phase: 'questions', reason: null, questions: [...result.questions], spend };
    case 'failed':
      return { ...planning, phase: 'failed', reason: result.reason, spend };
  }
}

function applyToComponent(former: ComponentRecord, seen: ComponentView | undefined, cancelled: boolean): ComponentRecord {
  if (!seen) return former;
  const { pull, work } = seen;
  const component = billed(former, work);
  if (component.state === 'merged') return component;
  if (pull && (pull.merged || seen.landing === 'landed')) return merged(component, pull, seen.landing);
  if (endedWhileStopped(former, work) && isFollowUp(component.job)) return applyLate(component, seen);
  if (component.state === 'running' || (endedWhileStopped(former, work) && (cancelled || isOpened(work)))) {
    // It was closed during the work: the result is no longer wanted, or cannot be shown.
    if (pull?.state === 'closed' && pull.number === component.pull) return closed(component, pull, seen.closing);
    if (work.kind === 'cancelled' && cancelled)
      return withStatus(component, { state: 'waiting', conflict: null }, notBegun(component));
    if (work.kind === 'crashed') return withStatus(component, { state: 'failed', reason: work.message });
    return work.kind === 'finished' ? applyResult(component, seen, work.result) : component;
  }
  // A branch that carries another spec is to be worked on again, not to be reviewed.
  const isCurrent = isBuilt(component) && (component.state === 'waiting' || component.state === 'held');
  if (pull?.state === 'open' && component.state === 'dropped' && component.built !== null && !isBuilt(component))
    return withStatus(component, { state: 'waiting', conflict: null }, { pull: pull.number, goal: null });
  if (pull?.state === 'open' && (isCurrent || component.state === 'dropped'))
    return withStatus(component, { state: 'open', note: null }, { pull: pull.number });
  if (pull?.state === 'closed' && (component.state === 'open' || isGivenUp(component, pull, seen.closing)))
    return closed(component, pull, seen.closing);
  return component;
}

/**
 * Whether a person has decided against a component on which no work is in progress, and which would be made again sooner or later. One
 * that is held for a person's decision has been closed before.
 */
function isGivenUp(component: ComponentRecord, pull: PullRequest, closing: ComponentView['closing']): boolean {
  if (closing?.kind !== 'decided' || pull.number !== component.pull) return false;
  const { state } = component;
  return state === 'waiting' || state === 'blocked' || state === 'failed' || (state === 'held' && component.heldBy !== null);
}

function merged(component: ComponentRecord, pull: PullRequest, landing: ComponentView['landing']): ComponentRecord {
  const changes = { pull: pull.number, review: { ...component.review, requested: null } };
  if (landing === 'landed') return withStatus(component, { state: 'merged' }, changes);
  if (landing !== 'with-parent')
    return withStatus(component, { state: 'failed', reason: say.mergedIntoClosedBranch(pull.baseRef) }, changes);
  return withStatus(
    component,
    { state: 'open', note: say.landsWithParent(pull.baseRef) },
    { ...changes, built: builtFrom(component) },
  );
}

const builtFrom = ({ goal }: ComponentRecord): ComponentRecord['built'] => goal && { spec: goal.spec, blob: goal.blob };

/** A person's decision drops it. Any other close decides nothing: it waits until a person names it, or reopens its pull request. */
const closed = (
  component: ComponentRecord,
  pull: PullRequest,
  closing: ComponentView['closing'],
  changes: Parameters<typeof withStatus>[2] = {},
): ComponentRecord =>
  withStatus(
    component,
    closing?.kind === 'decided'
      ? { state: 'dropped', removedByPlan: false, reason: say.CLOSED }
      : { state: 'held', heldBy: null, reason: say.closedUndecided(closing) },
    { pull: pull.number, review: { ...component.review, requested: null }, ...changes },
  );

/**
 * Adds the cost of an attempt once: its end is both observed in the engine and reported by a signal, and people may have merged its
 * pull request before either.
 */
const billed = (component: ComponentRecord, work: ComponentView['work']): ComponentRecord =>
  work.kind === 'finished' && component.billedAttempt !== component.attempt
    ? { ...component, spend: addSpend(component.spend, work.result.spend), billedAttempt: component.attempt }
    : component;

/**
 * Whether the attempt finished before the cancellation reached it. Its workflow has nothing left to do and would report nothing when it is
 * resumed, so what it ended with counts.
 */
const endedWhileStopped = (former: ComponentRecord, work: ComponentView['work']): boolean =>
  former.state === 'waiting' && former.goal !== null && work.kind === 'finished' && former.billedAttempt !== former.attempt;

/**
 * Undoes the start of an attempt: its change request is still to be addressed, and a head that was not worked on may be worked on
 * later.
 */
const notBegun = (component: ComponentRecord): Pick<ComponentRecord, 'review' | 'ci'> => ({
  review: { ...component.review, requested: remainingChangeRequest(component) },
  ci: { ...component.ci, attemptedHeads: withoutHead(component) },
});

const withoutHead = ({ job, ci }: ComponentRecord): string[] =>
  job.kind === 'fix' ? ci.attemptedHeads.filter((head) => head !== job.head) : ci.attemptedHeads;

/** Published work counts whatever it was stopped for; any other end only where the same work is to go on after a cancellation. */
const isOpened = (work: ComponentView['work']): boolean => work.kind === 'finished' && work.result.kind === 'opened';

/**
 * The result of a follow-up whose start has been undone: only what was published counts, and counts as begun. Otherwise the pull request is
 * as it was, and its request or its failed checks are still to be addressed.
 */
function applyLate(component: ComponentRecord, seen: ComponentView): ComponentRecord {
  const { job, ci, review } = component;
  if (seen.work.kind !== 'finished' || seen.work.result.kind !== 'opened') return component;
  const begun: ComponentRecord = {
    ...component,
    ci: job.kind === 'fix' ? { ...ci, attemptedHeads: [...ci.attemptedHeads, job.head] } : ci,
    // A later request was merged into it, and is still to be addressed.
    review: job.kind === 'revise' && review.requested?.at === job.at ? { ...review, requested: null } : review,
  };
  return applyResult(begun, seen, seen.work.result);
}

/**
 * Work that has just ended says which head it has published. GitHub may show the former one for a moment, whose checks failed: they would
 * be taken for those of the fix.
 */
function withPublishedHead(
  applied: ComponentRecord,
  before: ComponentRecord,
  seen: ComponentView | undefined,
  at: string,
): ComponentRecord {
  const { ci, job } = applied;
  if (before.state !== 'running' || job.kind !== 'fix' || seen?.work.kind !== 'finished') return applied;
  const { result } = seen.work;
  if (result.kind !== 'opened' || result.head === ci.head?.sha) return applied;
  return { ...applied, ci: { ...ci, head: { sha: result.head, seenAt: at } } };
}

/** Records the head of an open pull request and when it was first seen, because waiting for its checks begins then. */
function withHead(component: ComponentRecord, pull: PullRequest | null, at: string): ComponentRecord {
  const { ci } = component;
  if (pull?.state !== 'open' || ci.head?.sha === pull.headSha) return component;
  if (lagOfHead(component, pull, at) > 0) return component;
  return { ...component, ci: { ...ci, head: { sha: pull.headSha, seenAt: at } } };
}

function applyResult(component: ComponentRecord, seen: ComponentView, result: ComponentResult): ComponentRecord {
  switch (result.kind) {
    case 'opened':
      return opened(component, seen, result);
    case 'blocked':
      // Work on the request begins again when the plan allows what it needs.
      return withStatus(
        component,
        { state: 'blocked', blocker: result.blocker },
        { review: { ...component.review, requested: remainingChangeRequest(component) } },
      );
    case 'failed': {
      if (!isFollowUp(component.job)) return withStatus(component, { state: 'failed', reason: result.reason });
      // The pull request that was to be changed further stays open as it was.
      const { review, ci } = component;
      return withStatus(
        component,
        { state: 'open', note: say.followUpStopped(component.job, result.reason) },
        {
          review: { ...review, requested: review.requested === null ? null : remainingChangeRequest(component) },
          ci: { ...ci, outcomes: outcomesWith(component, result.reason) },
          generated: generatedWith(component),
        },
      );
    }
    case 'withdrawn':
      if (isFollowUp(component.job)) return withStatus(component, { state: 'open', note: null }, notBegun(component));
      // Its pull request is as whole as before: it is moved by another attempt.
      if (component.job.kind === 'restack' && seen.pull?.state === 'open')
        return withStatus(component, { state: 'open', note: null });
      // People closed the pull request before the attempt could tell its number: no further attempt may open another one.
      if (seen.pull?.state === 'closed') return closed(component, seen.pull, seen.closing);
      // Its workflow has ended: only another attempt can do the work.
      return withStatus(component, { state: 'waiting', conflict: null }, { goal: null });
  }
}

/** More reviews with a text of their own than any pull request should see. */
const MAX_ADDRESSED = 100;

function opened(
  former: ComponentRecord,
  { pull, closing }: ComponentView,
  result: Extract<ComponentResult, { kind: 'opened' }>,
): ComponentRecord {
  // Attempts at checks count for one pull request.
  const ci = former.pull === result.pull ? former.ci : { ...NO_CI, head: former.ci.head };
  const component = { ...former, ci };
  const changes = {
    pull: result.pull,
    built: builtFrom(component),
    generated: generatedWith(component, result.head),
    stack: result.stack,
    review: {
      ...component.review,
      addressed: [...component.review.addressed, ...result.addressed].slice(-MAX_ADDRESSED),
    },
    ci: { ...ci, outcomes: outcomesWith(component, outcomeOf(component.job, result)) },
  };
  return pull?.state === 'closed'
    ? closed(component, pull, closing, changes)
    : withStatus(component, { state: 'open', note: null }, changes);
}

/**
 * The head whose patch was dealt with, and the one that has it. A component that was built again or moved has lost what was
 * generated before.
 */
function generatedWith({ job, generated }: ComponentRecord, head?: string): ComponentRecord['generated'] {
  if (job.kind === 'generate') return withApplied(generated, [job.head, ...(head === undefined ? [] : [head])]);
  return isFollowUp(job) || head === undefined ? generated : NOTHING_GENERATED;
}

/** Characters. */
const MAX_OUTCOME = 600;

const outcomesWith = ({ job, ci }: ComponentRecord, outcome: string): string[] =>
  job.kind === 'fix' ? [...ci.outcomes, outcome.slice(0, MAX_OUTCOME).toWellFormed()] : ci.outcomes;

function outcomeOf(job: Job, { head, summary }: Extract<ComponentResult, { kind: 'opened' }>): string {
  const said = summary ?? 'What was done is in its commit.';
  return job.kind === 'fix' && job.head === head ? `Nothing was changed. ${said}` : said;
}
