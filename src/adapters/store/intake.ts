import { DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Intake, IntakeError } from '../../ports/intake.ts';
import { APPLICATION_NAME, APPLICATION_VERSION, engineLogger } from './launch-engine.ts';

/**
 * The engine's own client, on the connections that the work does not use. To be called after the launch, which makes the tables.
 * @param pool its waits for a connection must end well before GitHub's.
 */
export async function openIntake(pool: Pool, log: Logger): Promise<Intake> {
  givesUpWithoutConnection(pool);
  const client = await DBOSClient.create({
    // Required, and not used where there is a pool.
    systemDatabaseUrl: '',
    systemDatabasePool: pool,
    applicationName: APPLICATION_NAME,
    logger: engineLogger(log.child({ name: 'intake' })),
  });
  return async ({ name, id, queue, partition, input }) => {
    const options = {
      workflowName: name,
      workflowID: id,
      queueName: queue,
      queuePartitionKey: partition,
      appVersion: APPLICATION_VERSION,
    };
    try {
      await client.enqueue(options, input);
    } catch (error) {
      throw new IntakeError('The database did not record it', { cause: error instanceof NoConnection ? error.reason : error });
    }
  };
}

/** The engine must not see why: what looks like a lost connection to it, there or in a cause, it tries again. */
class NoConnection extends Error {
  override readonly name = 'NoConnection';
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('The database gave no connection');
    this.reason = reason;
  }
}

/**
 * The engine tries for ever to get a connection, which is right for its workflows. A delivery that has waited once is sent again, so it would be handled
 * by an ever longer line of those that nobody waits for any more.
 */
function givesUpWithoutConnection(pool: Pool): void {
  type Done = (error: Error | undefined, ...rest: unknown[]) => void;
  const connect = pool.connect.bind(pool) as (done?: Done) => Promise<unknown> | undefined;
  const givingUp = (done?: Done): unknown =>
    done
      ? connect((error, ...rest) => done(error && new NoConnection(error), ...rest))
      : connect()?.catch((error: unknown) => Promise.reject(new NoConnection(error)));
  pool.connect = givingUp as typeof pool.connect;
}
