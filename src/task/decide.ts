import { issueDigest } from '../domain/issue-digest.ts';
import type { Signal } from '../domain/signal.ts';
import type { TaskRecord, TaskState } from '../domain/task.ts';
import { componentWorkflowId } from '../domain/work.ts';
import * as say from '../replies/answers.ts';
import type { Settings } from '../settings/repository-settings.ts';
import type { Action, Decision } from './action.ts';
import { approvalOf, isChecked } from './approval.ts';
import { type Authorised, authorise } from './authorise.ts';
import { type CommandEffect, carryOutCommand } from './carry-out-command.ts';
import { schedule } from './schedule.ts';
import { settle } from './settle.ts';
import { planAction, planWorkflowOf, startPlanning } from './start-planning.ts';
import { stateOf } from './state.ts';
import type { TaskView } from './view.ts';

/** From what is, and what somebody did, to what is to be done. Pure: the same view and signal give the same decision. */
export function decide(view: TaskView, signal: Signal): Decision {
  const settled = view.record ? settle(view.record, view, signal) : null;
  if (!view.settings.ok) return withoutSettings(view, signal, settled, view.settings.reason);
  const settings = view.settings.value;
  const before = settled ? stateOf(settled, isApproved(settled, view, settings)) : 'none';
  const effect = respond(settled, before, view, signal, settings);
  const acknowledged = acknowledgements(view, signal, effect);
  if (!effect.record) return { record: null, acknowledgements: acknowledged, actions: [] };

  const record = settleIssue(effect.record, before, view, signal);
  const scheduled = next(record, view, settings, effect.actions ?? []);
  return {
    record: scheduled.record,
    acknowledgements: acknowledged,
    actions: [...scheduled.actions, ...announcements(view.record, scheduled.record, view)],
  };
}

interface Response extends CommandEffect {
  /** False for what people did without addressing the bot. */
  readonly addressed: boolean;
}

function respond(
  record: TaskRecord | null,
  state: TaskState | 'none',
  view: TaskView,
  signal: Signal,
  settings: Settings,
): Response {
  if (signal.kind === 'hint' || signal.kind === 'finished') return { record, addressed: false };
  if (signal.kind === 'command' && !record && signal.command.kind !== 'plan') return { record, addressed: false };
  if (signal.kind === 'labelled' && !settings.trigger.labels.includes(signal.label)) return { record, addressed: false };
  const allowed = authorise(signal, view.permission);
  switch (signal.kind) {
    case 'command':
      if (!allowed) return { record, addressed: true, refusal: say.needsWriteAccess(signal.by) };
      return { ...carryOutCommand(record, state, view, allowed as Authorised<typeof signal>, settings), addressed: true };
    case 'labelled':
      return { ...label(record, state, view, signal, allowed !== null, settings), addressed: true };
    case 'unlabelled':
      if (!record || state !== 'planning' || !settings.trigger.labels.includes(signal.label)) return { record, addressed: false };
      return { record: { ...record, cancelled: true }, addressed: false };
    case 'approved':
      return allowed || !record
        ? { record, addressed: false }
        : { record, addressed: true, refusal: say.approvalNeedsWriteAccess(signal.by) };
    case 'reopened':
      return record && state === 'cancelled' ? { record, addressed: true, answer: say.reopened() } : { record, addressed: false };
    case 'closed':
      return { record, addressed: false };
  }
}

function label(
  record: TaskRecord | null,
  state: TaskState | 'none',
  view: TaskView,
  signal: Extract<Signal, { kind: 'labelled' }>,
  allowed: boolean,
  settings: Settings,
): CommandEffect {
  // Without triage rights nobody can label by hand: an issue template did it, and its author did not ask for anything.
  if (!allowed) return view.permission === 'triage' ? { record, refusal: say.labelNeedsWriteAccess(signal.by) } : { record };
  const ignored = view.issue.labels.find((l) => settings.trigger.ignore_labels.includes(l));
  if (ignored !== undefined) return { record, refusal: say.ignoredByLabel(ignored) };
  if (!['none', 'questions', 'cancelled', 'failed', 'done'].includes(state)) return { record };
  const started = startPlanning(record, view, { by: signal.by, at: signal.at, issueText: signal.issueText, notes: null });
  return { record: started, actions: [planAction(started, view, signal.issueText, null)] };
}

/** A closed issue stops what is running, however we came to know of it; our own closing comes after everything is merged. */
function settleIssue(record: TaskRecord, before: TaskState | 'none', view: TaskView, signal: Signal): TaskRecord {
  const live = before !== 'none' && before !== 'done' && before !== 'cancelled';
  const closed = view.issue.state === 'closed' && signal.kind !== 'reopened';
  return closed && live ? { ...record, cancelled: true } : record;
}

function next(
  record: TaskRecord,
  view: TaskView,
  settings: Settings,
  asked: readonly Action[],
): { record: TaskRecord; actions: Action[] } {
  if (record.cancelled) return { record, actions: stopAll(record, view) };
  if (record.planning.phase === 'running') return planning(record, view, asked);
  const { plan } = view;
  if (record.planning.phase !== 'ready' || !plan) return { record, actions: [...asked] };
  const actions: Action[] = [...asked];
  if (plan.file && !plan.check && plan.pull.state === 'open') {
    actions.push({ kind: 'check_plan', head: plan.pull.headSha, path: plan.path });
  }
  if (plan.file?.ok !== true) return { record, actions };
  const scheduled = schedule(record, view, plan, plan.file.value, isApproved(record, view, settings), settings);
  const after = { ...record, components: { ...scheduled.components } };
  actions.push(...scheduled.actions);
  if (stateOf(after, true) === 'done') actions.push(...finish(after, view));
  return { record: after, actions };
}

