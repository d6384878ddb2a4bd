import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';

/** Held until `release`, or until the process ends in whatever way. */
export interface Lock {
  release(): void;
}

export const LOCK_FILE = 'planwright.lock';

/** SQLITE_BUSY: another connection, here or in another process, holds the lock. */
const BUSY = 5;

/**
 * Takes the lock of a data folder, making the folder when it is missing. PGlite lets two processes open one folder and then loses
 * rows, and the git mirrors have one writer too.
 *
 * The lock is SQLite's, on a file of that name: a lock of the operating system, which Node offers in no other way. It is gone with
 * its process, also after SIGKILL or when the process id is given out again, and it holds between containers that share the folder,
 * where process ids mean nothing. It needs a file system with locks (a local disk, not every network share).
 * @returns or a sentence for the operator when another process has the folder.
 * @throws when the folder cannot be written.
 */
export function lockFolder(dataDir: string): Outcome<Lock> {
  mkdirSync(dataDir, { recursive: true });
  const file = new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: 0 });
  const taken = attempt(() => {
    file.exec('BEGIN IMMEDIATE');
    // Written under the lock and committed, so that a refused process can read who holds it; the transaction after it only holds
    // the lock.
    file.exec('CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL)');
    file
      .prepare('INSERT OR REPLACE INTO holder VALUES (1, ?)')
      .run(`process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`);
    file.exec('COMMIT');
    file.exec('BEGIN IMMEDIATE');
  });
  if (taken) return success({ release: () => file.close() });
  const holder = nameOfHolder(file);
  file.close();
  return failure(
    `Another Planwright is running on the data folder ${dataDir}${holder ? ` (${holder})` : ''}. Stop it first, or set DATA_DIR to a folder of its own.`,
  );
}

function attempt(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}

function nameOfHolder(file: DatabaseSync): string | null {
  try {
    return (file.prepare('SELECT name FROM holder').get() as { name: string } | undefined)?.name ?? null;
  } catch {
    // The other process is between its two steps; that it holds the lock is known anyway.
    return null;
  }
}
