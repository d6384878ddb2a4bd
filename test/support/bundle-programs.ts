import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { CACHE } from './cache.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAMS = ['test/support/bot-entry.ts', 'src/start.ts'];

/**
 * What stays a package that Node loads: the embedded database reads its WebAssembly beside itself, and the rest is asked for by others that do
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

/** These look for files beside themselves, so they are told where they lay: our sources, and of the packages the ones that were found to. */
const KNOWS_ITS_PLACE = /\/src\/.*\.ts$|\/(dbos-sdk\/dist\/src\/utils|pino\/lib\/transport)\.js$/;

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
 * @returns the folder: `bot-entry.mjs` and `start.mjs`.
 */
export async function bundlePrograms(): Promise<string> {
  const folder = join(CACHE, 'programs');
  const { outputFiles } = await build({
    entryPoints: PROGRAMS.map((path) => join(ROOT, path)),
    outdir: folder,
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
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of outputFiles) replace(path, text);
  const current = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const name of readdirSync(folder)) if (!current.has(name)) rmSync(join(folder, name), { force: true });
  return folder;
}

/** Never half a file, because another run may start its bots from it; the same file stays, because Node's compile cache goes by it. */
function replace(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // There is none yet.
  }
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
