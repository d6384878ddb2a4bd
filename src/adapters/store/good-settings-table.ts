import type { Pool } from 'pg';
import type { GoodSettings } from '../../ports/shared-memory.ts';

const TABLES = `
CREATE SCHEMA IF NOT EXISTS planwright;
CREATE TABLE IF NOT EXISTS planwright.good_settings (repository text PRIMARY KEY, content text, read_at timestamptz NOT NULL DEFAULT now());`;

export async function openGoodSettings(pool: Pool): Promise<GoodSettings> {
  await pool.query(TABLES);
  return {
    async put(repository, text) {
      await pool.query(
        `INSERT INTO planwright.good_settings (repository, content) VALUES ($1, $2)
         ON CONFLICT (repository) DO UPDATE SET content = excluded.content, read_at = now()`,
        [repository.toLowerCase(), text],
      );
    },
    async get(repository) {
      const { rows } = await pool.query<{ content: string | null }>(
        'SELECT content FROM planwright.good_settings WHERE repository = $1',
        [repository.toLowerCase()],
      );
      return rows[0] ? { text: rows[0].content } : null;
    },
  };
}
