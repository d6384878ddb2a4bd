import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { parseBranchName } from '../../domain/task/branch-name.ts';
import { namedBlob } from '../../domain/task/command.ts';
import { type ComponentRecord, withStatus } from '../../domain/task/component-record.ts';
import { isDigestOf } from '../../domain/task/issue-digest.ts';
import { includesLabel } from '../../domain/task/label.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { AskWork } from '../../domain/task/work.ts';
import { askWorkflowId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/answers.ts';
import { isBranch } from '../../text/git-ref.ts';
import type { Authorised } from '../model/authorise.ts';
import type { CommandEffect } from '../model/command-effect.ts';
import type { DecisionContext } from '../model/deciding.ts';
import { isClosedSince } from '../model/issue-closing.ts';
import { nextGeneration } from '../model/next-generation.ts';
import type { PlanView, TaskView } from '../model/view.ts';
import { approvalOf, approves, isApproved, isChecked, keptSpecs, wasCheckedBefore } from '../planning/approval.ts';
import { mayChangeBase, planAction, startPlanning } from '../planning/start.ts';
import { revise } from './request-changes.ts';

type Situation = Omit<DecisionContext, 'effect'>;
type CommandSignal = Authorised<Extract<Signal, { kind: 'command' }>>;

/**
 * Executes one command on one task (design §4, the table of states). Anything not listed there answers with the status and changes
 * nothing.
 */
export function executeCommand(record: TaskRecord | null, situation: Situation, signal: CommandSignal): CommandEffect {
  const { command } = signal;
  const { view, stateBefore: state } = situation;
  if (command.kind === 'introduce')
    return { record, answer: say.help(), ...(command.mention ? { oncePerIssue: 'introduced' } : {}) };
  if (command.kind === 'misspelt')
    return { record, refusal: say.didYouMean(command.meant), ...(command.named ? {} : { oncePerIssue: 'misspelt' }) };
  if (!record) return command.kind === 'plan' ? plan(record, situation, signal, command.notes) : { record };
  const status: CommandEffect = { record, answer: say.status(state, record, view.status?.url ?? null, view.caps) };
  switch (command.kind) {
    case 'status':
      return status;
    case 'help':
      return { record, answer: say.help() };
    case 'ask':
      return command.question === '' ? { record, refusal: say.nothingToAsk() } : ask(record, view, signal, command.question);
    case 'revise':
      return revise(record, situation, signal, command.notes);
    case 'plan':
      return ['questions', 'cancelled', 'failed', 'done'].includes(state)
        ? plan(record, situation, signal, command.notes)
        : status;
    case 'replan':
      return plan(record, situation, signal, command.feedback);
    case 'cancel':
      return state === 'cancelled' || state === 'failed' || state === 'done'
        ? status
        : { record: { ...record, cancelled: true } };
    case 'execute':
      return executeOrRestart(record, situation, signal, command.ids) ?? status;
  }
}

function plan(record: TaskRecord | null, { view, settings }: Situation, signal: CommandSignal, text: string): CommandEffect {
  const ignored = view.issue.labels.find((l) => includesLabel(l, settings.trigger.ignore_labels));
  if (ignored !== undefined) return { record, refusal: say.ignoredByLabel(ignored) };
  if (view.issue.state === 'closed' && !record) return { record, refusal: say.issueIsClosed() };
  const base = baseFor(record, { view, settings }, signal.command);
  if (!base.ok) return { record, refusal: base.reason };
  // On the plan's pull request the payload does not contain the issue; its present text counts only while it is the one that
  // planning was requested for.
  const issue = signal.issueText ?? (record && isDigestOf(record.trigger.digest, view.issue) ? view.issue : null);
  if (!issue) return { record, refusal: say.issueWasEdited(view.issue.number) };
  const issueText = { title: issue.title, body: issue.body };
  const next = startPlanning(record, view, {
    by: signal.by,
    at: signal.at,
    issueText,
    cause: signal.command.kind === 'replan' ? 'replan' : 'issue',
    branches: { prefix: settings.branches.prefix, base: base.value },
  });
  return { record: next, actions: [planAction(next, view, issueText, text === '' ? null : { by: signal.by, text })] };
}

/** The branch that the plan is to be for; a running task keeps the one it began with. */
function baseFor(
  record: TaskRecord | null,
  { view, settings }: Pick<Situation, 'view' | 'settings'>,
  command: CommandSignal['command'],
): Outcome<string | null> {
  const named = command.kind === 'plan' || command.kind === 'replan' ? command.base : undefined;
  if (named === undefined) return success(record === null ? settings.branches.base : record.branches.base);
  if (command.kind === 'replan' || (record !== null && record.branches.base !== named && !mayChangeBase(record, view)))
    return failure(say.baseIsSettled(record?.branches.base ?? null));
  const isOwn = parseBranchName(named)?.prefix === view.branches.prefix;
  if (!isBranch(named) || isOwn) return failure(say.noBase(named, isOwn));
  return view.requestedBase === 'there' ? success(named) : failure(say.baseNotFound(named));
}

function executeOrRestart(
  record: TaskRecord,
  situation: Situation,
  signal: CommandSignal,
  ids: readonly string[],
): CommandEffect | null {
  const { view, stateBefore: state } = situation;
  const planned = view.plan?.file?.ok ? view.plan.file.value.components.map(({ id }) => id) : [];
  const named = namedBlob({ ids }, [...planned, ...Object.keys(record.components)]);
  const isNamedOnly = ids.length > 0 && named === null;
  if (state === 'planning' && !isNamedOnly) return approveEarly(record, situation, signal, named);
  // In a task that is done, naming a dropped component makes it again.
  if (state === 'planning' || state === 'questions' || (state === 'done' && !isNamedOnly)) return null;
  return isNamedOnly ? restart(record, situation, ids) : execute(record, situation, signal, named);
}

/**
 * No longer cancelled, and no longer planning: the plan that is there is the task's again, also where the one that was to replace it
 * would have had a branch of its own.
 */
function resumed(record: TaskRecord, { branch, pull }: PlanView): TaskRecord {
  if (record.planning.phase === 'ready') return { ...record, cancelled: false };
  const planning = { ...record.planning, phase: 'ready' as const, reason: null, generation: branch.generation };
  return { ...record, cancelled: false, planning, planPull: pull.number };
}

/**
 * The plan can be read and is checked while the work that made it is still ending: its components start as soon as that has ended.
 * Null where there is no plan to approve yet.
 */
function approveEarly(
  record: TaskRecord,
  { view, settings }: Situation,
  signal: CommandSignal,
  named: string | null,
): CommandEffect | null {
  const { plan: shownPlan } = view;
  const isPosted = shownPlan?.branch.generation === record.planning.generation && shownPlan.revision === record.planning.revision;
  if (!isPosted || shownPlan.blob === null || !isChecked(shownPlan)) return null;
  const effect = approve(record, record, { view, settings, shownPlan, blob: shownPlan.blob, named }, signal);
  return effect.refusal === undefined ? { ...effect, answer: [effect.answer, say.startsAfterPlanning()].join(' ') } : effect;
}

/**
 * `/execute` without ids, or with a blob: approves the plan's head, resumes after a cancel, starts stopped components again. Null:
 * nothing is left to do.
 */
function execute(
  record: TaskRecord,
  { view, settings, stateBefore }: Situation,
  signal: CommandSignal,
  named: string | null,
): CommandEffect | null {
  const shownPlan = view.plan;
  if (isClosedSince(view.issue, record)) return { record, refusal: say.issueIsClosed() };
  if (!shownPlan || shownPlan.blob === null) return { record, refusal: say.nothingToExecute() };
  if (named !== null && !shownPlan.blob.startsWith(named)) return { record, refusal: say.unknownBlob(named, textOf(shownPlan)) };
  const present = resumed(record, shownPlan);
  if (isApproved(record, view, settings)) {
    // A second `/execute`, after the warning about what changed, accepts the change.
    if (record.stale && !record.stale.accepted) return { record: { ...present, stale: { ...record.stale, accepted: true } } };
    // A dropped one was closed by a person on purpose: only its name brings it back.
    const stopped = Object.keys(record.components).filter(
      (id) => isStopped(record, id) && record.components[id]?.state !== 'dropped',
    );
    const dropped = Object.entries(record.components).flatMap(([id, c]) =>
      c.state === 'dropped' && !c.removedByPlan ? [id] : [],
    );
    if (stopped.length === 0 && dropped.length > 0 && stateBefore === 'blocked')
      return { record, refusal: say.onlyDroppedRemain(dropped) };
    if (stopped.length === 0) return stateBefore === 'executing' ? null : { record: present };
    return { record: again(present, view, stopped) };
  }
  return approve(record, present, { view, settings, shownPlan, blob: shownPlan.blob, named }, signal);
}

interface ShownPlan extends Pick<Situation, 'view' | 'settings'> {
  readonly shownPlan: PlanView;
  readonly blob: string;
  /** The beginning of the blob that the command names; null where it names none. */
  readonly named: string | null;
}

function approve(
  record: TaskRecord,
  present: TaskRecord,
  { view, settings, shownPlan, blob, named }: ShownPlan,
  { by, at, comment }: CommandSignal,
): CommandEffect {
  const { author } = view.issue;
  const text = textOf(shownPlan);
  if (!settings.approval.by.includes('command')) return { record, refusal: say.commandDoesNotApprove(settings.approval.by) };
  if (!settings.approval.allow_issue_author && by === author.login) return { record, refusal: say.authorMayNotApprove() };
  const isChecking = named === null ? !wasCheckedBefore(shownPlan, at) : !isChecked(shownPlan);
  if (isChecking) return { record, refusal: say.planNotChecked(shownPlan.check, shownPlan.file) };
  const proven = shownPlan.commands.find(({ node }) => node === comment.node);
  if (!proven) return { record, refusal: say.commandChanged(text) };
  if (!approves(proven, blob)) return { record, refusal: say.seenTextUnknown(proven.blobs, text) };
  const approved = { ...present, approvals: [...record.approvals, { by, blob, at, node: proven.node }] };
  const approval = approvalOf(shownPlan, approved, author, settings.approval);
  return approval.given
    ? { record: approved, answer: say.approvedText(text) }
    : { record: approved, answer: `${say.approvedText(text)} ${say.approvalsMissing(approval.by, approval.required)}` };
}

/** The text at the plan's head, for people to read. */
const textOf = ({ blob, path, pull }: PlanView): say.PlanText => ({
  blob: blob ?? '',
  url: `${pull.url.replace(/\/pull\/\d+$/, '')}/blob/${pull.headSha}/${path.split('/').map(encodeURIComponent).join('/')}`,
});

/** The answer comes from a workflow of its own, which also ends the reactions; the task continues meanwhile. */
function ask(record: TaskRecord, view: TaskView, { by, on, comment }: CommandSignal, question: string): CommandEffect {
  const plan = view.plan ? { path: view.plan.path, commit: view.plan.pull.headSha } : null;
  const work: AskWork = {
    kind: 'ask',
    task: view.task,
    branches: view.branches,
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

/** `/execute ID ...` restarts these components, and approves nothing. */
function restart(record: TaskRecord, { view, settings }: Situation, ids: readonly string[]): CommandEffect {
  if (isClosedSince(view.issue, record)) return { record, refusal: say.issueIsClosed() };
  const unknown = ids.filter((id) => !(id in record.components));
  if (unknown.length > 0) return { record, refusal: say.unknownComponents(unknown, Object.keys(record.components)) };
  const held = ids.flatMap((id) => {
    const component = record.components[id];
    const by = component?.state === 'held' ? component.heldBy : null;
    return by !== null && !ids.includes(by) ? [[id, by] as const] : [];
  });
  if (held.length > 0) return { record, refusal: say.heldByDropped(held) };
  const startable = ids.filter((id) => isStopped(record, id) || isWaitingInVain(record, id));
  if (startable.length === 0)
    return { record, refusal: say.nothingToRestart(ids.map((id) => [id, record.components[id]?.state ?? 'waiting'])) };
  const { plan: shownPlan } = view;
  if (!shownPlan) return { record, refusal: say.nothingToExecute() };
  // Where a plan was being made, the command brings back the one before, which must be an approved one.
  if (record.planning.phase !== 'ready' && !isApproved(record, view, settings)) {
    const kept = keptSpecs(record, view, settings);
    if (!startable.every((id) => id in kept)) return { record, refusal: say.notApprovedYet() };
  }
  const present = resumed(record, shownPlan);
  if (!record.cancelled) return { record: again(present, view, startable) };
  // After a cancel only the named components continue; the rest is held until a person names it.
  const components = Object.fromEntries(
    Object.entries(record.components).map(([id, c]) => [id, c.state === 'waiting' && !ids.includes(id) ? leftOut(id, c) : c]),
  );
  return { record: again({ ...present, components }, view, startable) };
}

/** Whether it waits for another task, or for its own cancelled task to be resumed. */
function isWaitingInVain({ components, cancelled }: TaskRecord, id: string): boolean {
  const component = components[id];
  return component?.state === 'waiting' && (component.conflict !== null || cancelled);
}

const leftOut = (id: string, component: ComponentRecord): ComponentRecord =>
  withStatus(component, {
    state: 'held',
    heldBy: null,
    reason: `Left out when the task was resumed; \`/execute ${id}\` starts it.`,
  });

/** A new attempt for each; after a closed pull request it uses the next branch. */
function again(record: TaskRecord, view: TaskView, ids: readonly string[]): TaskRecord {
  const named = ids.flatMap((id): [string, ComponentRecord][] => {
    const component = record.components[id];
    return component ? [[id, startedAgain(component, view.components[id]?.pull ?? null)]] : [];
  });
  // A task that was done no longer is.
  return { ...record, review: 'none', ended: false, components: { ...record.components, ...Object.fromEntries(named) } };
}

function startedAgain(component: ComponentRecord, pull: PullRequest | null): ComponentRecord {
  // The blocker was met by a change request, not by the plan's own work: the same request is tried again.
  if (component.state === 'blocked' && component.job.kind === 'revise' && pull?.state === 'open')
    return withStatus(component, { state: 'open', note: null });
  const isNewAttempt = ['blocked', 'failed', 'dropped'].includes(component.state);
  const isInConflict = component.state === 'waiting' && component.conflict !== null;
  return withStatus(
    component,
    { state: 'waiting', conflict: null },
    {
      startDespiteConflict: component.startDespiteConflict || isInConflict,
      ...(pull?.state === 'closed' ? { generation: nextGeneration(pull.headRef), pull: null, stack: null, built: null } : {}),
      // Without a goal the scheduler counts a new attempt; a cancelled one continues where it was.
      goal: isNewAttempt || pull?.state === 'closed' ? null : component.goal,
    },
  );
}
