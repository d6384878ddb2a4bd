import type { Pool } from 'pg';
import type { RequestSlots } from '../../../ports/shared-memory.ts';
import { inTransaction } from '../in-transaction.ts';

/**
 * Rows of moments, each reserved before its request is sent, so that moments only grow and the n-th last one says when the next is free. A
 * process that dies with one reserved has wasted it.
 */
export const openRequestSlots = (pool: Pool): RequestSlots => ({
  reserve: (key, limits, gapMs) =>
    inTransaction(pool, async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('planwright.slot:' || $1, 0))", [key]);
      const longest = Math.max(gapMs, ...limits.map(({ withinMs }) => withinMs));
      await client.query(
        "DELETE FROM planwright.slot WHERE key = $1 AND at <= clock_timestamp() - $2 * interval '1 millisecond'",
        [key, longest],
      );
      const { rows } = await client.query<{ ago: number }>(
        'SELECT extract(epoch FROM clock_timestamp() - at)::float8 * 1000 AS ago FROM planwright.slot WHERE key = $1 ORDER BY at DESC LIMIT $2',
        [key, Math.max(1, ...limits.map(({ requests }) => requests))],
      );
      const latest = rows[0] ? gapMs - rows[0].ago : 0;
      const waits = limits.map(({ requests, withinMs }) => {
        const first = rows[requests - 1];
        return first ? withinMs - first.ago : 0;
      });
      // Never before a moment that is reserved already, or the n-th last one would not be the first of the last n.
      const wait = Math.max(0, latest, rows[0] ? -rows[0].ago : 0, ...waits);
      await client.query("INSERT INTO planwright.slot (key, at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')", [
        key,
        wait,
      ]);
      return wait;
    }),
});
