import type { Signal } from '../../domain/task/signal.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { AskWork, ComponentWork, PlanWork, ReviewWork } from '../../domain/task/work.ts';
import { closePullRequest, describePullRequest, flagChecks } from '../../publishing/pull-request.ts';
import { putReply } from '../../publishing/replies.ts';
import { putStatus } from '../../publishing/status-comment.ts';
import { statusComment } from '../../replies/pages/status-comment.ts';
import { decide } from '../../task/decide.ts';
import type { Action, Decision } from '../../task/model/action.ts';
import type { TaskView } from '../../task/model/view.ts';
import { observe } from '../../task/observe.ts';
import { statusFacts } from '../../task/status-facts.ts';
import { COMPONENTS, ensureWork, PLANS, step, stopWork, workOf } from '../engine/steps.ts';
import { checkPlan } from '../planning/check-plan.ts';
import { resolvePlanConflict } from '../planning/resolve-plan-conflict.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import { requestReviews } from '../shared/request-reviews.ts';
import { checkPushedScope } from '../shared/scope-check.ts';
import { releasesFiles, startsNewWork, trackFileConflicts } from './file-conflicts.ts';
import { handleRemovedIssue } from './issue-removed.ts';

export interface AdvanceInput {
  readonly task: TaskRef;
  readonly signal: Signal;
  /** When the signal arrived, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** How often it was already given back because GitHub did not answer. */
  readonly tries: number;
}

export interface Starters {
  readonly plan: (work: PlanWork) => Promise<unknown>;
  readonly component: (work: ComponentWork) => Promise<unknown>;
  readonly ask: (work: AskWork) => Promise<unknown>;
  readonly review: (work: ReviewWork) => Promise<unknown>;
  /** Looks at the task after so many seconds, once for each id. */
  readonly look: (task: TaskRef, id: string, seconds: number) => Promise<unknown>;
}

/** Checking an edited plan changes what is to be decided, so the task is looked at again; more rounds than this mean a mistake. */
const MAX_ROUNDS = 3;

/** A checked plan, stopped work and a pull request made ready change what there is to see. */
const CHANGES_THE_VIEW: ReadonlySet<Action['kind']> = new Set(['check_plan', 'stop', 'make_ready']);

/** A plan has just reached its branch, whose base may have moved while it was made. */
const isPlanned = (signal: Signal): boolean => signal.kind === 'finished' && signal.result.kind === 'planned';

