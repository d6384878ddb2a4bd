import { SystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';

type Poll = Pick<SystemDatabase, 'findAndMarkStartablePartitionedWorkflows'>;

/**
 * Looks with one statement whether anything waits in a queue before the engine polls it with four: two of three polls find nothing.
 * Only for the queue on which work of one partition is done one after the other; of the others the engine asks for the partitions first
 * anyway. To be called before the launch.
 */
export function usePollsOnlyWhereWorkWaits(): void {
  const poll = SystemDatabase.prototype.findAndMarkStartablePartitionedWorkflows;
  const ours: Poll & ThisType<SystemDatabase> = {
    async findAndMarkStartablePartitionedWorkflows(queue, ...more) {
      // With the statuses as they stand in the condition of the engine's index, or the server could not use it for a prepared statement.
      const { rows } = await this.pool.query<{ waits: boolean }>(
        `SELECT EXISTS (
           SELECT FROM "${this.schemaName}".workflow_status
           WHERE queue_name = $1 AND status = 'ENQUEUED' AND queue_partition_key IS NOT NULL
         ) AS waits`,
        [queue.name],
      );
      return rows[0]?.waits ? poll.call(this, queue, ...more) : [];
    },
  };
  Object.assign(SystemDatabase.prototype, ours);
}
