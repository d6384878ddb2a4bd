import type { Pool } from 'pg';
import { NOTICES } from '../database-session.ts';

/** What processes tell each other at once. A replica of another release may send what this one does not know. */
export type Notice =
  | { readonly kind: 'pause'; readonly key: string; readonly until: number }
  /** Settings of this owner's repositories may have changed. */
  | { readonly kind: 'settings'; readonly owner: string };

export async function sendNotice(pool: Pool, notice: Notice): Promise<void> {
  await pool.query('SELECT pg_notify($1, $2)', [NOTICES, JSON.stringify(notice)]);
}

export function readNotice(text: string): Notice | null {
  try {
    return JSON.parse(text) as Notice;
  } catch {
    return null;
  }
}
