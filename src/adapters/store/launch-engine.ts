import { DBOS, type DBOSConfig } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { usePollsOnlyWhereWorkWaits } from './idle-polls.ts';
import { useOneStatementPerStep } from './one-statement-steps.ts';

/**
 * The engine recovers a workflow only under the version that started it, by default a hash of the workflows' source: any release
 * would strand what is in flight. Ours is constant, so a new release continues it. Raise it only for a change of workflow code that
 * cannot replay what older code recorded, or of a workflow's input; docs/operations.md says what that costs.
 */
export const APPLICATION_VERSION = '4';

/** Under which the engine finds its own work in a database. */
export const APPLICATION_NAME = 'planwright';

/** Of a process that has the database to itself, as all had before there were replicas. */
export const SOLE_EXECUTOR = 'planwright';

export interface Engine {
  /** Takes nothing more from the queues; what this process enqueues is left to others. */
  stopDequeuing(): Promise<void>;
  /** Puts unfinished work of these executors back on its queues, to be continued by any replica of this version. */
  recover(executors: readonly string[]): Promise<void>;
  /** The same for one workflow of this process, which no step of it is running for. */
  handBack(workflow: string): Promise<void>;
  /** Removes workflows that are over. */
  remove(workflows: readonly string[]): Promise<void>;
  /** Removes workflows that no version in use can continue, so that their ids are free. */
  forget(workflows: readonly string[]): Promise<void>;
  /**
   * Starts nothing new, waits up to `drainMs` for running workflows, then releases the pool, which stays open. What has not
   * finished is continued from its last recorded step by another process, or the next one.
   */
  close(drainMs: number): Promise<void>;
}

export interface EngineOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** Registers every workflow and queue; runs before the launch, because recovery starts workflows by name. */
  readonly register: () => void;
  /** Who this process is. Pending workflows of an earlier process by this name continue at once. */
  readonly executor?: string;
}

/**
 * Configures and launches DBOS, which is one per process.
 * @throws when the database cannot be used or migrated.
 */
export async function launchEngine({ pool, log, register, executor = SOLE_EXECUTOR }: EngineOptions): Promise<Engine> {
  DBOS.setConfig({
    name: APPLICATION_NAME,
    systemDatabasePool: pool,
    applicationVersion: APPLICATION_VERSION,
    executorID: executor,
    // For changes of steps that replicas of two releases run at the same time (docs/operations.md).
    enablePatching: true,
    // Without it a message to a workflow waits for the next poll: 8.7 s instead of 0.1 s, measured.
    useListenNotify: true,
    tracingEnabled: false,
    enableOTLP: false,
    logger: engineLogger(log.child({ name: 'engine' })),
  });
  useOneStatementPerStep();
  usePollsOnlyWhereWorkWaits();
  register();
  await DBOS.launch();
  const forget: Engine['forget'] = async (workflows) => {
    if (workflows.length === 0) return;
    await DBOS.deleteWorkflows([...workflows]);
    log.warn({ workflows }, 'Dropped workflows that an older version of Planwright left unfinished');
  };
  if (executor === SOLE_EXECUTOR) await forget(await ofOtherVersions());
  return {
    stopDequeuing: async () => running().deactivateEventReceivers(),
    recover: async (executors) => void (await running().recoverPendingWorkflows([...executors])),
    // The engine has no function for one workflow. This is its statement for an executor's, with the id in place of the version.
    handBack: async (workflow) =>
      void (await pool.query(
        `UPDATE dbos.workflow_status SET status = 'ENQUEUED', started_at_epoch_ms = NULL, owner_xid = NULL,
         updated_at = (EXTRACT(EPOCH FROM now()) * 1000)::bigint
         WHERE workflow_uuid = $1 AND status = 'PENDING' AND executor_id = $2 AND queue_name IS NOT NULL`,
        [workflow, executor],
      )),
    remove: (workflows) => DBOS.deleteWorkflows([...workflows]),
    forget,
    close: (drainMs) => DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs, deregister: true }),
  };
}

function running(): DBOSExecutor {
  const executor = DBOSExecutor.globalInstance;
  if (!executor) throw new Error('The engine is not running.');
  return executor;
}

/**
 * What an older version left unfinished or stopped can never run again, but its id, a function of the task, would be found and
 * taken for work in flight. Once it is forgotten, the task continues from GitHub as after the loss of the database.
 */
async function ofOtherVersions(): Promise<string[]> {
  const unfinished = await DBOS.listWorkflows({
    status: ['PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED'],
    loadInput: false,
    loadOutput: false,
  });
  return unfinished
    .filter(({ applicationVersion }) => applicationVersion !== APPLICATION_VERSION)
    .map(({ workflowID }) => workflowID);
}

/** The engine's `info` is about itself (versions, polling, a database URL it does not use), so it arrives as debug. */
export function engineLogger(log: Logger): NonNullable<DBOSConfig['logger']> {
  return {
    debug: (entry) => log.trace(text(entry)),
    info: (entry) => log.debug(text(entry)),
    warn: (entry) => log.warn(text(entry)),
    error: (entry, metadata) => log.error(metadata?.error ? { err: metadata.error } : {}, text(entry)),
  };
}

const text = (entry: unknown): string => (typeof entry === 'string' ? entry : String(entry));
