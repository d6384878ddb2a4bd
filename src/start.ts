import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { loadEnvFile } from './settings/env-file.ts';

// Before anything else reads the environment: below the real one, .env is part of it.
const problem = loadEnvFile(process.env);
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
// Half of the time a start takes is compiling what was compiled the last time. The cache lies with the data, because code that anybody
// could put into a shared temporary folder would be run; NODE_COMPILE_CACHE, Node's own setting, wins. A folder that cannot be written
// costs the time and nothing else. Only the server has a data folder for certain: a check of a file must not make one.
const [command] = process.argv.slice(2);
if (command === 'serve') enableCompileCache(join(process.env.DATA_DIR || './data', 'compile-cache'));
// Imported only now: what a module imports is compiled before its first line runs.
const { runProgram } = await import('./cli/program.ts');
const code = await runProgram(process.argv.slice(2));
if (code !== null) process.exitCode = code;
// Node writes the cache when it exits, and a process that is killed does not.
flushCompileCache();
