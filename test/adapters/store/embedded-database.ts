import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { createPglite } from '../../../src/adapters/store/embedded/empty-database.ts';
import { copyDatabase } from '../../support/database-template.ts';
import { makeTemplate } from '../../support/make-templates.ts';

type Compiled = NonNullable<PGliteOptions['pgliteWasmModule']>;

/** Node has it, but its types come with those of browsers only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<Compiled> };

/** The database's program, compiled once for all test files of a worker, which share this module. */
let compiled: Promise<Compiled> | undefined;
const compile = (): Promise<Compiled> =>
  WebAssembly.compile(readFileSync(fileURLToPath(import.meta.resolve('@electric-sql/pglite/pglite.wasm'))));

/** An embedded database with the engine's tables and nothing in them, in a folder of its own. */
export async function openEmbeddedDatabase(): Promise<{ readonly db: PGlite; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'planwright-embedded-'));
  await makeTemplate();
  await copyDatabase(dataDir);
  compiled ??= compile();
  const db = await createPglite(join(dataDir, 'pglite'), { pgliteWasmModule: await compiled });
  return {
    db,
    async close() {
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
