import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import type pg from 'pg';
import { pglitePool } from './pglite-pool.ts';

/**
 * The pages that the database keeps in memory. The WebAssembly writes zeros over all of them at each start, which took a third of the time of
 * opening a database of the usual 128 MB, and those stayed in use.
 */
const MEMORY = ['-c', 'shared_buffers=32MB'];

/** Loaded only where it is used: a process on PostgreSQL has no use for 7 MB of code and data. */
export async function createPglite(folder: string, options: PGliteOptions = {}): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  return PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, ...MEMORY], ...options });
}

/**
 * Puts an embedded database that holds the engine's tables, and nothing in them, into a folder that does not exist yet. It is a copy of
 * one that is kept in `templates` and made there the first time: making one takes six seconds of processor time, copying one a tenth of
 * a second. A process that is killed leaves either a whole database or none.
 */
export async function copyEmptyDatabase(templates: string, folder: string): Promise<void> {
  const template = join(templates, templateName());
  if (!existsSync(template)) await makeTemplate(template);
  const copy = `${folder}.copy`;
  rmSync(copy, { recursive: true, force: true });
  // Its 447 files take the asynchronous function five times as long, and nothing else is done meanwhile.
  cpSync(template, copy, { recursive: true });
  renameSync(copy, folder);
}

/**
 * Makes an embedded database in a folder that does not exist yet. A process that is killed leaves either a whole database or, under another
 * name, one that nothing was ever written to, which the next process makes again.
 */
export async function makeDatabase(folder: string): Promise<void> {
  const made = `${folder}.new`;
  rmSync(made, { recursive: true, force: true });
  const db = await createPglite(made);
  await db.close();
  renameSync(made, folder);
}

async function makeTemplate(template: string): Promise<void> {
  mkdirSync(dirname(template), { recursive: true });
  const made = mkdtempSync(`${template}.`);
  const db = await createPglite(made);
  const pool = pglitePool(db);
  await makeEngineTables(pool);
  await pool.end();
  await dropServersTemplates(db);
  await db.close();
  try {
    renameSync(made, template);
  } catch {
    // Another process has made one meanwhile.
    rmSync(made, { recursive: true, force: true });
  }
}

/**
 * What a server copies when it makes a database, and this one never makes another: 600 of its 1,047 files, and making files is most of what
 * a copy of it costs.
 */
async function dropServersTemplates(db: PGlite): Promise<void> {
  await db.exec("UPDATE pg_database SET datistemplate = false WHERE datname IN ('template0', 'template1')");
  await db.exec('DROP DATABASE template0');
  await db.exec('DROP DATABASE template1');
}

/** Makes the tables of the engine, which does that itself where they are missing, in 93 migrations. */
export const makeEngineTables = (pool: pg.Pool): Promise<void> =>
  ensureSystemDatabase('', { info() {} } as unknown as Parameters<typeof ensureSystemDatabase>[1], pool);

/** Another version of the database may lay its files out otherwise, one of the engine its tables; `alone`: without the server's templates. */
const templateName = (): string =>
  `pglite-${versionOf('@electric-sql/pglite', '..')}-dbos-${versionOf('@dbos-inc/dbos-sdk', '../..')}-alone`;

/** @param up from the folder of the package's entry to its root. */
function versionOf(name: string, up: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  return JSON.parse(readFileSync(join(dirname(entry), up, 'package.json'), 'utf8')).version;
}
