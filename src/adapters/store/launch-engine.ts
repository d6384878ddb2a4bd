import { DBOS, type DBOSConfig } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

/**
 * The engine recovers a workflow only under the version that started it, by default a hash of the workflows' source: any release
 * would strand what is in flight. Ours is constant, so a new release continues it. Raise it only for a change of workflow code that
 * cannot replay what older code recorded, or of a workflow's input; docs/operations.md says what that costs.
 */
const APPLICATION_VERSION = '3';

/** There is one process per database (see open-store.ts), so everything pending is ours. */
const EXECUTOR_ID = 'planwright';

export interface Engine {
  /**
   * Starts nothing new, waits up to `drainMs` for running workflows, then releases the pool, which stays open. What has not
   * finished is recovered by the next launch, from its last recorded step.
   */
  close(drainMs: number): Promise<void>;
}

export interface EngineOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** Registers every workflow and queue; runs before the launch, because recovery starts workflows by name. */
  readonly register: () => void;
}

/**
 * Configures and launches DBOS, which is one per process; pending workflows of an earlier process continue at once.
 * @throws when the database cannot be used or migrated.
 */
export async function launchEngine({ pool, log, register }: EngineOptions): Promise<Engine> {
  DBOS.setConfig({
    name: 'planwright',
    systemDatabasePool: pool,
    applicationVersion: APPLICATION_VERSION,
    executorID: EXECUTOR_ID,
    // Without it a message to a workflow waits for the next poll: 8.7 s instead of 0.1 s, measured.
    useListenNotify: true,
    tracingEnabled: false,
    enableOTLP: false,
    logger: engineLogger(log.child({ name: 'engine' })),
  });
  register();
  await DBOS.launch();
  await forgetOlderVersions(log);
  return {
    close: (drainMs) => DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs, deregister: true }),
  };
}

/**
 * What an older version left unfinished or stopped can never run again, but its id, a function of the task, would be found and
 * taken for work in flight. Once it is forgotten, the task continues from GitHub as after the loss of the database.
 */
async function forgetOlderVersions(log: Logger): Promise<void> {
  const unfinished = await DBOS.listWorkflows({
    status: ['PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED'],
    loadInput: false,
    loadOutput: false,
  });
  const stranded = unfinished.filter(({ applicationVersion }) => applicationVersion !== APPLICATION_VERSION);
  if (stranded.length === 0) return;
  const ids = stranded.map(({ workflowID }) => workflowID);
  await DBOS.deleteWorkflows(ids);
  log.warn({ workflows: ids }, 'Dropped workflows that an older version of Planwright left unfinished');
}

/** The engine's `info` is about itself (versions, polling, a database URL it does not use), so it arrives as debug. */
function engineLogger(log: Logger): NonNullable<DBOSConfig['logger']> {
  return {
    debug: (entry) => log.trace(text(entry)),
    info: (entry) => log.debug(text(entry)),
    warn: (entry) => log.warn(text(entry)),
    error: (entry, metadata) => log.error(metadata?.error ? { err: metadata.error } : {}, text(entry)),
  };
}

const text = (entry: unknown): string => (typeof entry === 'string' ? entry : String(entry));
