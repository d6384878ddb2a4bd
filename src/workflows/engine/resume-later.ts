import { DBOS, Error as EngineError } from '@dbos-inc/dbos-sdk';
import type { TaskRef } from '../../domain/task/task.ts';
import { delayOf } from './delay.ts';
import { outside } from './outside.ts';

/** Work that paused because GitHub accepts no more requests, and continues from its last recorded step. */
export interface Resumption {
  readonly kind: 'resumption';
  readonly task: TaskRef;
  readonly workflow: string;
  readonly queueName: string;
}

const prefixOf = (workflow: string): string => `resume:${workflow}:`;

/** The ids of the resumptions that a piece of work waits for. */
export async function pendingResumptions(workflow: string): Promise<string[]> {
  const found = await DBOS.listWorkflows({
    workflow_id_prefix: prefixOf(workflow),
    status: ['PENDING', 'ENQUEUED', 'DELAYED'],
    loadInput: false,
    loadOutput: false,
  });
  // The engine's prefixes are patterns in which _ stands for any character.
  return found.map(({ workflowID }) => workflowID).filter((id) => id.startsWith(prefixOf(workflow)));
}

/** Registers the workflow that resumes; to be called once, before the engine is launched. `queue`: where the resumptions wait. */
export function registerResumptions(queue: string): (what: Resumption, until: number) => Promise<never> {
  const resume = DBOS.registerWorkflow(
    async ({ workflow, queueName }: Resumption): Promise<void> => {
      const status = await DBOS.runStep(async () => (await DBOS.getWorkflowStatus(workflow))?.status, { name: 'work status' });
      // A crash between the two writes below leaves it running, and a person may have resumed it already.
      if (status === 'CANCELLED') await DBOS.resumeWorkflow(workflow, { queueName });
    },
    { name: 'resume' },
  );

  /** Ends this run of the work without a result, and frees its place in the queue until then. */
  return async (what, until) => {
    const workflowID = `${prefixOf(what.workflow)}${until}`;
    const enqueueOptions = {
      ...delayOf(Math.max(until - Date.now(), 1)),
      queuePartitionKey: workflowID,
    };
    await outside(async () => {
      await DBOS.startWorkflow(resume, { workflowID, queueName: queue, enqueueOptions })(what);
      await DBOS.cancelWorkflow(what.workflow);
    });
    throw new EngineError.DBOSWorkflowCancelledError(what.workflow);
  };
}
