import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import * as say from '../../replies/comments/answers.ts';
import { followUpNews, revisionBlocked, waitsAfterClosing } from '../../replies/comments/component-news.ts';
import { waitsForOther } from '../../replies/comments/file-conflict.ts';
import { baseIsGone } from '../../replies/comments/lifecycle.ts';
import type { Action } from '../model/action.ts';
import { authorise, authoriseStart } from '../model/authorise.ts';
import type { Addressed, Deciding, Phase } from '../model/deciding.ts';
import type { TaskView } from '../model/view.ts';
import { askAboutClosedPlan } from '../planning/plan-closed.ts';

/** Eyes at once, before any work. */
export function acknowledge(signal: Signal, { addressed }: Addressed): Action[] {
  const target = reactable(signal);
  return addressed && target !== null ? [{ kind: 'react', target, reaction: 'eyes' }] : [];
}

/** The person behind the signal is answered when everything else is done. */
export const answerPerson: Phase = (state, { view, signal, effect }): Deciding => ({
  ...state,
  actions: [...state.actions, ...answer(view, signal, effect)],
});

/** Changes are announced before anything is done about them. */
export const announceChanges: Phase = (state, { view }): Deciding => ({
  ...state,
  actions: [...announcements(view.record, state.record, view), ...state.actions],
});

/** The answer to a signal: a reply where there is something to say, then a rocket or a confused reaction. */
export function answer(
  view: TaskView,
  signal: Signal,
  { addressed, refusal, answer: asked, pending, oncePerIssue }: Addressed,
): Action[] {
  if (!addressed || !('by' in signal)) return [];
  const actions: Action[] = [];
  const text = refusal ?? asked;
  if (text !== undefined) {
    const on = 'on' in signal ? signal.on : view.issue.number;
    actions.push({
      kind: 'reply',
      on,
      text,
      ...(isAuthorised(signal, view) ? { key: oncePerIssue ?? writersKey(signal) } : once(view, signal)),
    });
  }
  const target = reactable(signal);
  if (target && !pending) actions.push({ kind: 'react', target, reaction: refusal === undefined ? 'rocket' : 'confused' });
  return actions;
}

const isAuthorised = (signal: PersonSignal, { permission, settings }: TaskView): boolean =>
  (settings.ok ? authoriseStart(signal, permission, settings.value.trigger) : authorise(signal, permission)) !== null;

const reactable = (signal: Signal) => (signal.kind === 'command' || signal.kind === 'changes_requested' ? signal.comment : null);

type PersonSignal = Extract<Signal, { by: string }>;

/** A writer gets a reply to each request, and an edit of the issue always has one. */
const writersKey = (signal: PersonSignal): string =>
  signal.kind === 'command' || signal.kind === 'changes_requested'
    ? `${signal.comment.kind}:${signal.comment.id}`
    : `${signal.kind}:${'at' in signal ? signal.at : signal.by}`;

const hasStarted = (record: TaskRecord | null): boolean =>
  Object.values(record?.components ?? {}).some((component) => component.attempt > 0);

/**
 * A person without write access gets one reply, on the issue or on its plan, whatever they try; and one more for each kind of
 * action that has an effect regardless of its author.
 */
function once({ issue, plan, record }: TaskView, signal: PersonSignal) {
  // An edit that stops the task is announced each time; one that is only noted, once for each person and revision.
  if (signal.kind === 'edited')
    return {
      key: hasStarted(record) ? `edited:${signal.by}:${record?.planning.revision}` : writersKey(signal),
    };
  if (signal.kind === 'reopened') return { key: `reopened:${signal.by}` };
  return { key: `no-write-access:${signal.by}`, orOn: plan ? [issue.number, plan.pull.number] : [issue.number] };
}

/**
 * News that people must get even when they do not read the status comment: GitHub sends no notification when a comment is edited.
 */
