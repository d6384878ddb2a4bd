import { DBOS, Error as EngineError } from '@dbos-inc/dbos-sdk';
import type { Signal } from '../domain/signal.ts';
import { type TaskRef, taskKey } from '../domain/task.ts';
import type { ComponentResult, ComponentWork, PlanResult, PlanWork } from '../domain/work.ts';
import { type AdvanceInput, advanceWith } from './advance.ts';
import { executeComponent } from './component.ts';
import { TASKS } from './engine.ts';
import { planIssue } from './plan.ts';
import type { WorkflowPorts } from './ports.ts';

export interface Workflows {
  /** Makes a signal durable and returns; it is acted on in its task's turn. The same id is taken once. */
  signal(task: TaskRef, signal: Signal, id: string): Promise<void>;
}

/** Registers every workflow under its lasting name; to be called once, before the engine is launched. */
export function registerWorkflows(ports: WorkflowPorts): Workflows {
  const plan = DBOS.registerWorkflow(
    async (work: PlanWork): Promise<PlanResult> => ended(work.task, await guarded(() => planIssue(ports, work))),
    {
      name: 'plan',
    },
  );
  const component = DBOS.registerWorkflow(
    async (work: ComponentWork): Promise<ComponentResult> => ended(work.task, await guarded(() => executeComponent(ports, work))),
    { name: 'component' },
  );
  const advance = DBOS.registerWorkflow(advanceWith(ports, { plan, component }), { name: 'advance' });

  async function signal(task: TaskRef, what: Signal, id: string): Promise<void> {
    const input: AdvanceInput = { task, signal: what, receivedAt: ports.clock.now() };
    const enqueueOptions = { queuePartitionKey: taskKey(task) };
    await DBOS.startWorkflow(advance, { workflowID: id, queueName: TASKS, enqueueOptions })(input);
  }

  /** Tells the task, which then looks at GitHub and at this result together. */
  async function ended<R extends PlanResult | ComponentResult>(task: TaskRef, result: R): Promise<R> {
    const workflow = DBOS.workflowID as string;
    await signal(task, { kind: 'finished', workflow, result }, `${workflow}:ended:${await DBOS.now()}`);
    return result;
  }

  /** What no code foresaw ends the work with a sentence for people and the whole story in the operator's log. */
  async function guarded<R>(run: () => Promise<R>): Promise<R | { kind: 'failed'; reason: string; spend: null }> {
    try {
      return await run();
    } catch (error) {
      // Stopped, or gone on with elsewhere after a stop: this run has no say any more in how the work ended.
      if (error instanceof EngineError.DBOSWorkflowCancelledError) throw error;
      if (error instanceof EngineError.DBOSWorkflowConflictError) throw error;
      ports.log.error({ err: error, workflow: DBOS.workflowID }, 'work failed');
      return { kind: 'failed', reason: sentence(error), spend: null };
    }
  }

  return { signal };
}

function sentence(error: unknown): string {
  const cause = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors.at(-1) : error;
  if (cause instanceof Error && (cause.name === 'ForgeError' || cause.name === 'SnapshotError'))
    return `${cause.message}.`.replace(/\.\.$/, '.');
  return 'an internal error, which the operator finds in the log.';
}