function planning(record: TaskRecord, view: TaskView, asked: readonly Action[]): { record: TaskRecord; actions: Action[] } {
  const actions: Action[] = [...asked];
  // A new attempt at the plan leaves the old one nothing to do.
  const former = view.record && view.record.planning.phase === 'running' ? planWorkflowOf(view.task, view.record) : null;
  if (former !== null && former !== planWorkflowOf(view.task, record)) actions.unshift({ kind: 'stop', workflow: former });
  const lost = asked.length === 0 && (view.planWork.kind === 'absent' || view.planWork.kind === 'cancelled');
  if (!lost) return { record, actions };
  // The database was lost with the issue's text at the trigger in it: the present text is used only if it is still the same.
  if (issueDigest(view.issue) === record.trigger.digest) {
    return { record, actions: [planAction(record, view, { title: view.issue.title, body: view.issue.body }, null)] };
  }
  return {
    record: { ...record, planning: { ...record.planning, phase: 'failed', reason: say.issueWasEdited(view.issue.number) } },
    actions,
  };
}

function stopAll(record: TaskRecord, view: TaskView): Action[] {
  const stop: Action[] = [];
  if (record.planning.phase === 'running' && view.planWork.kind === 'running') {
    stop.push({ kind: 'stop', workflow: planWorkflowOf(view.task, record) });
  }
  for (const [id, c] of Object.entries(record.components)) {
    if (c.state === 'running') stop.push({ kind: 'stop', workflow: componentWorkflowId(view.task, id, c.attempt) });
  }
  return stop;
}

function finish(record: TaskRecord, view: TaskView): Action[] {
  const actions: Action[] = [];
  const pull = view.plan?.pull;
  if (pull?.state === 'open') {
    actions.push({ kind: 'reply', on: pull.number, key: 'done', text: say.planCarriedOut(record) });
    actions.push({ kind: 'close_pull', number: pull.number });
  }
  if (view.issue.state === 'open') actions.push({ kind: 'close_issue' });
  return actions;
}

const isApproved = (record: TaskRecord, view: TaskView, settings: Settings): boolean =>
  view.plan !== null && isChecked(view.plan) && approvalOf(view.plan, record, view.issue.author.login, settings.approval).given;

/** Settings that cannot be read stop everything new; whoever asked for something is told where the mistake is. */
function withoutSettings(
  view: TaskView,
  signal: Signal,
  record: TaskRecord | null,
  findings: Parameters<typeof say.settingsBroken>[0],
): Decision {
  const asked = signal.kind === 'command' && (record !== null || signal.command.kind === 'plan');
  const effect =
    asked && authorise(signal, view.permission) ? { record, refusal: say.settingsBroken(findings), addressed: true } : null;
  return {
    record,
    acknowledgements: effect ? acknowledgements(view, signal, effect) : [],
    actions: record?.cancelled ? stopAll(record, view) : [],
  };
}

/** Eyes first, then how it ended; a reply where there is something to say. */
function acknowledgements(view: TaskView, signal: Signal, effect: CommandEffect & { addressed: boolean }): Action[] {
  if (!effect.addressed) return [];
  const actions: Action[] = [];
  const target = signal.kind === 'command' && signal.comment.kind === 'issue_comment' ? signal.comment : null;
  const refused = effect.refusal !== undefined;
  if (target) {
    actions.push({ kind: 'react', target: { kind: 'issue_comment', id: target.id }, reaction: 'eyes' });
    actions.push({ kind: 'react', target: { kind: 'issue_comment', id: target.id }, reaction: refused ? 'confused' : 'rocket' });
  }
  const text = effect.refusal ?? effect.answer;
  if (text === undefined || !('by' in signal)) return actions;
  // Strangers get one reply an issue, whatever they try; a writer gets one for each command.
  const stranger = !authorise(signal, view.permission);
  const key = stranger
    ? `no-write-access:${signal.by}`
    : signal.kind === 'command'
      ? `${signal.comment.kind}:${signal.comment.id}`
      : `${signal.kind}:${'at' in signal ? signal.at : signal.by}`;
  const on = 'on' in signal ? signal.on : view.issue.number;
  actions.push({ kind: 'reply', on, key, text });
  return actions;
}

/** What people must hear of even when they do not look at the status comment: editing a comment notifies nobody. */
function announcements(before: TaskRecord | null, after: TaskRecord, view: TaskView): Action[] {
  const news: Action[] = [];
  const on = view.issue.number;
  const { phase, revision, attempt, reason, questions } = after.planning;
  if (before?.planning.phase === 'running' && phase === 'failed') {
    news.push({ kind: 'reply', on, key: `plan-failed:${revision}.${attempt}`, text: say.planningFailed(reason ?? '') });
  }
  if (before?.planning.phase === 'running' && phase === 'questions') {
    news.push({ kind: 'reply', on, key: `questions:${revision}.${attempt}`, text: say.questions(questions) });
  }
  for (const [id, c] of Object.entries(after.components)) {
    if (before?.components[id]?.state !== 'running') continue;
    if (c.state === 'blocked' && c.blocker) {
      news.push({ kind: 'reply', on, key: `blocked:${id}:${c.attempt}`, text: say.blocked(id, c.blocker) });
    } else if (c.state === 'failed') {
      news.push({ kind: 'reply', on, key: `failed:${id}:${c.attempt}`, text: say.componentFailed(id, c.reason ?? '') });
    }
  }
  return news;
}
