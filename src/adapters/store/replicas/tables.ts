import type { Pool } from 'pg';

/**
 * `replica`: one row per process; `gone_at`: it left, or was found dead, and its id is never used again.
 * `turn`: which workflow works on a task. `round`: when something that is done now and then was done last.
 * `status_text`, `open_task`, `pause`, `slot`: what ports/shared-memory.ts describes.
 *
 * The lock comes in a statement of its own, because a statement sees what was committed when it began: without it, two processes could
 * each find the same ended workflow. Holders that have not ended keep the turn while they wait to be continued by another replica.
 */
const TABLES = `
CREATE SCHEMA IF NOT EXISTS planwright;
CREATE TABLE IF NOT EXISTS planwright.replica (
  id text PRIMARY KEY, version text NOT NULL, started_at timestamptz NOT NULL DEFAULT now(), seen_at timestamptz NOT NULL DEFAULT now(),
  gone_at timestamptz
);
CREATE TABLE IF NOT EXISTS planwright.turn (task text PRIMARY KEY, workflow text NOT NULL, taken_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS planwright.round (what text PRIMARY KEY, claimed_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS planwright.status_text (task text PRIMARY KEY, digests text[] NOT NULL, written_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS planwright.open_task (key text PRIMARY KEY, task jsonb NOT NULL);
CREATE TABLE IF NOT EXISTS planwright.pause (key text PRIMARY KEY, until bigint NOT NULL);
CREATE TABLE IF NOT EXISTS planwright.slot (key text NOT NULL, at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS slot_key ON planwright.slot (key, at);
CREATE OR REPLACE FUNCTION planwright.take_turn(of_task text, by_workflow text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('planwright.turn:' || of_task, 0));
  INSERT INTO planwright.turn AS held (task, workflow) VALUES (of_task, by_workflow)
  ON CONFLICT (task) DO UPDATE SET workflow = by_workflow, taken_at = now()
  WHERE held.workflow = by_workflow OR NOT EXISTS (
    SELECT 1 FROM dbos.workflow_status w
    WHERE w.workflow_uuid = held.workflow AND w.status IN ('PENDING', 'ENQUEUED', 'DELAYED')
  );
  RETURN FOUND;
END $$;`;

/** To be called by one process at a time. The function names the engine's table, which need not exist yet. */
export async function makeReplicaTables(pool: Pool): Promise<void> {
  await pool.query(TABLES);
}

/** Rows that say nothing any more, so that the tables do not grow with what happens but with what is there. */
export async function removeOutdated(pool: Pool): Promise<void> {
  const statements = [
    `DELETE FROM planwright.turn held WHERE taken_at < now() - interval '1 day' AND NOT EXISTS (
       SELECT 1 FROM dbos.workflow_status w WHERE w.workflow_uuid = held.workflow AND w.status IN ('PENDING', 'ENQUEUED', 'DELAYED')
     )`,
    "DELETE FROM planwright.status_text WHERE written_at < now() - interval '1 day'",
    "DELETE FROM planwright.open_task WHERE (task->>'away')::timestamptz < now() - interval '90 days'",
    "DELETE FROM planwright.slot WHERE at < now() - interval '1 day'",
    'DELETE FROM planwright.pause WHERE until < (extract(epoch FROM now()) - 3600) * 1000',
    "DELETE FROM planwright.replica WHERE gone_at < now() - interval '7 days'",
  ];
  for (const statement of statements) await pool.query(statement);
}
