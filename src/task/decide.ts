import type { Plan } from '../domain/plan/plan.ts';
import { specHash } from '../domain/plan/spec-hash.ts';
import { issueDigest } from '../domain/task/issue-digest.ts';
import { parsePlanMarker } from '../domain/task/marker.ts';
import type { Signal } from '../domain/task/signal.ts';
import type { TaskRecord, TaskState } from '../domain/task/task.ts';
import type { ReviewWork } from '../domain/task/work.ts';
import { reviewWorkflowId } from '../domain/task/work-id.ts';
import * as say from '../replies/comments/answers.ts';
import type { Settings } from '../settings/repository-settings.ts';
import { markReadyWhenGreen } from './ci/mark-ready.ts';
import { executeCommand } from './commands/execute-command.ts';
import { type Addressed, acknowledge, announcements, answer } from './commands/feedback.ts';
import { changesRequested } from './commands/request-changes.ts';
import { settle } from './components/apply-results.ts';
import { describePulls } from './components/describe-pulls.ts';
import { schedule } from './components/schedule.ts';
import type { Action, Decision } from './model/action.ts';
import { type Authorised, authorise } from './model/authorise.ts';
import type { CommandEffect } from './model/command-effect.ts';
import { isDone } from './model/done.ts';
import { applyIssueClosing, closingNews, isLive } from './model/issue-closing.ts';
import { stateOf } from './model/state.ts';
import type { PlanView, TaskView } from './model/view.ts';
import { requiredChecks } from './own-checks/required.ts';
import { approvalOf, isChecked } from './planning/approval.ts';
import { isWithdrawn } from './planning/plan-closed.ts';
import { blockedNow, planAction, planWorkflowOf, startPlanning } from './planning/start.ts';
import { stopAll } from './stop-all.ts';
import { withFinished } from './with-finished.ts';
import { withoutSettings } from './without-settings.ts';

/** From what is, and what somebody did, to what is to be done. Pure: the same view and signal give the same decision. */
export function decide(seen: TaskView, signal: Signal): Decision {
  const view = withFinished(seen, signal);
  const settled = view.record ? settle(view.record, view, signal) : null;
  if (!view.settings.ok) return withoutSettings(view, signal, settled, view.settings.reason);
  const settings = view.settings.value;
  const before = settled ? stateOf(settled, planOf(view), isApproved(settled, view, settings)) : 'none';
  const effect = respond(settled, before, view, signal, settings);
  const heard = { acknowledgements: acknowledge(signal, effect) };
  if (!effect.record) return { ...heard, record: null, actions: answer(view, signal, effect) };

  const record = applyIssueClosing(effect.record, before, view, signal);
  const stopped = record.cancelled && !effect.record.cancelled ? [closingNews(record, view, signal)] : [];
  const amended = amend(record, view, settings);
  const scheduled = next(amended.record, view, settings, [...(effect.actions ?? []), ...amended.actions]);
  const news = announcements(view.record, scheduled.record, view);
  const approved =
    scheduled.record.planning.phase === 'ready' ? approvedSpecs(scheduled.record, view, settings) : scheduled.record.approved;
  const checks = requiredChecks(scheduled.record, view, approved);
  const replies = answer(view, signal, effect);
  return { ...heard, record: scheduled.record, actions: [...stopped, ...news, ...scheduled.actions, ...checks, ...replies] };
}

