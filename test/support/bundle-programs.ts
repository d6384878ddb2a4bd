import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { CACHE } from './cache.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'programs';
const PROGRAMS = ['test/support/bot-entry.ts', 'test/adapters/store/recovery-bot.ts', 'src/start.ts'];

/**
 * What stays a package that Node loads: the embedded database reads its WebAssembly next to itself, and the rest is asked for by others that do
 * without when it is not installed.
 */
const NOT_BUNDLED = [
  '@electric-sql/pglite',
  '@opentelemetry/api-logs',
  '@opentelemetry/context-async-hooks',
  '@opentelemetry/exporter-logs-otlp-proto',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/sdk-trace-base',
  'aws4',
  'pg-cloudflare',
  'pg-native',
  'winston',
  'winston-transport',
];

/** These look for files next to themselves, so they get the path of the folder that they come from: our sources, the tests' cache, and modules of three packages. */
const KNOWS_ITS_PLACE =
  /\/src\/.*\.ts$|\/test\/support\/cache\.ts$|\/(dbos-sdk\/dist\/src\/utils|pino\/lib\/transport|thread-stream\/index)\.js$/;

const places: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: KNOWS_ITS_PLACE }, async ({ path }) => {
      const folder = JSON.stringify(dirname(path));
      const source = await readFile(path, 'utf8');
      const contents = source
        .replaceAll('import.meta.dirname', folder)
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('__dirname', folder);
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/**
 * Makes a few files of the programs' 1,300 modules, which halves what starting one costs; the scenarios start more than a hundred. Their code
 * is the same, and `npm start`, the demo and `.ci/run`'s try run it as it lies in src.
 * @returns the folder: `bot-entry.mjs`, `recovery-bot.mjs` and `start.mjs`.
 */
export async function bundlePrograms(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: PROGRAMS.map((path) => join(ROOT, path)),
    outdir: CACHE,
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    external: NOT_BUNDLED,
    plugins: [places],
    // Packages that are not modules ask for Node's own ones by this.
    banner: {
      js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);",
    },
    logLevel: 'error',
  });
  return keep(outputFiles);
}

/**
 * A folder that is named by what is in it, and never half a one: other runs in this checkout may start their bots from it, of the same sources
 * or of others. The same sources have the same paths, by which Node's compile cache goes.
 */
function keep(files: readonly OutputFile[]): string {
  const hash = createHash('sha256');
  for (const { path, contents } of files) hash.update(basename(path)).update(contents);
  const folder = join(CACHE, `${NAME}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    const made = `${folder}.${process.pid}`;
    mkdirSync(made, { recursive: true });
    for (const { path, contents } of files) writeFileSync(join(made, basename(path)), contents);
    try {
      renameSync(made, folder);
    } catch {
      // Another run has made it meanwhile.
      rmSync(made, { recursive: true, force: true });
    }
  }
  const now = new Date();
  utimesSync(folder, now, now);
  forgetOld();
  return folder;
}

const DAY_MS = 86_400_000;

function forgetOld(): void {
  for (const name of readdirSync(CACHE).filter((one) => one.startsWith(`${NAME}-`))) {
    const path = join(CACHE, name);
    const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - at > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}
