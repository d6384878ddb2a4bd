import type { Pool } from 'pg';
import { fullName } from '../../domain/repository.ts';
import type { FileClaim } from '../../domain/task/file-conflict.ts';
import type { TaskRef } from '../../domain/task/task.ts';
import type { FileClaims } from '../../ports/file-claims.ts';
import { inTransaction } from './in-transaction.ts';

const TABLES = `
CREATE SCHEMA IF NOT EXISTS planwright;
CREATE TABLE IF NOT EXISTS planwright.claim (
  repository text, issue integer, claims jsonb NOT NULL, claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(), settled_at timestamptz,
  PRIMARY KEY (repository, issue)
);
CREATE TABLE IF NOT EXISTS planwright.waiting (
  repository text, issue integer, task jsonb NOT NULL, noted_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (repository, issue)
);`;

// A claim that was never settled is one of a task whose start failed for good.
const OTHERS = `
SELECT claims FROM planwright.claim WHERE repository = $1 AND issue <> $2
AND (settled_at >= $3::timestamptz OR (settled_at IS NULL AND claimed_at > now() - interval '1 hour')) ORDER BY claimed_at`;

/** The rows of what is claimed; makes their tables where there are none. */
export async function openFileClaims(pool: Pool): Promise<FileClaims> {
  await pool.query(TABLES);

  return {
    async mayWait(task) {
      const { rows } = await pool.query(
        `INSERT INTO planwright.waiting (repository, issue, task) VALUES ($1, $2, $3)
         ON CONFLICT (repository, issue) DO UPDATE SET task = excluded.task RETURNING clock_timestamp()::text AS moment`,
        [...keyOf(task), JSON.stringify(task)],
      );
      return rows[0].moment;
    },
    async claim(task, since, choose) {
      const [repository, issue] = keyOf(task);
      await inTransaction(pool, async (client) => {
        await client.query("SELECT pg_advisory_xact_lock(hashtextextended('planwright.claim:' || $1, 0))", [repository]);
        const { rows } = await client.query<{ claims: FileClaim[] }>(OTHERS, [repository, issue, since]);
        const starts = choose(rows.flatMap(({ claims }) => claims));
        await client.query(
          `DELETE FROM planwright.claim WHERE repository = $1 AND (issue = $2 OR settled_at < now() - interval '1 hour')`,
          [repository, issue],
        );
        if (starts.length > 0)
          await client.query('INSERT INTO planwright.claim (repository, issue, claims) VALUES ($1, $2, $3)', [
            repository,
            issue,
            JSON.stringify(starts),
          ]);
      });
    },
    async settled(task, waits) {
      await pool.query(
        `WITH waited AS (DELETE FROM planwright.waiting WHERE repository = $1 AND issue = $2 AND NOT $3)
         UPDATE planwright.claim SET settled_at = clock_timestamp() WHERE repository = $1 AND issue = $2 AND settled_at IS NULL`,
        [...keyOf(task), waits],
      );
    },
    async waiting(task) {
      const { rows } = await pool.query<{ task: TaskRef }>(
        'SELECT task FROM planwright.waiting WHERE repository = $1 AND issue <> $2 ORDER BY noted_at',
        keyOf(task),
      );
      return rows.map((row) => row.task);
    },
  };
}

/** GitHub's names are case-insensitive. */
const keyOf = ({ repository, issue }: TaskRef): [string, number] => [fullName(repository).toLowerCase(), issue];
