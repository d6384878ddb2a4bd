import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { launchEngine } from '../../src/adapters/store/launch-engine.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { CACHE } from './cache.ts';

const lockfile = readFileSync(join(import.meta.dirname, '../../package-lock.json'));
/** Another version of a package may lay the database out otherwise. */
const TEMPLATE = join(CACHE, `database-${createHash('sha256').update(lockfile).digest('hex').slice(0, 12)}`);

/**
 * Puts an embedded database, empty and as the engine's first start leaves it, into a bot's data folder: making one takes four seconds of
 * processor time, copying one a fifth of a second. Where none was made yet, the bot makes its own.
 */
export async function copyDatabase(dataDir: string): Promise<void> {
  if (existsSync(TEMPLATE)) await cp(TEMPLATE, join(dataDir, 'pglite'), { recursive: true });
}

/** Makes the database that is copied, once for all runs of one set of packages. */
export async function makeTemplate(): Promise<void> {
  if (existsSync(TEMPLATE)) return;
  mkdirSync(CACHE, { recursive: true });
  const dataDir = mkdtempSync(`${TEMPLATE}.`);
  try {
    const log = pino({ level: 'silent' });
    const store = await openStore({ databaseUrl: null, dataDir, log });
    if (!store.ok) throw new Error(store.reason);
    const engine = await launchEngine({ pool: store.value.pool, log, register: () => {} });
    await engine.close(0);
    await store.value.close();
    if (!existsSync(TEMPLATE)) renameSync(join(dataDir, 'pglite'), TEMPLATE);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
