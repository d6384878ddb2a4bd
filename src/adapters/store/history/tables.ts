import type { Pool } from 'pg';

/**
 * `task`: each task as it was last seen; `away`: it is `removed` because the App has left. `details`, `content` and `what` are JSON as text, because models write characters that PostgreSQL's
 * own JSON refuses; the lists that pages show do not read them. `turn_text`: one row for each model response. `audit` is only added to:
 * its rows are never changed, and go only when they are old. `detached`: until when what a repository's name stands for was another repository,
 * or may have been: where the App has left one, `left_id` is that one's on GitHub, by which it is known when it comes back, `left_at` what `at`
 * was set to then, and `former` what it was before.
 */
const TABLES = [
  'CREATE SCHEMA IF NOT EXISTS planwright',
  `CREATE TABLE IF NOT EXISTS planwright.task (
     key text PRIMARY KEY, repository text NOT NULL, task text NOT NULL, owner text NOT NULL, name text NOT NULL, issue integer NOT NULL,
     installation bigint NOT NULL, title text NOT NULL, state text NOT NULL, headline text NOT NULL, awaits text NOT NULL, who text,
     next text NOT NULL, started_by text NOT NULL, started_at timestamptz NOT NULL, state_since timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp(), usd double precision, removed boolean NOT NULL DEFAULT false, details text NOT NULL
   )`,
  'ALTER TABLE planwright.task ADD COLUMN IF NOT EXISTS away boolean NOT NULL DEFAULT false',
  "CREATE INDEX IF NOT EXISTS task_order ON planwright.task ((state IN ('done', 'cancelled')), updated_at DESC)",
  'CREATE INDEX IF NOT EXISTS task_repository ON planwright.task (repository, updated_at DESC)',
  `CREATE TABLE IF NOT EXISTS planwright.transcript (
     workflow text NOT NULL, name text NOT NULL, task text NOT NULL, at timestamptz NOT NULL, ms double precision NOT NULL, model text,
     input bigint NOT NULL, cache_read bigint NOT NULL, cache_write bigint NOT NULL, output bigint NOT NULL, reasoning bigint NOT NULL,
     usd double precision, failed boolean NOT NULL, content text NOT NULL, PRIMARY KEY (workflow, name)
   )`,
  'CREATE INDEX IF NOT EXISTS transcript_task ON planwright.transcript (task, at)',
  'CREATE INDEX IF NOT EXISTS transcript_at ON planwright.transcript (at)',
  `CREATE TABLE IF NOT EXISTS planwright.audit (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     at timestamptz NOT NULL, repository text NOT NULL, issue integer NOT NULL, kind text NOT NULL, what text NOT NULL
   )`,
  'CREATE INDEX IF NOT EXISTS audit_task ON planwright.audit (lower(repository), issue, id)',
  'CREATE INDEX IF NOT EXISTS audit_noted ON planwright.audit (noted_at)',
  'CREATE TABLE IF NOT EXISTS planwright.detached (repository text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
  `ALTER TABLE planwright.detached ADD COLUMN IF NOT EXISTS left_id bigint, ADD COLUMN IF NOT EXISTS left_at timestamptz,
     ADD COLUMN IF NOT EXISTS former timestamptz`,
  `CREATE OR REPLACE FUNCTION planwright.audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN RAISE EXCEPTION 'The audit is only added to.'; END $$`,
  'DROP TRIGGER IF EXISTS audit_is_final ON planwright.audit',
  'CREATE TRIGGER audit_is_final BEFORE UPDATE ON planwright.audit FOR EACH ROW EXECUTE FUNCTION planwright.audit_is_final()',
];

/** To be called by one process at a time. */
export async function makeHistoryTables(pool: Pool): Promise<void> {
  for (const statement of TABLES) await pool.query(statement);
}
