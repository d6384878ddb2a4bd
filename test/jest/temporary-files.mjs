// Where the tests keep their repositories and databases: in memory, where this machine has a file system for that.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const MEMORY = '/dev/shm';
const NAME = /^planwright-tests-([0-9a-f]+)-(\d+)$/;
/** Containers that share the memory count their processes each from one. */
export const HOST_ID = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** Some hundred megabytes are in use at once. Docker's default is 64 MB, and the rest is for whatever else needs memory. */
const ENOUGH = 4 * 1024 ** 3;
const OWN = `planwright-tests-${HOST_ID}-${process.pid}`;

/**
 * Makes a folder of this run, for this process and those it starts. A run of all tests makes and removes some hundred thousand files, and ext4
 * searches ever longer for an inode that was not in use within the last five seconds.
 */
export function keepTemporaryFilesInMemory() {
  // Watching, Jest comes here before each run.
  if (basename(tmpdir()) === OWN) return void mkdirSync(tmpdir(), { recursive: true, mode: 0o700 });
  removeLeftovers(MEMORY);
  removeLeftovers(tmpdir());
  const folder = join(!process.env.TMPDIR && canBeUsed() ? MEMORY : tmpdir(), OWN);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  process.env.TMPDIR = folder;
}

export function removeTemporaryFiles() {
  if (basename(tmpdir()) !== OWN) return;
  // A git that a bot had started may still be writing.
  rmSync(tmpdir(), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** What runs have left that were killed. */
function removeLeftovers(folder) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host !== HOST_ID || isRunning(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Also whether programs in it may be run, which tests do with hooks and editors. */
function canBeUsed() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ENOUGH || process.availableMemory() < ENOUGH) return false;
    mkdirSync(join(MEMORY, OWN), { mode: 0o700 });
    const program = join(MEMORY, OWN, 'program.sh');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    execFileSync(program);
    rmSync(program);
    return true;
  } catch {
    return false;
  }
}
