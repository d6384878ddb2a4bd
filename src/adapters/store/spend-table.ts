import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { exceeded, type Limits, sum } from '../../domain/model/budget.ts';
import { type Call, type Cap, type CapState, type Refusal, type SpendStore, SpendUnavailable } from '../../ports/spend.ts';
import { isDatabaseAway } from './database-away.ts';
import { inTransaction } from './in-transaction.ts';

const UNLIMITED: Limits = { usd: null, tokens: null };

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

/**
 * Two sums: what is spent, and what calls hold that may yet cost less. A call of a process that is gone can never be settled: it counts as spent.
 * @param live which executors live.
 */
const sums = (live: string, what: 'usd' | 'tokens'): string => `
  coalesce(sum(coalesce(${what}, CASE WHEN ${live} THEN 0 ELSE reserved_${what} END)), 0) AS spent_${what},
  coalesce(sum(CASE WHEN ${what} IS NULL AND ${live} THEN reserved_${what} ELSE 0 END), 0) AS held_${what}`;

const INSERT = `
INSERT INTO planwright.spend (id, task, repository, executor, at, reserved_usd, reserved_tokens, usd, tokens)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`;

/**
 * The rows of what was spent; makes their table where there is none.
 * @param replica this process's id, where others share the database; null: it is alone.
 */
export async function openSpendTable(pool: Pool, replica: string | null = null): Promise<SpendStore> {
  // A process is a payer of its own: what an earlier one left open it can never settle.
  const executor = replica ?? randomUUID();
  const others = replica === null ? '' : ' OR executor IN (SELECT id FROM planwright.replica WHERE gone_at IS NULL)';
  const live = `(executor = $1${others})`;
  const ofCap = `SELECT ${sums(live, 'usd')} FROM planwright.spend
    WHERE at >= $2 AND ($3::text IS NULL OR repository = $3) AND id <> $4`;
  const ofTask = `SELECT ${sums(live, 'usd')}, ${sums(live, 'tokens')} FROM planwright.spend WHERE task = $2 AND id <> $3`;
  for (const statement of TABLES.split(';')) await pool.query(statement);

  /** @param without the row that does not count: a reservation that was made although its answer was lost is made again. */
  async function stateOf(client: Pick<PoolClient, 'query'>, cap: Cap, without = ''): Promise<CapState> {
    const { rows } = await client.query(ofCap, [executor, new Date(cap.since), cap.repository, without]);
    return { cap, spent: Number(rows[0].spent_usd), held: Number(rows[0].held_usd) };
  }

  async function refusal(
    client: PoolClient,
    { id, task, cost }: Call,
    caps: readonly Cap[],
    limits: Limits,
  ): Promise<Refusal | null> {
    const { rows } = await client.query(ofTask, [executor, task, id]);
    const amount = (kind: 'spent' | 'held') => ({
      usd: Number(rows[0][`${kind}_usd`]),
      tokens: Number(rows[0][`${kind}_tokens`]),
    });
    const [spent, held] = [amount('spent'), amount('held')];
    const limit = exceeded(sum([spent, held, cost]), limits);
    if (limit !== null) return { kind: 'task', limit, spent, held };
    for (const cap of caps) {
      const state = await stateOf(client, cap, id);
      if (!(cap.usd > 0 && state.spent + state.held + cost.usd <= cap.usd)) return { kind: 'cap', ...state };
    }
    return null;
  }

  const table: SpendStore = {
    reserve: (call, caps, limits = UNLIMITED) =>
      inTransaction(pool, async (client) => {
        const { id, task, repository, cost, at } = call;
        // One at a time, over all processes: two that look at the same sum would both fit.
        await client.query("SELECT pg_advisory_xact_lock(hashtextextended('planwright.spend:' || $1, 0))", [task]);
        if (caps.length > 0) await client.query("SELECT pg_advisory_xact_lock(hashtext('planwright.spend'))");
        const refused = await refusal(client, call, caps, limits);
        // An earlier try may have been recorded although its answer was lost.
        if (refused !== null) await client.query('DELETE FROM planwright.spend WHERE id = $1 AND usd IS NULL', [id]);
        else await client.query(INSERT, [id, task, repository, executor, new Date(at), cost.usd, cost.tokens, null, null]);
        return refused;
      }),
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
  return {
    ...table,
    reserve: (...given) => unlessAway(() => table.reserve(...given)),
    spentBy: (...given) => unlessAway(() => table.spentBy(...given)),
    carry: (...given) => unlessAway(() => table.carry(...given)),
  };
}

async function unlessAway<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isDatabaseAway(error) ? new SpendUnavailable('The database is away', { cause: error }) : error;
  }
}
