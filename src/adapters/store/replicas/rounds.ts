import type { Pool } from 'pg';
import type { Rounds } from '../../../ports/replicas.ts';

const CLAIM = `
INSERT INTO planwright.round AS last (what) VALUES ($1)
ON CONFLICT (what) DO UPDATE SET claimed_at = clock_timestamp()
WHERE last.claimed_at < clock_timestamp() - $2 * interval '1 millisecond' RETURNING what`;

export const openRounds = (pool: Pool): Rounds => ({
  async claim(what, everyMs) {
    return (await pool.query(CLAIM, [what, everyMs])).rows.length > 0;
  },
});
