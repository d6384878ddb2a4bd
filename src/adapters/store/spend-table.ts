import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Cap, CapState, SpendStore } from '../../ports/spend.ts';

const TABLES = `
CREATE SCHEMA IF NOT EXISTS planwright;
CREATE TABLE IF NOT EXISTS planwright.database (only_row boolean PRIMARY KEY DEFAULT true, made_at timestamptz NOT NULL DEFAULT now());
INSERT INTO planwright.database DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS planwright.spend (
  id text PRIMARY KEY, task text NOT NULL, repository text NOT NULL, executor text NOT NULL, at timestamptz NOT NULL,
  reserved_usd double precision NOT NULL, reserved_tokens double precision NOT NULL, usd double precision, tokens double precision
);
CREATE INDEX IF NOT EXISTS spend_task ON planwright.spend (task);
CREATE INDEX IF NOT EXISTS spend_at ON planwright.spend (at);`;

// A reservation of this process is still open; one of another process counts as spent, because that may have died.
const STATE = `
SELECT coalesce(sum(coalesce(usd, CASE WHEN executor = $1 THEN 0 ELSE reserved_usd END)), 0) AS spent,
       coalesce(sum(CASE WHEN usd IS NULL AND executor = $1 THEN reserved_usd ELSE 0 END), 0) AS held
FROM planwright.spend WHERE at >= $2 AND ($3::text IS NULL OR repository = $3)`;

const INSERT = `
INSERT INTO planwright.spend (id, task, repository, executor, at, reserved_usd, reserved_tokens, usd, tokens)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`;

/** Opens the table of what was spent, creating it where there is none. */
export async function openSpendTable(pool: Pool): Promise<SpendStore> {
  // Each process has its own payer id: it can never settle what an earlier process left open.
  const executor = randomUUID();
  for (const statement of TABLES.split(';')) await pool.query(statement);

  async function stateOf(client: Pick<PoolClient, 'query'>, cap: Cap): Promise<CapState> {
    const { rows } = await client.query(STATE, [executor, new Date(cap.since), cap.repository]);
    return { cap, spent: Number(rows[0].spent), held: Number(rows[0].held) };
  }

  return {
    async reserve({ id, task, repository, cost, at }, caps) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        // One at a time, over all processes: two calls that read the same sum would both fit.
        await client.query("SELECT pg_advisory_xact_lock(hashtext('planwright.spend'))");
        for (const cap of caps) {
          const state = await stateOf(client, cap);
          if (cap.usd > 0 && state.spent + state.held + cost.usd <= cap.usd) continue;
          await client.query('ROLLBACK');
          return state;
        }
        await client.query(INSERT, [id, task, repository, executor, new Date(at), cost.usd, cost.tokens, null, null]);
        await client.query('COMMIT');
        return null;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },
    async settle(id, { usd, tokens }) {
      await pool.query('UPDATE planwright.spend SET usd = $2, tokens = $3 WHERE id = $1', [id, usd, tokens]);
    },
    async spentBy(task) {
      const { rows } = await pool.query(
        `SELECT count(*) AS n, coalesce(sum(coalesce(usd, reserved_usd)), 0) AS usd, coalesce(sum(coalesce(tokens, reserved_tokens)), 0) AS tokens
         FROM planwright.spend WHERE task = $1`,
        [task],
      );
      return Number(rows[0].n) === 0 ? null : { usd: Number(rows[0].usd), tokens: Number(rows[0].tokens) };
    },
    async carry({ task, repository }, total, days) {
      const { rows } = await pool.query('SELECT made_at FROM planwright.database');
      const entries = Object.entries(days).filter(([day]) => Date.parse(day) <= (rows[0].made_at as Date).getTime());
      const dated = entries.reduce((sum, [, usd]) => sum + usd, 0);
      const put = (id: string, at: Date, usd: number, tokens: number) =>
        pool.query(INSERT, [`carried:${task}:${id}`, task, repository, executor, at, usd, tokens, usd, tokens]);
      for (const [day, usd] of entries) await put(day, new Date(day), usd, 0);
      await put('before', new Date(0), Math.max(0, total.usd - dated), total.tokens);
    },
    states: (caps) => Promise.all(caps.map((cap) => stateOf(pool, cap))),
  };
}
