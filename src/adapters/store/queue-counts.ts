import type { Pool } from 'pg';

/** Workflows of one queue that have not ended. */
export interface QueueCount {
  readonly queue: string;
  /** `waiting`, `running`, or `delayed`: not due yet. */
  readonly status: string;
  readonly workflows: number;
}

/** Read from the engine's table by the indexes that its own polls use. */
export async function countQueues(pool: Pool): Promise<QueueCount[]> {
  const { rows } = await pool.query<{ queue: string; status: string; workflows: string }>(
    `SELECT queue_name AS queue, CASE status WHEN 'ENQUEUED' THEN 'waiting' WHEN 'PENDING' THEN 'running' ELSE 'delayed' END AS status,
     count(*) AS workflows FROM dbos.workflow_status
     WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED') AND queue_name IS NOT NULL GROUP BY 1, 2`,
  );
  return rows.map(({ queue, status, workflows }) => ({ queue, status, workflows: Number(workflows) }));
}
