// Jest runs this once before the first scenario, in its own process and as Node itself loads modules.
import { dropLeftDatabases, nameOfThisRun } from '../jest/databases-of-runs.mjs';
import { keepTemporaryFilesInMemory } from '../jest/temporary-files.mjs';
import { bundlePrograms } from './bundle-programs.ts';
import { databaseServer } from './database-server.ts';
import { makeTemplate, makeTemplateDatabase } from './make-templates.ts';

/**
 * Scenarios run on a PostgreSQL server where one is to be had, because a bot that compiles and opens the embedded database first takes twice
 * the processor time. TEST_POSTGRES names the server, and set to nothing it keeps to the embedded database. TEST_PROGRAMS set to nothing runs the
 * bots from their sources, so that stack traces show those.
 */
export default async ({ nonFlagArgs, testPathPatterns }) => {
  if (nonFlagArgs.length === 0 && !testPathPatterns?.patterns.length)
    console.log('All tests take six to eight minutes on two cores. The longest files begin, so the first lines come after one.');
  keepTemporaryFilesInMemory();
  process.env.TEST_RUN = nameOfThisRun();
  // Anew for each run that is watched.
  if (process.env.TEST_PROGRAMS !== '') process.env.TEST_PROGRAMS = await bundlePrograms();
  process.env.TEST_POSTGRES = await databaseServer();
  if (!process.env.TEST_POSTGRES) return makeTemplate();
  await dropLeftDatabases(process.env.TEST_POSTGRES);
  await makeTemplateDatabase(process.env.TEST_POSTGRES);
};
