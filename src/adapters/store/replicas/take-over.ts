import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { ReplicaWaits } from '../../../ports/replicas.ts';
import type { Membership } from './membership.ts';

const DECLARE_DEAD = `
UPDATE planwright.replica SET gone_at = now()
WHERE gone_at IS NULL AND seen_at < clock_timestamp() - $1 * interval '1 millisecond' RETURNING id`;

const ORPHANED = `
SELECT DISTINCT executor_id FROM dbos.workflow_status w WHERE status = 'PENDING'
AND NOT EXISTS (SELECT 1 FROM planwright.replica r WHERE r.id = w.executor_id AND r.gone_at IS NULL)`;

/**
 * One sweep of this process for replicas that died. Every replica sweeps, none leads: each statement finds only what no other has done.
 * Work is found by its state, not by the death of a replica, so that a sweep that was cut off is made up for by the next one.
 * @param recover puts the work of these executors back on its queues.
 * @returns the replicas that this process, and no other, has declared dead.
 */
export async function sweepForDead(
  { pool, member, waits, log }: { pool: Pool; member: Membership; waits: ReplicaWaits; log: Logger },
  recover: (executors: string[]) => Promise<void>,
): Promise<string[]> {
  // Were this process cut off from the database, so were perhaps all: the first one back would take the work of the others.
  const isSure = member.steadyFor() >= waits.lease && member.fence.isOpen();
  const { rows: dead } = isSure ? await pool.query<{ id: string }>(DECLARE_DEAD, [waits.lease]) : { rows: [] };
  if (dead.length > 0)
    log.warn({ replicas: dead.map(({ id }) => id) }, 'Replicas without a sign of life: their work is taken over');
  await recoverOrphans(pool, recover);
  return dead.map(({ id }) => id);
}

/** Work whose executor is gone, or is of a version that knew no replicas. */
export async function recoverOrphans(pool: Pool, recover: (executors: string[]) => Promise<void>): Promise<void> {
  const { rows } = await pool.query<{ executor_id: string }>(ORPHANED);
  if (rows.length > 0) await recover(rows.map(({ executor_id }) => executor_id));
}

/**
 * What neither a live replica's version nor our own can continue. A replica that is leaving counts as live no more, but the next one of its
 * version continues its work: it must not take that for stranded in a sweep that it has begun.
 */
export async function strandedWork(pool: Pool, own: string): Promise<string[]> {
  const { rows } = await pool.query<{ workflow_uuid: string }>(
    `SELECT workflow_uuid FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED', 'CANCELLED')
     AND application_version <> $1 AND application_version NOT IN (SELECT version FROM planwright.replica WHERE gone_at IS NULL)`,
    [own],
  );
  return rows.map(({ workflow_uuid }) => workflow_uuid);
}
