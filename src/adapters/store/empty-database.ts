import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/**
 * Puts an empty embedded database into a folder that does not exist yet, as a copy of one that is kept in `templates` and made there the
 * first time: making one takes four seconds of processor time, copying one a fifth of a second. A process that is killed leaves either a
 * whole database or none.
 */
export async function copyEmptyDatabase(templates: string, folder: string): Promise<void> {
  const template = join(templates, `pglite-${pgliteVersion()}`);
  if (!existsSync(template)) await makeTemplate(template);
  const copy = `${folder}.copy`;
  rmSync(copy, { recursive: true, force: true });
  await cp(template, copy, { recursive: true });
  renameSync(copy, folder);
}

async function makeTemplate(template: string): Promise<void> {
  mkdirSync(dirname(template), { recursive: true });
  const made = mkdtempSync(`${template}.`);
  const db = await PGlite.create(made);
  await db.close();
  try {
    renameSync(made, template);
  } catch {
    // Another process has made one meanwhile.
    rmSync(made, { recursive: true, force: true });
  }
}

/** Another version may lay its files out otherwise. */
function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')).version;
}
