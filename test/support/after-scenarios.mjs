import { dropDatabasesOfRun } from '../jest/databases-of-runs.mjs';
import { endSoon } from '../jest/end-soon.mjs';
import { removeTemporaryFiles } from '../jest/temporary-files.mjs';
import { endThemNow } from './end-with-us.ts';

/** What scenarios share they leave behind when their worker ends: the files and databases of this run. */
export default async (options) => {
  // In a run of one file there is no worker with which they would have ended.
  await endThemNow();
  removeTemporaryFiles();
  const { TEST_POSTGRES: server, TEST_RUN: run } = process.env;
  if (server) await dropDatabasesOfRun(server, run);
  endSoon(options);
};
