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
      throw new IntakeError('The database did not record it', { cause: error });
    }
  };
}
