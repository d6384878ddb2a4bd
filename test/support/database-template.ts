import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './cache.ts';

const lockfile = readFileSync(join(import.meta.dirname, '../../package-lock.json'));
/** Another version of a package may lay the database out otherwise. */
const LAYOUT = createHash('sha256').update(lockfile).digest('hex').slice(0, 12);
/** The folder of an embedded database that holds the engine's tables and nothing in them; `make-templates.ts` makes it. */
export const TEMPLATE = join(CACHE, `embedded-${LAYOUT}`);
/** The same on a PostgreSQL server, where it stays for the next run, too. */
export const TEMPLATE_DATABASE = `planwright_template_${LAYOUT}`;

/**
 * Puts the embedded database into a bot's data folder: making one takes six seconds of processor time, copying one a tenth of a second.
 * Where none was made yet, the bot makes its own.
 */
export async function copyDatabase(dataDir: string): Promise<void> {
  if (existsSync(TEMPLATE)) cpSync(TEMPLATE, join(dataDir, 'pglite'), { recursive: true });
}
