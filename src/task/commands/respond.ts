import { isDigestOf } from '../../domain/task/issue-digest.ts';
import { includesLabel } from '../../domain/task/label.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import * as say from '../../replies/comments/answers.ts';
import { type Authorised, authorise, authoriseStart } from '../model/authorise.ts';
import type { CommandEffect } from '../model/command-effect.ts';
import type { Addressed, DecisionContext } from '../model/deciding.ts';
import { isLive } from '../model/issue-closing.ts';
import { isOfTask } from '../model/of-task.ts';
import { planAction, startPlanning } from '../planning/start.ts';
import { executeCommand } from './execute-command.ts';
import { changesRequested } from './request-changes.ts';

type SignalOf<K extends Signal['kind']> = Extract<Signal, { kind: K }>;
type Situation = Omit<DecisionContext, 'effect'>;

/** The direct effect of a signal on the record. Only people with write access have an effect; `authorise` decides who has it. */
export function respond(record: TaskRecord | null, situation: Situation): Addressed {
  const { view, signal, stateBefore } = situation;
  switch (signal.kind) {
    case 'hint':
    case 'finished':
    case 'base_moved':
    case 'gone':
    case 'status_deleted':
    case 'status_edited':
    case 'closed':
      return { record, addressed: false };
    case 'command':
      return commanded(record, situation, signal);
    case 'labelled':
      return labelled(record, situation, signal);
    case 'unlabelled':
      return unlabelled(record, situation, signal);
    case 'approved':
      return authorise(signal, view.permission) || !record
        ? { record, addressed: false }
        : { record, addressed: true, refusal: say.approvalNeedsWriteAccess(signal.by) };
    case 'changes_requested':
      return reviewed(record, situation, authorise(signal, view.permission));
    case 'reopened':
      if (record && stateBefore === 'done') return { record: { ...record, ended: true }, addressed: false };
      return record && (stateBefore === 'cancelled' || stateBefore === 'failed')
        ? { record, addressed: true, answer: say.reopened() }
        : { record, addressed: false };
    case 'edited':
      return edited(record, situation, signal);
  }
}

function commanded(record: TaskRecord | null, situation: Situation, signal: SignalOf<'command'>): Addressed {
  const { view, settings } = situation;
  const { kind } = signal.command;
  const isFirstContact = kind === 'introduce' || kind === 'misspelt';
  if (!record && kind !== 'plan' && !isFirstContact) return { record, addressed: false };
  if (!isOfTask(signal.on, view)) return { record, addressed: false };
  const allowed = authoriseStart(signal, view.permission, settings.trigger);
  // A person who cannot use a command is not taught one, and then a word that may be meant for another bot is ignored.
  if (!allowed && (kind === 'misspelt' || (isFirstContact && !record))) return { record, addressed: false };
  if (!allowed) return { record, addressed: true, refusal: say.needsWriteAccess(signal.by) };
  return { ...obeyOnce(record, situation, allowed), addressed: true };
}

/** Signals of a task are handled one after the other, and GitHub redelivers one only within hours. */
const MAX_OBEYED = 20;

/** Executes a command once: if it is in the record it was done, and only its closing reaction may be missing. */
function obeyOnce(record: TaskRecord | null, situation: Situation, signal: Authorised<SignalOf<'command'>>): CommandEffect {
  return isObeyed(record, signal) ? { record } : obeyed(record, signal, executeCommand(record, situation, signal));
}

const keyOf = ({ comment }: Pick<SignalOf<'command'>, 'comment'>): string => `${comment.kind}:${comment.id}`;

const isObeyed = (record: TaskRecord | null, signal: Pick<SignalOf<'command'>, 'comment'>): boolean =>
  record?.obeyed.includes(keyOf(signal)) === true;

function obeyed<E extends CommandEffect>(record: TaskRecord | null, signal: Pick<SignalOf<'command'>, 'comment'>, effect: E): E {
  if (effect.record === null || effect.record === record) return effect;
  return { ...effect, record: { ...effect.record, obeyed: [...effect.record.obeyed, keyOf(signal)].slice(-MAX_OBEYED) } };
}

/** The same for a review that requests changes: handled again, its request would be made a second time while the first is worked on. */
function reviewed(
  record: TaskRecord | null,
  situation: Situation,
  review: Authorised<SignalOf<'changes_requested'>> | null,
): Addressed {
  if (record && review && isObeyed(record, review)) return { record, addressed: true };
  const effect = changesRequested(record, situation, review);
  return review ? obeyed(record, review, effect) : effect;
}

function labelled(
  record: TaskRecord | null,
  { view, settings, stateBefore }: Situation,
  signal: SignalOf<'labelled'>,
): Addressed {
  if (!includesLabel(signal.label, settings.trigger.labels)) return { record, addressed: false };
  // No one can set a label without triage rights, so an issue template did it, and its author requested nothing.
  const allowed = authoriseStart(signal, view.permission, settings.trigger);
  if (!allowed)
    return view.permission === 'triage'
      ? { record, addressed: true, refusal: say.labelNeedsWriteAccess(signal.by) }
      : { record, addressed: true };
  const ignored = view.issue.labels.find((label) => includesLabel(label, settings.trigger.ignore_labels));
  if (ignored !== undefined) return { record, addressed: true, refusal: say.ignoredByLabel(ignored) };
  if (!['none', 'questions', 'cancelled', 'failed', 'done'].includes(stateBefore)) return { record, addressed: true };
  const { by, at, issueText } = signal;
  const started = startPlanning(record, view, {
    by,
    at,
    issueText,
    cause: 'issue',
    branches: record?.branches ?? settings.branches,
  });
  return { record: started, addressed: true, actions: [planAction(started, view, issueText, null)] };
}

function unlabelled(
  record: TaskRecord | null,
  { view, settings, stateBefore }: Situation,
  signal: SignalOf<'unlabelled'>,
): Addressed {
  const { labels } = settings.trigger;
  const isOver = record !== null && stateBefore === 'planning' && includesLabel(signal.label, labels);
  // The label may be back by now, or another label requests the same.
  return isOver && !view.issue.labels.some((label) => includesLabel(label, labels))
    ? { record: { ...record, cancelled: true }, addressed: false }
    : { record, addressed: false };
}

/**
 * A writer's edit renews the text that the plan is for. It is the text of this very edit: somebody else may have changed it since. Anyone
 * else's stops the task before a plan is approved, until a writer has read it; afterwards it is only noted, because otherwise its author
 * could stop approved work as often as they like.
 */
function edited(record: TaskRecord | null, { view, stateBefore }: Situation, signal: SignalOf<'edited'>): Addressed {
  if (!record || isDigestOf(record.trigger.digest, view.issue)) return { record, addressed: false };
  if (authorise(signal, view.permission))
    return { record: { ...record, trigger: { ...record.trigger, digest: signal.digest } }, addressed: false };
  if (!isLive(stateBefore)) return { record, addressed: false };
  if (stateBefore === 'executing' || stateBefore === 'blocked')
    return { record, addressed: true, answer: say.notedEdit(signal.by) };
  return { record: { ...record, cancelled: true }, addressed: true, answer: say.stoppedByEdit(signal.by) };
}
