import { issueDigest } from '../../domain/task/issue-digest.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord, TaskState } from '../../domain/task/task.ts';
import type { AskWork } from '../../domain/task/work.ts';
import { askWorkflowId } from '../../domain/task/work-id.ts';
import * as say from '../../replies/comments/answers.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Authorised } from '../model/authorise.ts';
import type { CommandEffect } from '../model/command-effect.ts';
import { isClosedSince } from '../model/issue-closing.ts';
import { nextGeneration } from '../model/next-generation.ts';
import type { TaskView } from '../model/view.ts';
import { approvalOf, isChecked, wasCheckedBefore } from '../planning/approval.ts';
import { planAction, startPlanning } from '../planning/start.ts';
import { revise } from './request-changes.ts';

type CommandSignal = Authorised<Extract<Signal, { kind: 'command' }>>;

/** One command on one task (design §4, the table of states). Anything not listed there answers with the status and changes nothing. */
export function executeCommand(
  record: TaskRecord | null,
  state: TaskState | 'none',
  view: TaskView,
  signal: CommandSignal,
  settings: Settings,
): CommandEffect {
  const { command } = signal;
  if (!record) return command.kind === 'plan' ? plan(record, view, signal, command.notes, settings) : { record };
  const status: CommandEffect = { record, answer: say.status(state, record, view.status?.url ?? null) };
  switch (command.kind) {
    case 'status':
      return status;
    case 'help':
      return { record, answer: say.help() };
    case 'ask':
      return command.question === '' ? { record, refusal: say.nothingToAsk() } : ask(record, view, signal, command.question);
    case 'revise':
      return revise(record, state, view, signal, command.notes);
    case 'plan':
      return ['questions', 'cancelled', 'failed', 'done'].includes(state)
        ? plan(record, view, signal, command.notes, settings)
        : status;
    case 'replan':
      return plan(record, view, signal, command.feedback, settings);
    case 'cancel':
      return state === 'cancelled' || state === 'failed' || state === 'done'
        ? status
        : { record: { ...record, cancelled: true } };
    case 'execute':
      if (state === 'planning' || state === 'questions' || state === 'done') return status;
      return command.ids.length > 0 ? restart(record, view, command.ids) : execute(record, state, view, signal, settings, status);
  }
}

function plan(record: TaskRecord | null, view: TaskView, signal: CommandSignal, text: string, settings: Settings): CommandEffect {
  const ignored = view.issue.labels.find((l) => settings.trigger.ignore_labels.includes(l));
  if (ignored !== undefined) return { record, refusal: say.ignoredByLabel(ignored) };
  if (view.issue.state === 'closed' && !record) return { record, refusal: say.issueIsClosed() };
  // On the plan's pull request the payload does not carry the issue; its text counts only while it is the one a writer triggered on.
  const text0 = signal.issueText ?? (record && issueDigest(view.issue) === record.trigger.digest ? view.issue : null);
  if (!text0) return { record, refusal: say.issueWasEdited(view.issue.number) };
  const issueText = { title: text0.title, body: text0.body };
  const next = startPlanning(record, view, {
    by: signal.by,
    at: signal.at,
    issueText,
    cause: signal.command.kind === 'replan' ? 'replan' : 'issue',
  });
  return { record: next, actions: [planAction(next, view, issueText, text === '' ? null : { by: signal.by, text })] };
}

/** `/execute` without ids: approves the plan's head, resumes after a cancel, starts stopped components again. */
function execute(
  record: TaskRecord,
  state: TaskState | 'none',
  view: TaskView,
  signal: CommandSignal,
  settings: Settings,
  status: CommandEffect,
): CommandEffect {
  const shownPlan = view.plan;
  if (isClosedSince(view.issue, record)) return { record, refusal: say.issueIsClosed() };
  if (!shownPlan || shownPlan.blob === null) return { record, refusal: say.nothingToExecute() };
  const resumed: TaskRecord = {
    ...record,
    cancelled: false,
    planning: record.planning.phase === 'ready' ? record.planning : { ...record.planning, phase: 'ready', reason: null },
  };
  if (isChecked(shownPlan) && approvalOf(shownPlan, record, view.issue.author.login, settings.approval).given) {
    // A dropped one was closed by a person on purpose: only its name brings it back.
    // Asked once more, knowing what changed: that is the answer to the warning.
    if (record.stale && !record.stale.accepted) return { record: { ...resumed, stale: { ...record.stale, accepted: true } } };
    const stopped = Object.keys(record.components).filter(
      (id) => isStopped(record, id) && record.components[id]?.state !== 'dropped',
    );
    if (stopped.length === 0) return state === 'executing' ? status : { record: resumed };
    return { record: again(resumed, view, stopped) };
  }
  if (!settings.approval.by.includes('command')) return { record, refusal: say.commandDoesNotApprove(settings.approval.by) };
  if (!settings.approval.allow_issue_author && signal.by === view.issue.author.login)
    return { record, refusal: say.authorMayNotApprove() };
  if (!wasCheckedBefore(shownPlan, signal.at)) return { record, refusal: say.planNotChecked(shownPlan.check, shownPlan.file) };
  const approved = { ...resumed, approvals: [...record.approvals, { by: signal.by, blob: shownPlan.blob, at: signal.at }] };
  const approval = approvalOf(shownPlan, approved, view.issue.author.login, settings.approval);
  return approval.given
    ? { record: approved }
    : { record: approved, answer: say.approvalsMissing(approval.by, approval.required) };
}

