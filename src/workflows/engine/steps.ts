import { setTimeout as delay } from 'node:timers/promises';
import { DBOS, type StepConfig } from '@dbos-inc/dbos-sdk';
import type { Outcome } from '../../domain/outcome.ts';
import { fullName } from '../../domain/repository.ts';
import type { Work } from '../../domain/task/work.ts';
import type { Backoff } from '../../ports/clock.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { ALWAYS_OPEN, type Fence } from '../../ports/replicas.ts';
import type { WorkState } from '../../task/model/view.ts';
import { redactSecrets } from '../../text/redaction/redact-secrets.ts';
import { isStop } from './failure.ts';
import { GitHubLimit, isLimitReached, type LimitReached, limitedUntil } from './github-limit.ts';
import { observedRun, observedStep, type RunDescription } from './observed-run.ts';
import { pollingOnDemand, pollOnlyWhenDue, TICK_MS } from './queue-polling.ts';
import { pendingResumptions } from './resume-later.ts';
import { WAITS, type Waits } from './schedule.ts';

/**
 * The part of the engine that the workflows use. Tasks are partitions of one queue, so that a task has one observer at a time.
 * Plans and components run in parallel on queues of their own, partitioned by repository: a busy repository fills at most half of
 * the places, and the engine goes through the waiting ones in random order, so that every repository has a chance at a free place.
 */
export const TASKS = 'tasks';
const PLANS = 'plans';
const COMPONENTS = 'components';

export const queueOf = ({ kind }: Pick<Work, 'kind'>): string => (kind === 'component' ? COMPONENTS : PLANS);

const running = new Set<Promise<unknown>>();
/** How many steps run of each workflow. */
const stepsOf = new Map<string, number>();
/** Workflows whose next step did not begin any more, and which no step is running for. */
let parked: ((workflow: string) => void) | null = null;
let finishing = false;
const polling = pollingOnDemand(Date.now);
let waits: Waits = WAITS;
let fence: Fence = ALWAYS_OPEN;

/** Before the launch, because the launch continues what an earlier process left. */
export function configureWaits(other: Waits): void {
  waits = other;
}

/** Before the launch: no step begins while this process cannot be sure that its work is still its own. */
export function configureFence(other: Fence): void {
  fence = other;
}

/** After the launch, because queues live in the engine's database. */
export async function registerQueues(): Promise<void> {
  pollOnlyWhenDue(polling);
  const often = { minPollingIntervalMs: TICK_MS, onConflict: 'always_update' } as const;
  await DBOS.registerQueue(TASKS, { partitionConcurrency: 1, workerConcurrency: 20, ...often });
  await DBOS.registerQueue(PLANS, { partitionConcurrency: 4, workerConcurrency: 8, ...often });
  await DBOS.registerQueue(COMPONENTS, { partitionConcurrency: 8, workerConcurrency: 16, ...often });
}

/** To be called when something was put on a queue. */
export const wakeQueue = polling.wake;

/** A workflow that runs on a queue: when it ends, there is room for the next one. */
export const runsOn =
  <W, R>(description: RunDescription<W>, workflow: (input: W) => Promise<R>) =>
  async (input: W): Promise<R> => {
    try {
      return await observedRun(description, input, () => workflow(input));
    } finally {
      wakeQueue(description.queue);
    }
  };

/**
 * Runs once and records the result. Infrastructure that fails (GitHub, git, a full disk) is tried again with growing pauses; every
 * step may therefore run more than once and must find what an earlier run made.
 * @throws GitHubLimit when GitHub takes no more requests: the work must leave its queue, and this step runs again when it continues.
 */
export const step = <T>(name: string, run: () => Promise<T>): Promise<T> => retried(name, run, waits.step, mayPass);

/** The same for an object that this work created a moment ago, which GitHub may not find everywhere yet. */
export const freshStep = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  retried(name, run, waits.fresh, (error) => mayPass(error) || isRefusal(error, UNSETTLED));

