import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalGitHub } from '../test/support/github/local-github.ts';
import { botVariables, startProduct, unusedDatabase } from './bot-variables.ts';
import { type Figure, figuresOf, median } from './figure.ts';
import { useOf } from './process-use.ts';

const STORES = ['postgresql', 'pglite'] as const;
/** On an empty folder and database; with both, but without compiled code; as after a restart. */
const KINDS = ['first start', 'cold compile cache', 'warm compile cache'] as const;

/** One start, up to the line that says where the bot listens. */
interface Start {
  readonly seconds: number;
  /** Of the bot's process. */
  readonly processorSeconds: number;
}

/** How long it takes from the spawn to "listens on", in time and in processor time. */
export async function benchStartUp(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({ args: [...args], options: { times: { type: 'string', default: '5' } } });
  const github = await startLocalGitHub();
  const figures: Figure[] = [];
  try {
    for (const store of STORES) {
      const runs: Start[][] = [];
      for (let n = 0; n < Number(values.times); n++) runs.push(await startThrice(botVariables(github), store));
      for (const [nth, kind] of KINDS.entries()) {
        const starts = runs.flatMap((run) => run[nth] ?? []);
        const measured = figuresOf(`start-up, ${store}, ${kind}`, {
          'until it listens': [median(starts.map(({ seconds }) => seconds)), 's'],
          'processor time': [median(starts.map(({ processorSeconds }) => processorSeconds)), 's'],
        });
        for (const { name, value, unit } of measured) console.log(`${name}: ${value} ${unit}`);
        figures.push(...measured);
      }
    }
  } finally {
    await github.close();
  }
  return figures;
}

/** In the order of `KINDS`. */
async function startThrice(variables: Readonly<Record<string, string>>, store: (typeof STORES)[number]): Promise<Start[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const database = store === 'postgresql' ? unusedDatabase() : null;
  const env = { ...variables, DATA_DIR: folder, ...(database && { DATABASE_URL: database.url }) };
  try {
    const first = await start(env);
    await rm(join(folder, 'compile-cache'), { recursive: true, force: true });
    return [first, await start(env), await start(env)];
  } finally {
    await rm(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

async function start(env: Readonly<Record<string, string>>): Promise<Start> {
  const began = performance.now();
  const bot = await startProduct(env);
  const seconds = (performance.now() - began) / 1_000;
  const { processorSeconds } = useOf(bot.pid);
  // The compiled code is written once everything has been started, and at the end.
  await bot.prints(/checks of this set-up passed/);
  await bot.stop();
  return { seconds, processorSeconds };
}
