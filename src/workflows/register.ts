import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Spend } from '../domain/model/spend.ts';
import type { Signal } from '../domain/task/signal.ts';
import { type TaskRef, taskKey } from '../domain/task/task.ts';
import type { Work, WorkResult } from '../domain/task/work.ts';
import { executeComponent } from './component/component.ts';
import { registerRetried } from './engine/durable-retry.ts';
import { isStop, reasonOf } from './engine/failure.ts';
import { limitedUntil } from './engine/github-limit.ts';
import { configureTelemetry } from './engine/observed-run.ts';
import { registerResumptions } from './engine/resume-later.ts';
import type { SignalInput } from './engine/signal-input.ts';
import { configureWaits, hasRecorded, queueOf, runsOn, step, TASKS } from './engine/steps.ts';
import { answerQuestion, reviewWhole } from './planning/ask.ts';
import { PLAN_BRANCH_STEP, planIssue } from './planning/plan.ts';
import { deliveryOf } from './shared/delivery-of.ts';
import { observedModels } from './shared/observed-models.ts';
import { trackOpenTasks } from './shared/open-tasks.ts';
import type { WorkflowPorts } from './shared/ports.ts';
import { enforceTaskBudgets, spendOf } from './shared/task-budgets.ts';
import type { TaskSignals } from './shared/task-signals.ts';
import { reportEnded, whatOf } from './shared/work-told.ts';
import { reconcileTaskWith } from './task/reconcile-task.ts';

/** Registers every workflow under its permanent name; to be called once, before the engine is launched. */
export function registerWorkflows(ports: WorkflowPorts): TaskSignals {
  const { telemetry } = ports;
  configureWaits(ports.waits);
  configureTelemetry(telemetry);
  const within = enforceTaskBudgets(ports);
  const openTasks = trackOpenTasks(ports.openTaskList, ports.taskStates);
  const resumeLater = registerResumptions(TASKS);
  const plan = work('plan', planIssue);
  const component = work('component', executeComponent);
  const ask = work('ask', answerQuestion);
  const review = work('review', reviewWhole);
  const reconcile = reconcileTaskWith(ports, { plan, component, ask, review }, (...sent) => signals.enqueue(...sent), openTasks);
  const signals = registerRetried<SignalInput>({
    ...ports,
    name: 'advance',
    partition: ({ task }) => taskKey(task),
    run: reconcile,
    about: ({ task, signal, id }) => ({
      'planwright.task': taskKey(task),
      'planwright.signal': signal.kind,
      'planwright.delivery': deliveryOf(id),
    }),
    waited: ({ receivedAt }) => ports.time.latest() - receivedAt,
  });

  /** Registers a kind of work under its permanent name: it always reports to its task how it ended. */
  function work<W extends Work, R extends WorkResult>(name: W['kind'], run: (ports: WorkflowPorts, work: W) => Promise<R>) {
    const observed = (input: W): WorkflowPorts => {
      const own = within(input.task);
      return { ...own, models: observedModels(own, input, DBOS.workflowID as string) };
    };
    const whole = async (input: W) => {
      const workflow = DBOS.workflowID as string;
      const began = performance.now();
      telemetry.report({ kind: 'work_started', task: input.task, workflow, what: whatOf(input) });
      const result = await guarded(input, () => run(observed(input), input));
      reportEnded(telemetry, input, workflow, result, performance.now() - began);
      return ended(input.task, result);
    };
    const about = (input: W) => ({ 'planwright.task': taskKey(input.task), 'planwright.work': whatOf(input) });
    return DBOS.registerWorkflow(runsOn({ name, queue: queueOf({ kind: name }), about }, whole), { name });
  }

  async function signal(task: TaskRef, what: Signal, id: string, delayMs = 0): Promise<void> {
    const receivedAt = ports.time.latest() + delayMs;
    await signals.enqueue({ kind: 'signal', task, signal: what, id, receivedAt, lagged: 0 }, id, delayMs);
  }

  async function accept(task: TaskRef, what: Signal, id: string): Promise<void> {
    await signals.accept({ kind: 'signal', task, signal: what, id, receivedAt: ports.time.latest(), lagged: 0 }, id);
  }

  /** Reports to the task, which then decides from its state on GitHub and this result together. */
  async function ended<R extends WorkResult>(task: TaskRef, result: R): Promise<R> {
    const workflow = DBOS.workflowID as string;
    await signal(task, { kind: 'finished', workflow, result }, `${workflow}:ended:${await DBOS.now()}`);
    return result;
  }

  /** An unexpected error ends the work with a sentence for people and all details in the operator's log. */
  async function guarded<R>(input: Work, run: () => Promise<R>): Promise<R | Failed> {
    const workflow = DBOS.workflowID as string;
    try {
      return await run();
    } catch (error) {
      const until = limitedUntil(error);
      if (until !== null) {
        ports.log.warn(
          { workflow, until: new Date(until).toISOString() },
          'GitHub takes no more requests: work waits outside of its queue',
        );
        return resumeLater({ kind: 'resumption', task: input.task, workflow, queueName: queueOf(input) }, until);
      }
      if (isStop(error)) throw error;
      ports.log.error({ err: error, workflow }, 'A workflow failed');
      const spend = await step('count what it cost', () => spendOf(workflow, ports.priceOf));
      const published = await step('what was published', () => hasRecorded(workflow, PLAN_BRANCH_STEP));
      return { kind: 'failed', reason: reasonOf(error), published, spend };
    }
  }

  return { signal, accept, openTasks };
}

interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  readonly published: boolean;
  readonly spend: readonly Spend[];
}
