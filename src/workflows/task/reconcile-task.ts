import type { Signal } from '../../domain/task/signal.ts';
import { type TaskRef, type TaskState, taskKey } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { AskWork, ComponentWork, PlanWork, ReviewWork } from '../../domain/task/work.ts';
import { closePullRequest, describePullRequest, flagChecks } from '../../publishing/pull-request.ts';
import { putReply } from '../../publishing/replies.ts';
import { putStatus } from '../../publishing/status-comment.ts';
import { tooManyCommands } from '../../replies/comments/answers.ts';
import { statusWasEdited } from '../../replies/comments/lifecycle.ts';
import { statusComment } from '../../replies/pages/status-comment.ts';
import { auditOf } from '../../task/audit.ts';
import { decide } from '../../task/decide.ts';
import type { Action, Decision } from '../../task/model/action.ts';
import type { TaskView } from '../../task/model/view.ts';
import { statusFacts, taskEntry } from '../../task/status-facts.ts';
import { Unfinished } from '../engine/durable-retry.ts';
import type { SignalInput } from '../engine/signal-input.ts';
import { ensureWork, freshStep, optionalStep, step, stopWork } from '../engine/steps.ts';
import { checkPlan } from '../planning/check-plan.ts';
import { resolvePlanConflict } from '../planning/resolve-plan-conflict.ts';
import { deliveryOf } from '../shared/delivery-of.ts';
import type { OpenTasks } from '../shared/open-tasks.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { requestReviews } from '../shared/request-reviews.ts';
import { checkPushedScope } from '../shared/scope-check.ts';
import { type Admission, createAdmissionControl } from './admission-control.ts';
import { releasesFiles, startsNewWork, trackFileConflicts } from './file-conflicts.ts';
import { handleRemovedIssue } from './issue-removed.ts';
import { type Observed, observeForWith } from './observe-for-signal.ts';
import { rememberViews } from './seen-views.ts';
import { unlessLocked } from './unless-locked.ts';
import { withSaidOnce } from './unsaid-actions.ts';
import { personOf, wordFor, wordsFor } from './words-for.ts';

export interface Starters {
  readonly plan: (work: PlanWork) => Promise<unknown>;
  readonly component: (work: ComponentWork) => Promise<unknown>;
  readonly ask: (work: AskWork) => Promise<unknown>;
  readonly review: (work: ReviewWork) => Promise<unknown>;
}

/** How a signal reaches its task: at once, or after a wait. */
export type Send = (input: SignalInput, workflow: string, delayMs?: number) => Promise<void>;

/** What is reported of a signal once it has been dealt with. */
interface Done {
  result: string;
  readonly did: string[];
}

type Act = (action: Action) => Promise<void>;

/** Checking an edited plan changes what is to be decided, so the task is observed again; more rounds than this mean a mistake. */
const MAX_ROUNDS = 3;

/** Actions after which the view is different: a checked plan, stopped work, and a pull request made ready. */
const CHANGES_THE_VIEW: ReadonlySet<Action['kind']> = new Set(['check_plan', 'stop', 'make_ready']);

/** Whether a plan has just reached its branch, whose base may have moved while it was made. */
const isPlanned = (signal: Signal): boolean => signal.kind === 'finished' && signal.result.kind === 'planned';