function respond(
  record: TaskRecord | null,
  state: TaskState | 'none',
  view: TaskView,
  signal: Signal,
  settings: Settings,
): Addressed {
  if (signal.kind === 'hint' || signal.kind === 'finished' || signal.kind === 'base_moved' || signal.kind === 'gone')
    return { record, addressed: false };
  if (signal.kind === 'command' && !record && signal.command.kind !== 'plan') return { record, addressed: false };
  if (signal.kind === 'command' && !isOfTask(signal.on, view)) return { record, addressed: false };
  if (signal.kind === 'labelled' && !settings.trigger.labels.includes(signal.label)) return { record, addressed: false };
  const allowed = authorise(signal, view.permission);
  switch (signal.kind) {
    case 'command':
      if (!allowed) return { record, addressed: true, refusal: say.needsWriteAccess(signal.by) };
      return { ...obey(record, state, view, allowed as Authorised<typeof signal>, settings), addressed: true };
    case 'labelled':
      return { ...label(record, state, view, signal, allowed !== null, settings), addressed: true };
    case 'unlabelled':
      if (!record || state !== 'planning' || !settings.trigger.labels.includes(signal.label)) return { record, addressed: false };
      // Put back meanwhile, or asked for by another label as well.
      if (view.issue.labels.some((l) => settings.trigger.labels.includes(l))) return { record, addressed: false };
      return { record: { ...record, cancelled: true }, addressed: false };
    case 'approved':
      return allowed || !record
        ? { record, addressed: false }
        : { record, addressed: true, refusal: say.approvalNeedsWriteAccess(signal.by) };
    case 'changes_requested':
      return changesRequested(record, state, view, allowed as Authorised<typeof signal> | null);
    case 'reopened':
      if (record && state === 'done') return { record: { ...record, ended: true }, addressed: false };
      return record && (state === 'cancelled' || state === 'failed')
        ? { record, addressed: true, answer: say.reopened() }
        : { record, addressed: false };
    case 'edited':
      return edited(record, state, view, signal.by, allowed !== null);
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
  const started = startPlanning(record, view, { by: signal.by, at: signal.at, issueText: signal.issueText, cause: 'issue' });
  return { record: started, actions: [planAction(started, view, signal.issueText, null)] };
}

/** A blocker that no revision answers yet makes the planner amend the plan by itself, where the settings say so. */
function amend(record: TaskRecord, view: TaskView, settings: Settings): { record: TaskRecord; actions: Action[] } {
  const open = blockedNow(record).some((blocker) => !record.planning.answers.includes(blocker));
  const able = record.planning.phase === 'ready' && !record.cancelled && issueDigest(view.issue) === record.trigger.digest;
  if (!open || !able || settings.execution.amend !== 'auto') return { record, actions: [] };
  const issueText = { title: view.issue.title, body: view.issue.body };
  const planning = startPlanning(record, view, { ...record.trigger, issueText, cause: 'blocker' });
  return { record: planning, actions: [planAction(planning, view, issueText, null)] };
}

/** Once: what stands in the record was done, and only its closing reaction may be missing. */
function obey(
  record: TaskRecord | null,
  state: TaskState | 'none',
  view: TaskView,
  signal: Authorised<Extract<Signal, { kind: 'command' }>>,
  settings: Settings,
): CommandEffect {
  const key = `${signal.comment.kind}:${signal.comment.id}`;
  if (record?.obeyed.includes(key)) return { record };
  const effect = executeCommand(record, state, view, signal, settings);
  if (effect.record === null || effect.record === record) return effect;
  return { ...effect, record: { ...effect.record, obeyed: [...effect.record.obeyed, key].slice(-MAX_OBEYED) } };
}

/** Signals of a task come one after the other, and one comes back within hours. */
const MAX_OBEYED = 20;

/** What a writer asked to have planned is not what stands there any more: nothing goes on before a writer has read it. */
function edited(record: TaskRecord | null, state: TaskState | 'none', view: TaskView, by: string, byWriter: boolean): Addressed {
  if (!record || byWriter || !isLive(state) || issueDigest(view.issue) === record.trigger.digest)
    return { record, addressed: false };
  return { record: { ...record, cancelled: true }, addressed: true, answer: say.stoppedByEdit(by) };
}

function next(
  record: TaskRecord,
  view: TaskView,
  settings: Settings,
  asked: readonly Action[],
): { record: TaskRecord; actions: Action[] } {
  if (record.cancelled) return { record, actions: stopAll(record, view) };
  const { plan } = view;
  if (record.planning.phase !== 'ready') {
    const ahead = record.planning.phase === 'running' ? planning(record, view, asked) : { record, actions: [...asked] };
    // A blocker stops its component and what depends on it; the others go on while the plan is amended, or waits to be.
    if (record.planning.cause !== 'blocker' || plan?.file?.ok !== true) return ahead;
    const approved = approvedSpecs(record, view, settings);
    const going = schedule(ahead.record, view, plan, plan.file.value, approved, settings);
    const handed = markReadyWhenGreen(
      { ...ahead.record, components: going.components },
      view,
      approved,
      [record.trigger.by],
      settings,
    );
    const after = { ...ahead.record, components: { ...handed.components } };
    return { record: after, actions: [...ahead.actions, ...going.actions, ...handed.actions] };
  }
  if (!plan) return { record, actions: [...asked] };
  const actions: Action[] = [...asked];
  if (plan.file?.ok !== true) return { record, actions };
  const approved = approvedSpecs(record, view, settings);
  const stale = staleness(record, view, settings);
  if (stale && !stale.accepted) return { record: { ...record, approved, stale }, actions };
  const scheduled = schedule(record, view, plan, plan.file.value, approved, settings);
  const approvers = approvalOf(plan, record, view.issue.author.login, settings.approval).by;
  // What a blocker's revision has kept is approved still, by people whom the new text does not name.
  const reviewers = approvers.length > 0 ? approvers : [record.trigger.by];
  const handed = markReadyWhenGreen({ ...record, components: scheduled.components }, view, approved, reviewers, settings);
  const after = { ...record, approved, stale, components: { ...handed.components } };
  actions.push(...scheduled.actions, ...handed.actions, ...describePulls(after, view, plan, plan.file.value));
  if (!isDone(after, plan.file.value)) return { record: after, actions };
  const ending = finish(after, view, plan, settings);
  return { record: ending.record, actions: [...actions, ...ending.actions] };
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

/** Everything is merged: one look at the whole, if the settings want it, and then the issue and the plan are closed. */
function finish(
  before: TaskRecord,
  view: TaskView,
  plan: PlanView,
  settings: Settings,
): { record: TaskRecord; actions: Action[] } {
  const actions: Action[] = [];
  const { pull } = plan;
  const { revision, generation } = before.planning;
  const wanted = settings.plan.final_review && view.issue.state === 'open';
  const record = before.review === 'none' ? { ...before, review: wanted ? ('running' as const) : ('done' as const) } : before;
  if (record.review === 'running') {
    const work = before.review === 'none' ? 'absent' : view.reviewWork.kind;
    if (work === 'absent' || work === 'cancelled') {
      const pulls = Object.entries(record.components).flatMap(([component, c]) =>
        c.state === 'merged' && c.pull !== null ? [{ component, pull: c.pull }] : [],
      );
      const review: ReviewWork = { kind: 'review', task: view.task, plan: { path: plan.path, commit: pull.headSha }, pulls };
      actions.push({ kind: 'review_whole', workflow: reviewWorkflowId(view.task, revision, generation), work: review });
    }
    return { record, actions };
  }
  if (pull.state === 'open') {
    actions.push({ kind: 'reply', on: pull.number, key: 'done', text: say.planCarriedOut(record) });
    actions.push({ kind: 'close_pull', number: pull.number });
  }
  if (view.issue.state === 'open' && !record.ended) actions.push({ kind: 'close_issue' });
  return { record: { ...record, ended: record.ended || view.issue.state === 'closed' }, actions };
}

/** What people stand by now: all of the plan at the head, or what of the last approval a blocker's revision has kept. */
function approvedSpecs(record: TaskRecord, view: TaskView, settings: Settings): TaskRecord['approved'] {
  const { plan } = view;
  if (plan?.file?.ok !== true) return record.planning.phase === 'ready' ? {} : record.approved;
  const { value } = plan.file;
  if (isApproved(record, view, settings)) return Object.fromEntries(value.components.map((c) => [c.id, specHash(value, c.id)]));
  // Not the planner's own text any more: a person edited it, and that voids what was approved.
  const asPosted = parsePlanMarker(plan.pull.body)?.blob === plan.blob && !isWithdrawn(plan, record);
  return record.planning.phase !== 'ready' || (record.planning.cause === 'blocker' && asPosted) ? record.approved : {};
}

/** A plan made for files that are not the same any more starts only when a writer says so knowing it. */
function staleness(record: TaskRecord, view: TaskView, settings: Settings): TaskRecord['stale'] {
  if (record.stale?.accepted || !view.stale || !isApproved(record, view, settings)) return record.stale;
  return view.stale.length > 0 ? { files: view.stale.slice(0, 20), accepted: false } : null;
}

/** Anybody's App can write our markers into its pull requests; a command counts on the issue and on pull requests of ours. */
const isOfTask = (on: number, { issue, plan, record, components }: TaskView): boolean =>
  on === issue.number ||
  on === plan?.pull.number ||
  on === record?.plan_pull ||
  Object.values(record?.components ?? {}).some((c) => c.pull === on) ||
  Object.values(components).some((c) => c.pull?.number === on);

const planOf = ({ plan }: TaskView): Plan | null => (plan?.file?.ok ? plan.file.value : null);

const isApproved = (record: TaskRecord, view: TaskView, settings: Settings): boolean =>
  view.plan !== null && isChecked(view.plan) && approvalOf(view.plan, record, view.issue.author.login, settings.approval).given;
