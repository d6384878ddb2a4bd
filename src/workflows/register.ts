import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Spend } from '../domain/model/spend.ts';
import type { Signal } from '../domain/task/signal.ts';
import { type TaskRef, taskKey } from '../domain/task/task.ts';
import type { WorkResult } from '../domain/task/work.ts';
import { executeComponent } from './component/component.ts';
import { isStop, reasonOf } from './engine/failure.ts';
import { retryDelaySeconds } from './engine/retry-schedule.ts';
import { markBusy, step, TASKS } from './engine/steps.ts';
import { answerQuestion, reviewWhole } from './planning/ask.ts';
import { planIssue } from './planning/plan.ts';
import type { WorkflowPorts } from './shared/ports.ts';
import { enforceTaskBudgets, spendOf } from './shared/task-budgets.ts';
import type { TaskSignals } from './shared/task-signals.ts';
import { type AdvanceInput, reconcileTaskWith } from './task/reconcile-task.ts';

/** Registers every workflow under its lasting name; to be called once, before the engine is launched. */
export function registerWorkflows(ports: WorkflowPorts): TaskSignals {
  const within = enforceTaskBudgets(ports);
  const plan = work('plan', planIssue);
  const component = work('component', executeComponent);
  const ask = work('ask', answerQuestion);
  const review = work('review', reviewWhole);
  const advanceOnce = reconcileTaskWith(ports, { plan, component, ask, review, look }, signal);
  const advance = DBOS.registerWorkflow(
    async (input: AdvanceInput): Promise<void> => {
      try {
        await advanceOnce(input);
      } catch (error) {
        const pause = retryDelaySeconds(error, input.tries);
        if (pause === null) throw error;
        ports.log.warn({ err: error, task: taskKey(input.task), againInSeconds: pause }, 'A signal could not be handled');
        await enqueue({ ...input, tries: input.tries + 1 }, `${DBOS.workflowID}:again`, { delaySeconds: pause });
      }
    },
    { name: 'advance' },
  );

  /** A piece of work under its lasting name: it tells its task how it ended, whatever happens in it. */
  function work<W extends { readonly task: TaskRef }, R extends WorkResult>(
    name: string,
    run: (ports: WorkflowPorts, work: W) => Promise<R>,
  ) {
    return DBOS.registerWorkflow(async (input: W) => ended(input.task, await guarded(() => run(within(input.task), input))), {
      name,
    });
  }

  async function signal(task: TaskRef, what: Signal, id: string): Promise<void> {
    await enqueue({ task, signal: what, receivedAt: ports.clock.now(), tries: 0 }, id);
  }

  async function look(task: TaskRef, id: string, seconds: number): Promise<void> {
    // It counts as arriving when it is due: what was seen until then was seen too early.
    const receivedAt = ports.clock.now() + seconds * 1000;
    await enqueue({ task, signal: { kind: 'hint' }, receivedAt, tries: 0 }, id, { delaySeconds: seconds });
  }

  async function enqueue(input: AdvanceInput, workflowID: string, delay: { readonly delaySeconds?: number } = {}): Promise<void> {
    markBusy();
    const enqueueOptions = { ...delay, queuePartitionKey: taskKey(input.task) };
    await DBOS.startWorkflow(advance, { workflowID, queueName: TASKS, enqueueOptions })(input);
  }

  /** Tells the task, which then looks at GitHub and at this result together. */
  async function ended<R extends WorkResult>(task: TaskRef, result: R): Promise<R> {
    const workflow = DBOS.workflowID as string;
    await signal(task, { kind: 'finished', workflow, result }, `${workflow}:ended:${await DBOS.now()}`);
    return result;
  }

  /** What no code foresaw ends the work with a sentence for people and the whole story in the operator's log. */
  async function guarded<R>(run: () => Promise<R>): Promise<R | { kind: 'failed'; reason: string; spend: readonly Spend[] }> {
    try {
      return await run();
    } catch (error) {
      if (isStop(error)) throw error;
      ports.log.error({ err: error, workflow: DBOS.workflowID }, 'A workflow failed');
      const id = DBOS.workflowID as string;
      const spend = await step('count what it cost', () => spendOf(id, ports.priceOf));
      return { kind: 'failed', reason: reasonOf(error), spend };
    }
  }

  return { signal };
}