/** Observe, decide, act: one signal on one task. Signals of a task come here one after the other. */
export function reconcileTaskWith(ports: WorkflowPorts, start: Starters, send: Send, open: OpenTasks) {
  const claims = trackFileConflicts(ports);
  // A hint that arrived before the last observation has been seen with everything it hints at, so that a burst of deliveries costs
  // one observation.
  const seen = rememberViews(ports.statusTexts);
  const admissionControl = createAdmissionControl(ports.clock);
  const observeFor = observeForWith(ports, { seen, admissionControl });

  return async function reconcile(input: SignalInput): Promise<void> {
    const { task, signal, id } = input;
    const done: Done = { result: 'nothing to do', did: [] };
    await reconcileOnce(input, done);
    const about = { delivery: deliveryOf(id), signal: wordFor(signal), who: personOf(signal) };
    ports.telemetry.report({ kind: 'signal', task, ...about, ...done });
  };

  async function reconcileOnce(input: SignalInput, done: Done): Promise<void> {
    const { task, signal } = input;
    let unsaid = input.unsaid ?? [];
    // A later round decides again what an earlier one has said, and finding it on GitHub costs a request.
    const said = new Set<string>();
    const act = async (action: Action): Promise<void> => {
      const reply = action.kind === 'reply' ? `${action.on} ${action.key}` : null;
      done.did.push(wordsFor(action));
      // The step stays, because the engine knows the steps of a workflow by their order.
      if (reply !== null && said.has(reply)) await step('reply', async () => {});
      else await perform(action, task);
      if (reply !== null) said.add(reply);
      unsaid = unsaid.filter((other) => other !== action);
    };
    try {
      if (signal.kind === 'gone') return await end(task, signal.to, done);
      // This only updates the memory: the next signal finds the task without its record.
      if (signal.kind === 'status_deleted') return seen.statusDeleted(task, signal.comment);
      // The record grants nothing and is read again with the next signal, so nothing follows but that people hear of it.
      if (signal.kind === 'status_edited') return await reportStatusEdit(task, signal, act);
      if (signal.kind === 'base_moved') await step('keep mergeable', () => resolvePlanConflict(ports, task, 'may be'));
      if (isPlanned(signal)) await step('keep mergeable', () => resolvePlanConflict(ports, task, 'is over'));
      for (let round = 1; round <= MAX_ROUNDS; round++) {
        const now: SignalInput =
          round === 1 ? input : { ...input, signal: { kind: 'hint' }, receivedAt: Number.POSITIVE_INFINITY };
        const observed = await step('observe', () => observeFor(now));
        if (observed.kind === 'gone') return await end(task, null, done);
        if (observed.kind === 'refused' || observed.kind === 'too_fast') {
          done.result = observed.kind;
          for (const action of unsaid) await act(action);
          return await turnAway(observed, now.signal, act);
        }
        const view = await usable(now, observed);
        if (!view) {
          if (observed.kind === 'outdated') done.result = 'GitHub does not show it yet';
          else for (const action of unsaid) await act(action);
          return;
        }
        if (view.issue.locked) noteLocked(view, now.signal);
        const decision = await decideWithConflicts(view, now.signal);
        admissionControl.decided(view, now.signal, decision);
        for (const action of decision.acknowledgements) await act(action);
        const { record } = decision;
        // Before the record is written: GitHub may have it although its answer was lost, and then no later decision has these.
        if (record) unsaid = withSaidOnce(unsaid, decision.actions);
        done.result = record ? await writeStatus(view, record, now.signal) : 'no task';
        for (const action of decision.actions) await act(action);
        for (const action of unsaid) await act(action);
        await claims.settled(
          task,
          Object.values(record?.components ?? {}).some((c) => c.state === 'waiting' && c.conflict !== null),
        );
        if (releasesFiles(view, decision)) await notifyWaiting(view);
        if (!decision.actions.some((a) => CHANGES_THE_VIEW.has(a.kind))) return;
      }
    } catch (error) {
      seen.forget(task);
      await claims.settled(task, true);
      throw unsaid.length > 0 ? new Unfinished(error, { ...input, unsaid }) : error;
    }
  }

  async function end(task: TaskRef, to: string | null, done: Done): Promise<void> {
    done.result = 'gone';
    await quietly(task, open.remove(task));
    await quietly(task, ports.history.taskRemoved(task));
    await handleRemovedIssue(ports, task, to);
  }

  /** A list that is out of date costs an observation, and is no reason to end a workflow. */
  async function quietly(task: TaskRef, noted: Promise<void>): Promise<void> {
    await noted.catch((error: unknown) =>
      ports.log.warn({ err: error, task: taskKey(task) }, 'The list of open tasks is out of date'),
    );
  }

  /** Answers a signal that is not admitted, with one request at most. */
  async function turnAway({ kind, ...more }: Exclude<Admission, { kind: 'admitted' }>, signal: Signal, act: Act): Promise<void> {
    if (signal.kind !== 'command') return;
    if (kind === 'refused') return act({ kind: 'react', target: signal.comment, reaction: 'confused' });
    if ('first' in more && more.first)
      return act({ kind: 'reply', on: signal.on, key: `too-fast:${signal.comment.id}`, text: tooManyCommands(signal.by) });
  }

  /** The view to decide on; null where there is nothing to decide, or not yet. */
  async function usable(
    input: SignalInput,
    observed: Extract<Observed, { kind: 'nothing' | 'outdated' | 'view' }>,
  ): Promise<TaskView | null> {
    if (observed.kind !== 'outdated') return observed.kind === 'view' ? observed.view : null;
    const delayMs = ports.waits.lag[input.lagged];
    const { task, lagged } = input;
    if (delayMs !== undefined) {
      const again = { ...input, lagged: lagged + 1, receivedAt: ports.time.latest() + delayMs };
      await send(again, `${input.id}:lag${lagged + 1}`, delayMs);
      return null;
    }
    // The warning claims no more than is known: the change may have been undone since.
    ports.log.warn(
      { task: taskKey(task), missing: observed.missing, signal: input.signal.kind },
      'GitHub still does not show what it announced',
    );
    await seen.acceptStatus(task);
    if (observed.view === null && input.signal.kind === 'hint') await quietly(task, open.lost(task));
    return observed.view;
  }

  async function reportStatusEdit(
    task: TaskRef,
    { editor, at, url }: Extract<Signal, { kind: 'status_edited' }>,
    act: Act,
  ): Promise<void> {
    ports.log.warn({ task: taskKey(task), editor, at }, 'A person edited the status comment, which holds the record of the task');
    await act({ kind: 'reply', on: task.issue, key: `status-edited:${at}`, text: statusWasEdited(editor, url) });
  }

  /** People cannot be told on the locked issue, so the operator is. */
  function noteLocked({ task, record }: TaskView, signal: Signal): void {
    const state = record ? 'paused' : 'not started';
    ports.log.warn({ task: taskKey(task), signal: signal.kind }, `${taskKey(task)} is ${state}: its issue is locked`);
  }

  async function writeStatus(view: TaskView, record: TaskRecord, signal: Signal): Promise<TaskState> {
    const { task } = view;
    const facts = statusFacts(view, record, ports.dashboard);
    const body = statusComment(facts);
    const put = () => putStatus(ports.forge.repository(task.repository), task.issue, view.status, body);
    const written = await freshStep('status', async () => {
      // Before the actions: what is carried out was in the audit first.
      await ports.history.noteTask(taskEntry(view, facts), auditOf(view, signal, record, ports.serverUrl));
      return unlessLocked(put);
    });
    if (written) await seen.wrote(task, body);
    await quietly(task, open.note(task, facts.state));
    return facts.state;
  }

  /** A component that is about to start may have to wait for another task's component that changes the same files. */
  async function decideWithConflicts(view: TaskView, signal: Signal): Promise<Decision> {
    const alone = decide(view, signal);
    if (!startsNewWork(alone, view)) return alone;
    const fileConflicts = await step('overlaps', () => claims.fileConflicts(view, (seen) => decide(seen, signal)));
    return Object.keys(fileConflicts).length === 0 ? alone : decide({ ...view, fileConflicts }, signal);
  }

  async function notifyWaiting({ task, at }: TaskView): Promise<void> {
    for (const other of await step('who waits', () => claims.waiting(task))) {
      const id = `wake:${taskKey(task)}:${at}:${other.issue}`;
      await send({ kind: 'signal', task: other, signal: { kind: 'hint' }, id, receivedAt: ports.time.latest(), lagged: 0 }, id);
    }
  }

  async function observeLater(task: TaskRef, id: string, delayMs: number): Promise<void> {
    // It counts as arriving when it is due, because observations before that are too early.
    const receivedAt = ports.time.latest() + delayMs;
    await send({ kind: 'signal', task, signal: { kind: 'hint' }, id, receivedAt, lagged: 0 }, id, delayMs);
  }

  async function perform(action: Action, task: TaskRef): Promise<void> {
    const repo = ports.forge.repository(task.repository);
    switch (action.kind) {
      case 'react':
        return optionalStep(`react ${action.reaction}`, () => repo.react(action.target, action.reaction), 'by a person');
      case 'reply':
        await step('reply', () => unlessLocked(() => putReply(repo, action.on, action)));
        return;
      case 'stop':
        return stopWork(action.workflow);
      case 'plan':
        return ensureWork(start.plan, action.workflow, action.work);
      case 'execute':
        return ensureWork(start.component, action.workflow, action.work);
      case 'ask':
        return ensureWork(start.ask, action.workflow, action.work);
      case 'review_whole':
        return ensureWork(start.review, action.workflow, action.work);
      case 'check_plan':
        return step('check plan', () => checkPlan(ports, task, action));
      case 'check_scope':
        return step('check scope', () => checkPushedScope(ports, task, action));
      case 'report_check':
        return step('report check', () => repo.reportCheck(action.head, action.report, action.again));
      case 'describe_pull':
        return step('describe pull request', () => describePullRequest(repo, action.number, action.body));
      case 'close_pull':
        return step('close pull request', () => closePullRequest(repo, action.number));
      case 'make_ready':
        return void (await step('make ready', () => repo.markReady(action.number)));
      case 'request_review':
        return optionalStep('request review', () => requestReviews(repo, action.number, action.of), 'fresh');
      case 'flag_checks':
        return optionalStep('flag checks', () => flagChecks(repo, action.number, action.failing));
      case 'observe_later':
        return observeLater(task, action.workflow, action.seconds * 1_000);
      case 'close_issue':
        return step('close issue', () => repo.closeIssue(task.issue));
    }
  }
}
