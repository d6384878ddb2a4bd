import type { Pool } from 'pg';
import type { Pruner } from '../../../ports/retention.ts';

/** Work for a task, which is asked for by its id as long as the task may go on; everything else the engine runs is handled once. */
const WORK = "('plan', 'component', 'ask', 'review')";
const OVER = "w.status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED')";
const OVER_SINCE = 'coalesce(w.completed_at, w.updated_at)';

const HANDLED = `
SELECT w.workflow_uuid AS id FROM dbos.workflow_status w
WHERE w.name NOT IN ${WORK} AND ${OVER} AND ${OVER_SINCE} < $1 LIMIT $2`;

// Rows of tasks that this table has never seen are of tasks that nobody has observed since the table was made: once that is long enough
// ago, they were not open any more.
const OF_ENDED_TASKS = `
SELECT w.workflow_uuid AS id FROM dbos.workflow_status w
LEFT JOIN planwright.task_state t
  ON t.task = substring(w.workflow_uuid FROM '^(?:plan|component|ask|review):([^/:#]+/[^/:#]+#[0-9]+)')
WHERE w.name IN ${WORK} AND ${OVER} AND ${OVER_SINCE} < $1 AND (
  t.ended_at < to_timestamp($1 / 1000.0) OR (
    t.task IS NULL AND (SELECT since FROM planwright.task_states_known) < to_timestamp($1 / 1000.0)
  )
) LIMIT $2`;

/**
 * The engine's rows of what is over.
 * @param remove the engine's own way, because the rows of one workflow are in several of its tables.
 */
export function workflowRows(pool: Pool, remove: (workflows: readonly string[]) => Promise<void>): Pruner[] {
  async function removeFound(statement: string, before: Date, limit: number): Promise<number> {
    const { rows } = await pool.query<{ id: string }>(statement, [before.getTime(), limit]);
    if (rows.length > 0) await remove(rows.map(({ id }) => id));
    return rows.length;
  }
  return [
    { name: 'signals', of: 'database', prune: ({ handled }, limit) => removeFound(HANDLED, handled, limit) },
    { name: 'work', of: 'database', prune: ({ ended }, limit) => removeFound(OF_ENDED_TASKS, ended, limit) },
  ];
}