/** The answer comes from a workflow of its own, which also ends the reactions; the task goes on meanwhile. */
function ask(record: TaskRecord, view: TaskView, { by, on, comment }: CommandSignal, question: string): CommandEffect {
  const plan = view.plan ? { path: view.plan.path, commit: view.plan.pull.headSha } : null;
  const work: AskWork = {
    kind: 'ask',
    task: view.task,
    question,
    by,
    on,
    comment,
    plan,
  };
  return { record, pending: true, actions: [{ kind: 'ask', workflow: askWorkflowId(view.task, comment.id), work }] };
}

const isStopped = (record: TaskRecord, id: string): boolean =>
  ['blocked', 'failed', 'held', 'dropped'].includes(record.components[id]?.state ?? '');

/** `/execute ID ...`: these again, and nothing is approved by it. */
function restart(record: TaskRecord, view: TaskView, ids: readonly string[]): CommandEffect {
  const unknown = ids.filter((id) => !(id in record.components));
  if (unknown.length > 0) return { record, refusal: say.unknownComponents(unknown, Object.keys(record.components)) };
  const held = ids.flatMap((id) => {
    const by = record.components[id]?.held_by ?? null;
    return by !== null && !ids.includes(by) ? [[id, by] as const] : [];
  });
  if (held.length > 0) return { record, refusal: say.heldByDropped(held) };
  const startable = ids.filter(
    (id) =>
      isStopped(record, id) ||
      record.components[id]?.waits_for != null ||
      (record.cancelled && record.components[id]?.state === 'waiting'),
  );
  if (startable.length === 0)
    return { record, refusal: say.nothingToRestart(ids.map((id) => [id, record.components[id]?.state ?? 'waiting'])) };
  if (!record.cancelled) return { record: again(record, view, startable) };
  // After a cancel only what was named goes on; the rest is held until somebody asks for it.
  const leftOut = Object.fromEntries(
    Object.entries(record.components).map(([id, c]) => [
      id,
      c.state === 'waiting' && !ids.includes(id)
        ? { ...c, state: 'held' as const, held_by: null, reason: `Left out when the task resumed; \`/execute ${id}\` starts it.` }
        : c,
    ]),
  );
  return { record: again({ ...record, cancelled: false, components: leftOut }, view, startable) };
}

/** A new attempt for each: after a closed pull request on the next branch. */
function again(record: TaskRecord, view: TaskView, ids: readonly string[]): TaskRecord {
  const components = { ...record.components };
  for (const id of ids) {
    const c = components[id];
    if (!c) continue;
    const pull = view.components[id]?.pull;
    // What was asked of its pull request met the blocker, not what the plan says: that is tried again, by the same request.
    if (c.state === 'blocked' && c.job.kind === 'revise' && pull?.state === 'open') {
      components[id] = { ...c, state: 'open', reason: null, blocker: null };
      continue;
    }
    const fresh = c.state === 'blocked' || c.state === 'failed' || c.state === 'dropped';
    components[id] = {
      ...c,
      state: 'waiting',
      beside: c.beside || c.waits_for !== null,
      waits_for: null,
      ...(pull?.state === 'closed' ? { generation: nextGeneration(pull.headRef), pull: null, stack: null, built: '' } : {}),
      // Forgetting the spec makes the scheduler count a new attempt; a cancelled one goes on where it was.
      spec: fresh ? '' : c.spec,
      reason: null,
      blocker: null,
      held_by: null,
    };
  }
  return { ...record, components };
}
