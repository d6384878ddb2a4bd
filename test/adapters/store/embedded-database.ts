import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { copyDatabase } from '../../support/database-template.ts';
import { makeTemplate } from '../../support/make-templates.ts';

/** An embedded database with the engine's tables and nothing in them, in a folder of its own. */
export async function openEmbeddedDatabase(): Promise<{ readonly db: PGlite; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'planwright-embedded-'));
  await makeTemplate();
  await copyDatabase(dataDir);
  const db = await PGlite.create(join(dataDir, 'pglite'));
  return {
    db,
    async close() {
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
