import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

// Half of the time a start takes is compiling what was compiled the last time. The cache lies with the data, because code that anybody
// could put into a shared temporary folder would be run; NODE_COMPILE_CACHE, Node's own setting, wins. A folder that cannot be written
// costs the time and nothing else.
enableCompileCache(join(process.env.DATA_DIR || './data', 'compile-cache'));
// Imported only now: what a module imports is compiled before its first line runs.
const { run } = await import('./main.ts');
await run();
// Node writes the cache when it exits, and a process that is killed does not.
flushCompileCache();
