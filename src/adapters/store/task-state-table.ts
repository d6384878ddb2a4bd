import type { Pool } from 'pg';
import { fullName } from '../../domain/repository.ts';
import { taskKey } from '../../domain/task/task.ts';
import { ENDED, type TaskStates } from '../../ports/task-states.ts';

/** `task` is written as in the ids of its workflows. `ended_at`: null while something may still happen without a person's command. */
const TABLE = `
CREATE SCHEMA IF NOT EXISTS planwright;
CREATE TABLE IF NOT EXISTS planwright.task_state (
  task text PRIMARY KEY, repository text NOT NULL, issue integer NOT NULL, state text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(), ended_at timestamptz
);
CREATE INDEX IF NOT EXISTS task_state_ended ON planwright.task_state (ended_at) WHERE ended_at IS NOT NULL;`;

/** The rows of tasks; makes their table where there is none. */
export async function openTaskStates(pool: Pool): Promise<TaskStates> {
  await pool.query(TABLE);
  return {
    async note(task, state) {
      const key = taskKey(task);
      await pool.query(
        `INSERT INTO planwright.task_state AS known (task, repository, issue, state, ended_at)
         VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)
         ON CONFLICT (task) DO UPDATE SET state = excluded.state, since = now(), ended_at = excluded.ended_at
         WHERE known.state <> excluded.state`,
        [key, fullName(task.repository).toLowerCase(), task.issue, state, ENDED.includes(state)],
      );
    },
    async left(owner, names) {
      await pool.query(
        `UPDATE planwright.task_state SET state = 'gone', since = now(), ended_at = coalesce(ended_at, now())
         WHERE split_part(repository, '/', 1) = $1 AND ($2::text[] IS NULL OR split_part(repository, '/', 2) = ANY ($2))
         AND state <> 'gone'`,
        [owner.toLowerCase(), names?.map((name) => name.toLowerCase()) ?? null],
      );
    },
    async counts() {
      const { rows } = await pool.query<{ state: string; tasks: string }>(
        'SELECT state, count(*) AS tasks FROM planwright.task_state GROUP BY state',
      );
      return Object.fromEntries(rows.map(({ state, tasks }) => [state, Number(tasks)]));
    },
  };
}