/** Observe, decide, act: one signal on one task. Signals of a task come here one after the other. */
export function reconcileTaskWith(
  ports: WorkflowPorts,
  start: Starters,
  wake: (task: TaskRef, signal: Signal, id: string) => Promise<void>,
) {
  const claims = trackFileConflicts(ports);
  // When each task was last looked at. A hint that arrived before has been seen with everything it hints at: GitHub changes first
  // and tells afterwards. So a burst of deliveries costs one look, and losing this memory costs no more than one look too many.
  const observedAt = new Map<string, number>();

  return async function advance({ task, signal, receivedAt }: AdvanceInput): Promise<void> {
    try {
      if (signal.kind === 'gone') return await handleRemovedIssue(ports, task, signal.to);
      if (signal.kind === 'base_moved') await step('keep mergeable', () => resolvePlanConflict(ports, task, 'may be'));
      if (isPlanned(signal)) await step('keep mergeable', () => resolvePlanConflict(ports, task, 'is over'));
      for (let round = 1; round <= MAX_ROUNDS; round++) {
        const now = round === 1 ? signal : ({ kind: 'hint' } as const);
        const view = await step('observe', () => look(task, now, round === 1 ? receivedAt : Number.POSITIVE_INFINITY));
        if (!view) return;
        const decision = await decideBeside(view, now);
        for (const action of decision.acknowledgements) await act(action, task);
        const { record } = decision;
        if (record) {
          const body = statusComment(statusFacts(view, record));
          await step('status', () => putStatus(ports.forge.repository(task.repository), task.issue, view.status, body));
        }
        for (const action of decision.actions) await act(action, task);
        claims.settled(
          task,
          Object.values(record?.components ?? {}).some((c) => c.waits_for !== null),
        );
        if (releasesFiles(view, decision)) await wakeOthers(view);
        if (!decision.actions.some((a) => CHANGES_THE_VIEW.has(a.kind))) return;
      }
    } catch (error) {
      observedAt.delete(taskKey(task));
      claims.settled(task, true);
      throw error;
    }
  };

  /** What is about to start may have to wait for another task's component that changes the same files. */
  async function decideBeside(view: TaskView, signal: Signal): Promise<Decision> {
    const alone = decide(view, signal);
    if (!startsNewWork(alone, view)) return alone;
    const fileConflicts = await step('overlaps', () => claims.fileConflicts(view, (seen) => decide(seen, signal)));
    return Object.keys(fileConflicts).length === 0 ? alone : decide({ ...view, fileConflicts }, signal);
  }

  async function wakeOthers({ task, at }: TaskView): Promise<void> {
    for (const other of await step('who waits', async () => claims.waiting(task)))
      await wake(other, { kind: 'hint' }, `wake:${taskKey(task)}:${at}:${other.issue}`);
  }

  async function look(task: TaskRef, signal: Signal, receivedAt: number): Promise<TaskView | null> {
    const key = taskKey(task);
    if (signal.kind === 'hint' && (observedAt.get(key) ?? 0) > receivedAt) return null;
    if (signal.kind === 'labelled' && !(await isTrigger(task, signal.label))) return null;
    observedAt.set(key, ports.clock.now());
    return observe(task, signal, { ...ports, settings: ports.settings.load, work: workOf });
  }

  /** Labels come and go all day; only one that starts something is worth a look at the task. Unreadable settings are, too. */
  async function isTrigger(task: TaskRef, label: string): Promise<boolean> {
    const loaded = await ports.settings.recent(ports.forge.repository(task.repository));
    return !loaded.ok || loaded.value.trigger.labels.includes(label);
  }

  async function act(action: Action, task: TaskRef): Promise<void> {
    const repo = ports.forge.repository(task.repository);
    switch (action.kind) {
      case 'react':
        return step(`react ${action.reaction}`, () => repo.react(action.target, action.reaction));
      case 'reply':
        await step('reply', () => putReply(repo, action.on, action.key, action.text, action.orOn));
        return;
      case 'stop':
        return stopWork(action.workflow);
      case 'plan':
        return ensureWork(start.plan, PLANS, action.workflow, action.work);
      case 'execute':
        return ensureWork(start.component, COMPONENTS, action.workflow, action.work);
      case 'ask':
        return ensureWork(start.ask, PLANS, action.workflow, action.work);
      case 'review_whole':
        return ensureWork(start.review, PLANS, action.workflow, action.work);
      case 'check_plan':
        return step('check plan', () => checkPlan(ports, task, action));
      case 'check_scope':
        return step('check scope', () => checkPushedScope(ports, task, action));
      case 'report_check':
        return step('report check', () => repo.reportCheck(action.head, action.report));
      case 'describe_pull':
        return step('describe pull request', () => describePullRequest(repo, action.number, action.body));
      case 'close_pull':
        return step('close pull request', () => closePullRequest(repo, action.number));
      case 'make_ready':
        return void (await step('make ready', () => repo.markReady(action.number)));
      case 'request_review':
        return step('request review', () => requestReviews(repo, action.number, action.of));
      case 'flag_checks':
        return step('flag checks', () => flagChecks(repo, action.number, action.failing));
      case 'look_again':
        return void (await start.look(task, action.workflow, action.seconds));
      case 'close_issue':
        return step('close issue', () => repo.closeIssue(task.issue));
    }
  }
}
