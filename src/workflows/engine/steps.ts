import { setTimeout as delay } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { fullName } from '../../domain/repository.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import type { WorkState } from '../../task/model/view.ts';
import { adaptivePolling, BUSY_MS, type QueuePolling } from './queue-polling.ts';

/**
 * The few words the workflows use of the engine. Tasks are partitions of one queue, so that a task has one observer at a time. Plans
 * and components run side by side on queues of their own, partitioned by repository: a busy one fills at most half of the places, and
 * the engine looks through those that wait in random order, so that a place that falls free is anybody's.
 */
export const TASKS = 'tasks';
export const PLANS = 'plans';
export const COMPONENTS = 'components';

const CALM_EVERY_MS = 15_000;

const running = new Set<Promise<unknown>>();
let finishing = false;
let polling: QueuePolling | null = null;

/** After the launch, because queues live in the engine's database. */
export async function registerQueues(): Promise<void> {
  const often = { minPollingIntervalMs: BUSY_MS, onConflict: 'always_update' } as const;
  const queues = [
    await DBOS.registerQueue(TASKS, { partitionConcurrency: 1, workerConcurrency: 20, ...often }),
    await DBOS.registerQueue(PLANS, { partitionConcurrency: 4, workerConcurrency: 8, ...often }),
    await DBOS.registerQueue(COMPONENTS, { partitionConcurrency: 8, workerConcurrency: 16, ...often }),
  ];
  const kept = adaptivePolling(queues, () => running.size > 0, Date.now);
  setInterval(kept.slowDown, CALM_EVERY_MS).unref();
  polling = kept;
}

/** To be called before something is put on a queue from outside; whatever runs already does so by its steps. */
export const markBusy = (): void => polling?.markBusy();

/**
 * Runs once and records the result. Infrastructure that fails (GitHub, git, a full disk) is tried again with growing pauses; every
 * step may therefore run more than once and must find what an earlier run made.
 */
export const step = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  counted(name, () =>
    DBOS.runStep(run, { name, retriesAllowed: true, maxAttempts: 4, intervalSeconds: 1, backoffRate: 3, shouldRetry: mayPass }),
  );

/**
 * What GitHub does not find or cannot process it will not the next time either, and people should not wait to be told. 403 may pass:
 * rate limits come as one.
 */
const FINAL: ReadonlySet<number | null> = new Set([400, 404, 410, 422, 451]);
const mayPass = (error: unknown): boolean => !(error instanceof ForgeError && FINAL.has(error.status));

/** Once only: a model turn has retries of its own, and costs money. */
export const costlyStep = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  counted(name, () => DBOS.runStep(run, { name }));

/** While the process is to end no step begins any more: the workflow stays where it is, and the next process goes on from there. */
function counted<T>(name: string, start: () => Promise<T>): Promise<T> {
  if (finishing) return new Promise(() => {});
  const workflow = DBOS.workflowID;
  markBusy();
  const done = start();
  running.add(done);
  const forget = (): void => void running.delete(done);
  // The engine's `info` is our debug: for operators who ask what a task is doing, and for tests that kill at a recorded step.
  done.then(
    () => DBOS.logger.info(`step recorded: ${name} of ${workflow}`),
    () => {},
  );
  done.then(forget, forget);
  return done;
}

/** Lets the steps that are running finish and be recorded, and begins no others. Gives up after `limitMs`. */
export async function finishSteps(limitMs: number): Promise<void> {
  finishing = true;
  const over = new AbortController();
  const limit = delay(limitMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([Promise.allSettled(running), limit]);
  over.abort();
}

/** What the engine knows of a workflow; may be asked inside a step. */
export async function workOf<R>(id: string): Promise<WorkState<R>> {
  const status = await DBOS.getWorkflowStatus(id);
  switch (status?.status) {
    case undefined:
      return { kind: 'absent' };
    case 'SUCCESS':
      return { kind: 'finished', result: status?.output as R };
    case 'CANCELLED':
      return { kind: 'cancelled' };
    case 'ERROR':
    case 'MAX_RECOVERY_ATTEMPTS_EXCEEDED':
      return { kind: 'crashed', message: 'an internal error, which the operator finds in the log.' };
    default:
      return { kind: 'running' };
  }
}

/** Starts the work, or lets a stopped one go on from its last recorded step; what runs or ended already is left alone. */
export async function ensureWork<W extends { readonly task: TaskRef }>(
  workflow: (work: W) => Promise<unknown>,
  queueName: string,
  workflowID: string,
  work: W,
): Promise<void> {
  const status = await statusOf(workflowID);
  // Not inside a step of ours: there the engine resumes and then throws, so that each retry would resume it once more.
  if (status === 'CANCELLED') await DBOS.resumeWorkflow(workflowID, { queueName });
  else if (status === null) {
    const enqueueOptions = { queuePartitionKey: fullName(work.task.repository) };
    await DBOS.startWorkflow(workflow, { workflowID, queueName, enqueueOptions })(work);
  }
}

export async function stopWork(workflowID: string): Promise<void> {
  const status = await statusOf(workflowID);
  if (status === 'PENDING' || status === 'ENQUEUED' || status === 'DELAYED')
    await step('stop', () => DBOS.cancelWorkflow(workflowID));
}

// Inside a step of ours: asked by a workflow directly, the engine reads on a second connection while the first is in a transaction,
// which PGlite, having one backend, can never answer.
const statusOf = (workflowID: string): Promise<string | null> =>
  step('work status', async () => (await DBOS.getWorkflowStatus(workflowID))?.status ?? null);
