import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord } from '../../domain/task/task.ts';
import * as say from '../../replies/comments/answers.ts';
import { followUpNews, revisionBlocked } from '../../replies/comments/component-news.ts';
import { waitsForOther } from '../../replies/comments/file-conflict.ts';
import type { Action } from '../model/action.ts';
import { authorise } from '../model/authorise.ts';
import type { CommandEffect } from '../model/command-effect.ts';
import type { TaskView } from '../model/view.ts';
import { askAboutClosedPlan } from '../planning/plan-closed.ts';

export interface Addressed extends CommandEffect {
  /** False for what people did without addressing the bot: it keeps quiet. */
  readonly addressed: boolean;
}

/** Eyes at once, before any work. */
export function acknowledge(signal: Signal, { addressed }: Addressed): Action[] {
  const target = reactable(signal);
  return addressed && target !== null ? [{ kind: 'react', target, reaction: 'eyes' }] : [];
}

/** How it ended: a reply where there is something to say, then rocket or confused. */
export function answer(view: TaskView, signal: Signal, { addressed, refusal, answer: asked, pending }: Addressed): Action[] {
  if (!addressed || !('by' in signal)) return [];
  const actions: Action[] = [];
  const text = refusal ?? asked;
  if (text !== undefined) {
    const on = 'on' in signal ? signal.on : view.issue.number;
    actions.push({
      kind: 'reply',
      on,
      text,
      ...(authorise(signal, view.permission) ? { key: writersKey(signal) } : once(view, signal)),
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

/** Strangers get one, whatever they try, on the issue or on its plan; and one more of a kind for what has an effect whoever does it. */
function once({ issue, plan }: TaskView, signal: PersonSignal) {
  if (signal.kind === 'edited') return { key: writersKey(signal) };
  if (signal.kind === 'reopened') return { key: `reopened:${signal.by}` };
  return { key: `no-write-access:${signal.by}`, orOn: plan ? [issue.number, plan.pull.number] : [issue.number] };
}

/** What people must hear of even when they do not look at the status comment: editing a comment notifies nobody. */
export function announcements(
  before: TaskRecord | null,
  after: TaskRecord,
  { issue: { number: on }, planWork, reviewWork, fileConflicts }: TaskView,
): Action[] {
  const news: Action[] = askAboutClosedPlan(before, after);
  const { phase, revision, attempt, reason, questions } = after.planning;
  if (before?.planning.phase === 'running' && phase === 'failed') {
    const untouched = planWork.kind === 'finished' && planWork.result.kind === 'failed' && !planWork.result.published;
    const text = say.planningFailed(reason ?? '', untouched);
    news.push({ kind: 'reply', on, key: `plan-failed:${revision}.${attempt}`, text });
  }
  if (before?.planning.phase === 'running' && phase === 'questions') {
    news.push({ kind: 'reply', on, key: `questions:${revision}.${attempt}`, text: say.questions(questions) });
  }
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
  for (const [id, c] of Object.entries(after.components)) {
    const conflict = fileConflicts[id];
    if (c.waits_for !== null && conflict && before?.components[id]?.waits_for !== c.waits_for)
      news.push({ kind: 'reply', on, key: `overlap:${id}:${c.waits_for}`, text: waitsForOther(id, conflict) });
    if (before?.components[id]?.state !== 'running') continue;
    if (c.state === 'blocked' && c.blocker) {
      const key = `blocked:${id}:${c.attempt}`;
      const amending = phase === 'running' && after.planning.cause === 'blocker';
      news.push({ kind: 'reply', on, key, text: say.blocked(id, c.blocker, amending) });
      if (c.job.kind === 'revise' && c.pull !== null)
        news.push({ kind: 'reply', on: c.pull, key, text: revisionBlocked(id, on, amending) });
    } else if (c.state === 'open' && c.reason !== null && c.pull !== null && c.job.kind === 'revise') {
      // What came of mending its checks is told when they are left to people.
      news.push({ kind: 'reply', on: c.pull, key: `followed-up:${id}:${c.attempt}`, text: followUpNews(c.reason) });
    } else if (c.state === 'failed') {
      news.push({ kind: 'reply', on, key: `failed:${id}:${c.attempt}`, text: say.componentFailed(id, c.reason ?? '') });
    }
  }
  return news;
}
