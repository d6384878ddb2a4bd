import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CACHE } from '../../support/cache.ts';
import { createDatabase, dropDatabase, onServer, runOn } from './test-database.ts';

interface Said {
  event: 'refused' | 'launched' | 'running' | 'recorded' | 'result';
  value: unknown;
}
interface Bot {
  /** Waits until the bot says so, or says it is refused. */
  until(event: Said['event'], value?: string): Promise<Said>;
  said: Said[];
  ended: Promise<unknown>;
  kill(): Promise<unknown>;
}

let dataDir: string;
let running: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'planwright-recovery-'));
  running = [];
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function startBot(variables: Record<string, string>): Bot {
  const env = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(CACHE, 'compiled'), DATA_DIR: dataDir, ...variables };
  const script = join(import.meta.dirname, 'recovery-bot.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--liftoff-only', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const said: Said[] = [];
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  let heard = () => {};
  lines.on('line', (line) => {
    said.push(JSON.parse(line));
    heard();
  });
  return {
    said,
    ended,
    until(event, value) {
      const matches = (s: Said) => s.event === event && (value === undefined || s.value === value);
      return new Promise((resolve, reject) => {
        heard = () => {
          const found = said.find(matches);
          if (found) resolve(found);
        };
        heard();
        void ended.then(() => reject(new Error(`the bot ended before ${event}; it said ${JSON.stringify(said)}`)));
      });
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const ran = () => readFileSync(join(dataDir, 'ran'), 'utf8').trim().split('\n');

/**
 * While a bot works, a second one is turned away and harms nothing; the first is killed in mid-step; its successor, taking over the
 * locks the dead one left, finishes the task without running again what was recorded.
 */
async function refuseKillAndRecover(variables: Record<string, string>, second: Record<string, string>, refusal: RegExp) {
  const first = startBot({ ...variables, HANG_IN: 'two' });
  await first.until('running', 'two');
  const recorded = first.said.find(({ event }) => event === 'recorded')?.value;
  const refused = startBot({ ...variables, ...second });
  expect((await refused.until('refused')).value).toMatch(refusal);
  await refused.ended;
  expect(ran()).toEqual(['one', 'two']);
  await first.kill();

  const successor = startBot(variables);
  const { value } = await successor.until('result');
  await successor.ended;
  expect(value).toEqual([recorded, expect.stringMatching(/^two /), expect.stringMatching(/^three /)]);
  expect(ran()).toEqual(['one', 'two', 'two', 'three']);
}

test('a task on PGlite survives kill -9, and one folder has one bot', () =>
  refuseKillAndRecover(
    {},
    {},
    /^Another Planwright is running on the data folder .* \(process \d+ on .*, since .*\)\. Stop it first/,
  ));

onServer('on PostgreSQL', () => {
  let url: string;
  beforeEach(async () => {
    url = await createDatabase();
  });
  afterEach(() => dropDatabase(url));

  test('a task survives kill -9, and one database has one bot, whatever its folder', () =>
    refuseKillAndRecover(
      { DATABASE_URL: url },
      { DATA_DIR: join(dataDir, 'own') },
      /^Another Planwright is running on the database of DATABASE_URL/,
    ));

  test('what an older version left unfinished is dropped, and its id is free again', async () => {
    const first = startBot({ DATABASE_URL: url, HANG_IN: 'two' });
    await first.until('running', 'two');
    await first.kill();
    await runOn(url, "UPDATE dbos.workflow_status SET application_version = '0'");

    const successor = startBot({ DATABASE_URL: url });
    await successor.until('result');
    await successor.ended;
    expect(ran()).toEqual(['one', 'two', 'one', 'two', 'three']);
  });
});