/** The same where GitHub's refusal is a result: the request is repeated before the refusal is believed. */
export const freshOutcome = <T>(name: string, run: () => Promise<Outcome<T>>): Promise<Outcome<T>> =>
  freshStep(name, async () => {
    let wait = waits.fresh.first;
    for (let attempt = 1; ; attempt++) {
      const outcome = await run();
      if (outcome.ok || attempt >= waits.fresh.tries) return outcome;
      await delay(wait);
      wait *= waits.fresh.factor;
    }
  });

/**
 * For steps that only help people (labels, reactions, requests for review): a refusal is logged and never ends the work.
 * @param target `fresh`: this work made it a moment ago; `by a person`: made a moment ago, or removed since, which costs no more than
 * the time of a step.
 */
export async function optionalStep(
  name: string,
  run: () => Promise<unknown>,
  target: 'known' | 'fresh' | 'by a person' = 'known',
): Promise<void> {
  const mayHelp = (error: unknown): boolean =>
    target === 'known' ? mayPass(error) && !isRefusal(error, FORBIDDEN) : mayPass(error) || isRefusal(error, UNSETTLED);
  try {
    await retried(name, async () => void (await run()), target === 'fresh' ? waits.fresh : waits.step, mayHelp);
  } catch (error) {
    if (isStop(error)) throw error;
    DBOS.logger.warn(`Skipped ${name} of ${DBOS.workflowID}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function retried<T>(
  name: string,
  run: () => Promise<T>,
  { first, factor, tries }: Backoff,
  shouldRetry: (error: unknown) => boolean,
): Promise<T> {
  const config = {
    name,
    retriesAllowed: true,
    maxAttempts: tries,
    intervalSeconds: first / 1_000,
    backoffRate: factor,
    shouldRetry,
  };
  return beyondLimits(name, run, config);
}

async function beyondLimits<T>(name: string, run: () => Promise<T>, config: StepConfig & { name: string }): Promise<T> {
  for (;;) {
    const result = await counted(name, () =>
      DBOS.runStep(() => recordable(() => orLimit(() => observedStep(name, run))), config),
    );
    if (!isLimitReached(result)) return result;
    // Recorded, so that after the wait this work continues here with its next step.
    if (result.limitedUntil > Date.now()) throw new GitHubLimit(result.limitedUntil);
  }
}

async function orLimit<T>(run: () => Promise<T>): Promise<T | LimitReached> {
  try {
    return await run();
  } catch (error) {
    const until = limitedUntil(error);
    if (until === null) throw error;
    return { limitedUntil: until };
  }
}

/** An error is recorded and logged with its message and its stack, which may quote a request. */
async function recordable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error) {
      error.message = redactSecrets(error.message);
      error.stack = redactSecrets(error.stack ?? '');
    }
    throw error;
  }
}

/**
 * GitHub will refuse a request that it cannot find or process the next time as well, and people should learn that at once. A 403
 * may be temporary: a suspended installation is resumed.
 */
const FINAL: ReadonlySet<number | null> = new Set([400, 404, 410, 422, 451]);
/** GitHub's replicas lag behind a write: until they have caught up, a new object is not found or not valid. */
const UNSETTLED: ReadonlySet<number | null> = new Set([404, 422]);
const FORBIDDEN: ReadonlySet<number | null> = new Set([403]);

const isRefusal = (error: unknown, statuses: ReadonlySet<number | null>): boolean =>
  error instanceof ForgeError && statuses.has(error.status);
export const mayPass = (error: unknown): boolean => !isRefusal(error, FINAL);

/**
 * Runs once only: a model turn has retries of its own, and costs money. What is asked of GitHub before it may run into a limit.
 * @throws GitHubLimit as `step` does.
 */
export const costlyStep = <T>(name: string, run: () => Promise<T>): Promise<T> => beyondLimits(name, run, { name });

/**
 * Once the process is about to end, no step begins: the workflow stays where it is, and another process, or the next one, continues
 * from there.
 */
function counted<T>(name: string, start: () => Promise<T>): Promise<T> {
  const workflow = DBOS.workflowID ?? '';
  if (finishing) return park(workflow);
  stepsOf.set(workflow, (stepsOf.get(workflow) ?? 0) + 1);
  const done = fence.isOpen() ? start() : fence.opened().then(() => (finishing ? park<T>(workflow) : start()));
  running.add(done);
  const forget = (): void => {
    running.delete(done);
    const left = (stepsOf.get(workflow) ?? 1) - 1;
    if (left > 0) stepsOf.set(workflow, left);
    else stepsOf.delete(workflow);
  };
  // The engine's `info` is our debug: for operators who ask what a task is doing, and for tests that kill at a recorded step.
  done.then(
    () => DBOS.logger.info(`step recorded: ${name} of ${workflow}`),
    () => {},
  );
  done.then(forget, forget);
  return done;
}

function park<T>(workflow: string): Promise<T> {
  // Another branch of the workflow may have a step running, whose result would be refused if another process had the workflow by then.
  if (!stepsOf.has(workflow)) parked?.(workflow);
  return new Promise(() => {});
}

/**
 * Lets the steps that are running finish and be recorded, and begins no others. Gives up after `limitMs`.
 * @param handBack called for each workflow that is stopped between two steps, so that another process can continue it at once.
 */
export async function finishSteps(limitMs: number, handBack: ((workflow: string) => void) | null = null): Promise<void> {
  finishing = true;
  parked = handBack;
  const over = new AbortController();
  const limit = delay(limitMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([Promise.allSettled(running), limit]);
  over.abort();
}

/** What the engine knows of a workflow; may be called inside a step. */
export async function workOf<R>(id: string): Promise<WorkState<R>> {
  const status = await DBOS.getWorkflowStatus(id);
  switch (status?.status) {
    case undefined:
      return { kind: 'absent' };
    case 'SUCCESS':
      return { kind: 'finished', result: status?.output as R };
    case 'CANCELLED':
      // It only waits for GitHub's limit to end.
      return { kind: (await pendingResumptions(id)).length > 0 ? 'running' : 'cancelled' };
    case 'ERROR':
    case 'MAX_RECOVERY_ATTEMPTS_EXCEEDED':
      return { kind: 'crashed', message: 'an internal error, which the operator finds in the log.' };
    default:
      return { kind: 'running' };
  }
}

/** Whether a step of this name has a result; to be called inside a step. */
export const hasRecorded = async (workflow: string, name: string): Promise<boolean> =>
  ((await DBOS.listWorkflowSteps(workflow)) ?? []).some((recorded) => recorded.name === name && recorded.error === null);

/** Starts the work, or resumes a stopped one from its last recorded step; work that runs or has ended is left alone. */
export async function ensureWork<W extends Work>(
  workflow: (work: W) => Promise<unknown>,
  workflowID: string,
  work: W,
): Promise<void> {
  const status = await statusOf(workflowID);
  const queueName = queueOf(work);
  // Not inside a step of ours: there the engine resumes and then throws, so that each retry would resume it again.
  if (status === 'CANCELLED') await DBOS.resumeWorkflow(workflowID, { queueName });
  else if (status === null) {
    const enqueueOptions = { queuePartitionKey: fullName(work.task.repository) };
    await DBOS.startWorkflow(workflow, { workflowID, queueName, enqueueOptions })(work);
  }
  wakeQueue(queueName);
}

export async function stopWork(workflowID: string): Promise<void> {
  const status = await statusOf(workflowID);
  if (status === null || status === 'SUCCESS' || status === 'ERROR') return;
  await step('stop', async () => {
    for (const resumption of await pendingResumptions(workflowID)) await DBOS.cancelWorkflow(resumption);
    if (status !== 'CANCELLED') await DBOS.cancelWorkflow(workflowID);
  });
}

// Inside a step of ours: called by a workflow directly, the engine reads on a second connection while the first is in a
// transaction, which PGlite, having one backend, can never answer.
const statusOf = (workflowID: string): Promise<string | null> =>
  step('work status', async () => (await DBOS.getWorkflowStatus(workflowID))?.status ?? null);
