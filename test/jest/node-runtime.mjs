import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endFile, loadFor } from './globals.mjs';
import './ends-with-jest.mjs';

const ROOT = join(import.meta.dirname, '../..');
const GLOBALS = new URL('./globals.mjs', import.meta.url).href;

// Written when the worker ends, read when the next one starts: what a test file imports is parsed once, not with each run.
enableCompileCache(join(ROOT, 'node_modules/.cache/planwright/compiled-tests'));
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
});

/** How often each path was loaded. */
const loaded = new Map();
const OF_ONE_FILE = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'JEST_STATE_SYMBOL'];

/**
 * Loads test files as Node itself does. Jest's own runtime builds a world for each file, and evaluates every module in it once more, which
 * took half a second of processor time for each of 270 files. Here the files of a worker share their modules.
 */
export default class NodeRuntime {
  #environment = { ...process.env };
  #folder = process.cwd();
  #require = createRequire(import.meta.url);

  /** The runner's own state is about one file. */
  requireInternalModule(path) {
    delete this.#require.cache[path];
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (OF_ONE_FILE.includes(symbol.description)) delete globalThis[symbol];
    return this.#require(path);
  }

  requireModule(path) {
    return this.#require(path);
  }

  setGlobalsForRuntime(globals) {
    loadFor(globals);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** Test files and what Jest loads before each of them: once for each file, though modules stay. The first time by the name that the cache knows. */
  unstable_importModule(path) {
    const times = loaded.get(path) ?? 0;
    loaded.set(path, times + 1);
    return import(`${pathToFileURL(path).href}${times === 0 ? '' : `?again=${times}`}`);
  }

  enterTestCode() {}
  leaveTestCode() {}
  getSourceMaps() {
    return null;
  }
  getAllCoverageInfoCopy() {
    return null;
  }

  /** What a file has changed of the process is put back. */
  teardown() {
    endFile();
    for (const name of Object.keys(process.env)) if (!(name in this.#environment)) delete process.env[name];
    Object.assign(process.env, this.#environment);
    process.chdir(this.#folder);
  }
}
