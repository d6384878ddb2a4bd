import type { Pool } from 'pg';
import type { Pruner } from '../../../ports/retention.ts';

/**
 * What a task has spent counts against its own limit until it has ended, and against its repository's until the month is over. All of its rows go at
 * once: a part of them would be taken for the whole.
 */
const SPEND = `
DELETE FROM planwright.spend WHERE task IN (
  SELECT t.task FROM planwright.task_state t WHERE t.ended_at < $1
  AND EXISTS (SELECT 1 FROM planwright.spend s WHERE s.task = t.task)
  AND NOT EXISTS (
    SELECT 1 FROM planwright.spend s WHERE s.task = t.task AND s.at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
  ) LIMIT $2
)`;

/** A claim that was not settled within a day is of a start that failed for good. */
const CLAIMS = `
DELETE FROM planwright.claim WHERE (repository, issue) IN (
  SELECT repository, issue FROM planwright.claim
  WHERE settled_at < now() - interval '1 hour' OR claimed_at < now() - interval '1 day' LIMIT $1
)`;

const WAITING = `
DELETE FROM planwright.waiting WHERE (repository, issue) IN (
  SELECT w.repository, w.issue FROM planwright.waiting w
  JOIN planwright.task_state t ON t.repository = w.repository AND t.issue = w.issue WHERE t.ended_at < $1 LIMIT $2
)`;

/** Of repositories without a task, open or ended lately: where there is one again, its settings are read first. */
const SETTINGS = `
DELETE FROM planwright.good_settings WHERE repository IN (
  SELECT g.repository FROM planwright.good_settings g WHERE g.read_at < $1
  AND NOT EXISTS (SELECT 1 FROM planwright.task_state t WHERE t.repository = g.repository) LIMIT $2
)`;

/** The last of a task's rows, because the others go by its end. */
const STATES = `
DELETE FROM planwright.task_state WHERE task IN (
  SELECT t.task FROM planwright.task_state t WHERE t.ended_at < $1
  AND NOT EXISTS (SELECT 1 FROM planwright.spend s WHERE s.task = t.task) LIMIT $2
)`;

/** Our own rows of tasks that have ended. `task states` must be the last one of all that go by a task's end. */
export function taskRows(pool: Pool): Pruner[] {
  const byEnd = (name: string, statement: string): Pruner => ({
    name,
    of: 'database',
    prune: async ({ ended }, limit) => (await pool.query(statement, [ended, limit])).rowCount ?? 0,
  });
  return [
    byEnd('spend', SPEND),
    { name: 'claims', of: 'database', prune: async (_, limit) => (await pool.query(CLAIMS, [limit])).rowCount ?? 0 },
    byEnd('waiting tasks', WAITING),
    byEnd('settings', SETTINGS),
    byEnd('task states', STATES),
  ];
}
