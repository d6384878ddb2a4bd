import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { loadEnvFile } from './settings/environment/env-file.ts';

// This comes before anything else reads the environment, because .env supplements it.
const problem = loadEnvFile(process.env);
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
// The embedded database is PostgreSQL as WebAssembly. To compile its busiest code a second time makes statements a sixth faster, and takes
// 600 MB for one of its functions. V8 derives the other two flags from the first only where that is given at the start. They
// are set before anything is compiled, because the cache below keeps code for the same flags only.
const BASELINE_ONLY = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
if (!process.env.DATABASE_URL && !process.env.DATABASE_URL_FILE) for (const flag of BASELINE_ONLY) setFlagsFromString(flag);
// Half of the time of a start is spent on compiling the same code as the last time. The cache is in the data folder, because code
// that anyone could put into a shared temporary folder would be run; NODE_COMPILE_CACHE, Node's own setting, wins. A folder that
// cannot be written costs time and nothing else. Only the server is sure to have a data folder: a check of a file must not create
// one.
const [command] = process.argv.slice(2);
if (command === 'serve') enableCompileCache(join(process.env.DATA_DIR || './data', 'compile-cache'));
// Imported only now, because a module's imports are compiled before its first line runs.
const { runProgram } = await import('./cli/program.ts');
const code = await runProgram(process.argv.slice(2));
if (code !== null) process.exitCode = code;
// Node writes the cache when it exits, and a process that is killed does not.
flushCompileCache();
