import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { FileConflict } from '../../domain/task/file-conflict.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import * as say from '../../replies/comments/answers.ts';
import { followUpNews, revisionBlocked, waitsAfterClosing } from '../../replies/comments/component-news.ts';
import { waitsForOther } from '../../replies/comments/file-conflict.ts';
import type { Action } from '../model/action.ts';
import { authorise } from '../model/authorise.ts';
import type { Addressed, Deciding, Phase } from '../model/deciding.ts';
import type { TaskView } from '../model/view.ts';
import { askAboutClosedPlan } from '../planning/plan-closed.ts';

/** Eyes at once, before any work. */
export function acknowledge(signal: Signal, { addressed }: Addressed): Action[] {
  const target = reactable(signal);
  return addressed && target !== null ? [{ kind: 'react', target, reaction: 'eyes' }] : [];
}

/** The person behind the signal learns how it ended, when everything else is done. */
export const answerPerson: Phase = (state, { view, signal, effect }): Deciding => ({
  ...state,
  actions: [...state.actions, ...answer(view, signal, effect)],
});

/** People hear of what has changed before anything is done about it. */
export const announceChanges: Phase = (state, { view }): Deciding => ({
  ...state,
  actions: [...announcements(view.record, state.record, view), ...state.actions],
});

/** How it ended: a reply where there is something to say, then rocket or confused. */
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
      ...(authorise(signal, view.permission) ? { key: oncePerIssue ?? writersKey(signal) } : once(view, signal)),
    });
  }
  const target = reactable(signal);
  if (target && !pending) actions.push({ kind: 'react', target, reaction: refusal === undefined ? 'rocket' : 'confused' });
  return actions;
}

const reactable = (signal: Signal) => (signal.kind === 'command' || signal.kind === 'changes_requested' ? signal.comment : null);

type PersonSignal = Extract<Signal, { by: string }>;

/** A writer gets a reply for each thing asked, and an edit of the issue always has one. */
const writersKey = (signal: PersonSignal): string =>
  signal.kind === 'command' || signal.kind === 'changes_requested'
    ? `${signal.comment.kind}:${signal.comment.id}`
    : `${signal.kind}:${'at' in signal ? signal.at : signal.by}`;

const hasStarted = (record: TaskRecord | null): boolean =>
  Object.values(record?.components ?? {}).some((component) => component.attempt > 0);

/** Strangers get one, whatever they try, on the issue or on its plan; and one more of a kind for what has an effect whoever does it. */
function once({ issue, plan, record }: TaskView, signal: PersonSignal) {
  // What stops the task is said each time; what is only noted, once a person and revision.
  if (signal.kind === 'edited')
    return {
      key: hasStarted(record) ? `edited:${signal.by}:${record?.planning.revision}` : writersKey(signal),
    };
  if (signal.kind === 'reopened') return { key: `reopened:${signal.by}` };
  return { key: `no-write-access:${signal.by}`, orOn: plan ? [issue.number, plan.pull.number] : [issue.number] };
}

/** What people must hear of even when they do not look at the status comment: editing a comment notifies nobody. */
export function announcements(
  before: TaskRecord | null,
  after: TaskRecord,
  { issue: { number: on }, plan, planWork, reviewWork, fileConflicts }: TaskView,
): Action[] {
  const news: Action[] = askAboutClosedPlan(before, after, plan);
  const { phase, revision, attempt, reason, questions } = after.planning;
  if (before?.planning.phase === 'running' && phase === 'failed') {
    const untouched = planWork.kind === 'finished' && planWork.result.kind === 'failed' && !planWork.result.published;
    const text = say.planningFailed(reason ?? '', untouched);
    news.push({ kind: 'reply', on, key: `plan-failed:${revision}.${attempt}`, text });
  }
  if (before?.planning.phase === 'running' && phase === 'questions') {
    news.push({ kind: 'reply', on, key: `questions:${revision}.${attempt}`, text: say.questions(questions, after.trigger.by) });
  }
  if (isNewPlan(before, after) && plan) news.push({ kind: 'request_review', number: plan.pull.number, of: [after.trigger.by] });
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
    // First of all that follows: the issue is closed after it, and people should read it before.
    news.unshift({ kind: 'reply', on, key: `final-review:${after.planning.generation}.${revision}`, text });
  }
  for (const [id, component] of Object.entries(after.components))
    news.push(...componentNews(id, before?.components[id], component, { after, on, conflict: fileConflicts[id] }));
  return news;
}

/** The person who wanted the plan is asked to read it once, when its pull request appears; revisions are theirs to follow. */
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
      // What came of fixing its checks is said when they are left to people.
      return component.note !== null && pull !== null && job.kind === 'revise'
        ? [{ kind: 'reply', on: pull, key: `followed-up:${id}:${attempt}`, text: followUpNews(component.note) }]
        : [];
    case 'failed':
      return [{ kind: 'reply', on, key: `failed:${id}:${attempt}`, text: say.componentFailed(id, component.reason) }];
    default:
      return [];
  }
}