export function announcements(
  before: TaskRecord | null,
  after: TaskRecord,
  { at, issue: { number: on }, settings, branches, plan, planWork, reviewWork, fileConflicts }: TaskView,
): Action[] {
  const news: Action[] = askAboutClosedPlan(before, after, plan);
  if (after.baseIsGone && before?.baseIsGone === false)
    news.push({ kind: 'reply', on, key: `base-gone:${at}`, text: baseIsGone(branches.base ?? '') });
  const { phase, revision, attempt, reason, questions } = after.planning;
  if (before?.planning.phase === 'running' && phase === 'failed') {
    const untouched = planWork.kind === 'finished' && planWork.result.kind === 'failed' && !planWork.result.published;
    const text = say.planningFailed(reason ?? '', untouched);
    news.push({ kind: 'reply', on, key: `plan-failed:${revision}.${attempt}`, text });
  }
  if (before?.planning.phase === 'running' && phase === 'questions') {
    news.push({ kind: 'reply', on, key: `questions:${revision}.${attempt}`, text: say.questions(questions, after.trigger.by) });
  }
  const asksNobody = settings.ok && settings.value.pull_requests.reviewers === 'none';
  if (isNewPlan(before, after) && plan && !asksNobody)
    news.push({ kind: 'request_review', number: plan.pull.number, of: [after.trigger.by] });
  if (!before?.stale && after.stale?.accepted === false) {
    news.push({
      kind: 'reply',
      on,
      key: `stale:${after.planning.generation}.${revision}`,
      text: say.planIsStale(after.stale.files),
    });
  }
  if (before?.review === 'running' && after.review === 'done') {
    const result = reviewWork.kind === 'finished' ? reviewWork.result : null;
    const text =
      result?.kind === 'reviewed' ? say.finalReview(result.text) : say.finalReviewFailed(result?.reason ?? 'an internal error.');
    // This comes first, because the issue is closed next, and people should read it before.
    news.unshift({ kind: 'reply', on, key: `final-review:${after.planning.generation}.${revision}`, text });
  }
  for (const [id, component] of Object.entries(after.components))
    news.push(...componentNews(id, before?.components[id], component, { after, on, conflict: fileConflicts[id] }));
  return news;
}

/**
 * The person who requested the plan is requested as a reviewer once, when its pull request appears; they follow revisions on their
 * own.
 */
const isNewPlan = (before: TaskRecord | null, after: TaskRecord): boolean =>
  before?.planning.phase === 'running' && after.planning.phase === 'ready' && before.planPull !== after.planPull;

const isShown = (state: ComponentRecord['state'] | undefined): boolean => state === 'open' || state === 'running';

interface Surroundings {
  readonly after: TaskRecord;
  /** The issue. */
  readonly on: number;
  readonly conflict: FileConflict | undefined;
}

function componentNews(
  id: string,
  before: ComponentRecord | undefined,
  component: ComponentRecord,
  { after, on, conflict }: Surroundings,
): Action[] {
  const { pull, attempt, job } = component;
  if (component.state === 'waiting' && component.conflict && conflict) {
    const known = before?.state === 'waiting' ? before.conflict?.with : undefined;
    if (known !== component.conflict.with)
      return [{ kind: 'reply', on, key: `overlap:${id}:${component.conflict.with}`, text: waitsForOther(id, conflict) }];
  }
  if (component.state === 'held' && component.heldBy === null && pull !== null && isShown(before?.state))
    return [{ kind: 'reply', on: pull, key: `undecided:${id}:${pull}`, text: waitsAfterClosing(id, component.reason) }];
  if (before?.state !== 'running') return [];
  switch (component.state) {
    case 'blocked': {
      const key = `blocked:${id}:${attempt}`;
      const isAmending = after.planning.phase === 'running' && after.planning.cause === 'blocker';
      const news: Action[] = [
        { kind: 'reply', on, key, text: say.blocked(id, component.blocker, { isAmending, requester: after.trigger.by }) },
      ];
      if (job.kind === 'revise' && pull !== null)
        news.push({ kind: 'reply', on: pull, key, text: revisionBlocked(id, on, isAmending) });
      return news;
    }
    case 'open':
      // The results of fixing its checks are reported when the checks are left to people.
      return component.note !== null && pull !== null && job.kind === 'revise'
        ? [{ kind: 'reply', on: pull, key: `followed-up:${id}:${attempt}`, text: followUpNews(component.note) }]
        : [];
    case 'failed':
      return [{ kind: 'reply', on, key: `failed:${id}:${attempt}`, text: say.componentFailed(id, component.reason) }];
    default:
      return [];
  }
}
