// Jest runs this once before the first scenario, in its own process and as Node itself loads modules.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseServer } from './database-server.ts';
import { makeTemplate, makeTemplateDatabase } from './make-templates.ts';

const MEMORY = '/dev/shm';
/** Several times what all scenarios of a run leave behind. */
const ENOUGH_BYTES = 6e9;

/** Where files are made: scenarios write thousands of small ones, of git and of the embedded database, and a disk takes its time for each. */
function folderOfRun() {
  const hasMemory = (() => {
    try {
      const { bavail, bsize } = statfsSync(MEMORY);
      return bavail * bsize > ENOUGH_BYTES;
    } catch {
      return false;
    }
  })();
  return mkdtempSync(join(hasMemory ? MEMORY : tmpdir(), 'planwright-tests-'));
}

/**
 * Scenarios run on a PostgreSQL server where one is to be had, because a bot that compiles and opens the embedded database first takes twice
 * the processor time. TEST_POSTGRES names the server, and set to nothing it keeps to the embedded database.
 */
export default async () => {
  process.env.TEST_RUN = `planwright_test_${randomBytes(6).toString('hex')}`;
  process.env.TMPDIR = folderOfRun();
  process.env.TEST_POSTGRES = await databaseServer();
  if (process.env.TEST_POSTGRES) await makeTemplateDatabase(process.env.TEST_POSTGRES);
  else await makeTemplate();
};
