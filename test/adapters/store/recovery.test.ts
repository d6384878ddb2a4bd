import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { flagsOf, programOf } from '../../support/bot.ts';
import { CACHE } from '../../support/cache.ts';
import { createEngineDatabase, dropDatabase, onServer, runOn, unusedDatabase } from './test-database.ts';

interface Said {
  event: 'refused' | 'launched' | 'running' | 'recorded' | 'result' | 'took over' | 'lost';
  value: unknown;
}
interface Bot {
  /** Waits until the bot says so, or says it is refused. */
  until(event: Said['event'], value?: string): Promise<Said>;
  said: Said[];
  ended: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
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
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(CACHE, 'compiled'),
    DATA_DIR: dataDir,
    RAN: dataDir,
    ...variables,
  };
  const child = spawn(process.execPath, [...flagsOf(), programOf('test/adapters/store/recovery-bot.ts')], {
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
    signal: (signal) => void child.kill(signal),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const ran = () => readFileSync(join(dataDir, 'ran'), 'utf8').trim().split('\n');

test('a task on PGlite survives kill -9 without repeating what was recorded, and one folder has one bot', async () => {
  const first = startBot({ HANG_IN: 'two' });
  await first.until('running', 'two');
  const recorded = first.said.find(({ event }) => event === 'recorded')?.value;
  const refused = startBot({});
  expect((await refused.until('refused')).value).toMatch(
    /^Another Planwright is running on the data folder .* \(process \d+ on .*, since .*\)\. Stop it first/,
  );
  await refused.ended;
  expect(ran()).toEqual(['one', 'two']);
  await first.kill();

  const successor = startBot({});
  const { value } = await successor.until('result');
  await successor.ended;
  expect(value).toEqual([recorded, expect.stringMatching(/^two /), expect.stringMatching(/^three /)]);
  expect(ran()).toEqual(['one', 'two', 'two', 'three']);
});

onServer('on PostgreSQL', () => {
  let url: string;
  beforeEach(async () => {
    url = await createEngineDatabase();
  });
  afterEach(() => dropDatabase(url));

  const startReplica = (name: string, variables: Record<string, string> = {}): Bot =>
    startBot({ DATABASE_URL: url, DATA_DIR: join(dataDir, name), ...variables });

  test('a replica that is killed has its task continued by another, without repeating what was recorded', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    const second = startReplica('second');
    await second.until('launched');
    const recorded = first.said.find(({ event }) => event === 'recorded')?.value;
    expect(ran()).toEqual(['one', 'two']);
    await first.kill();
    const { value } = await second.until('result');
    await second.ended;
    expect(value).toEqual([recorded, expect.stringMatching(/^two /), expect.stringMatching(/^three /)]);
    expect(ran()).toEqual(['one', 'two', 'two', 'three']);
  });

  test('a replica that was stopped for longer than the lease ends when it wakes, and repeats nothing', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    const second = startReplica('second');
    await second.until('launched');
    first.signal('SIGSTOP');
    await second.until('took over');
    await second.until('result');
    first.signal('SIGCONT');
    await first.until('lost');
    await Promise.all([first.ended, second.ended]);
    expect(ran()).toEqual(['one', 'two', 'two', 'three']);
  });

  test('a process that starts again in the same folder continues at once, because the folder shows that the other is dead', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    await first.kill();
    const again = startReplica('first');
    await again.until('result');
    await again.ended;
    expect(again.said.map(({ event }) => event)).not.toContain('took over');
    expect(ran()).toEqual(['one', 'two', 'two', 'three']);
  });

  test('a copy of a folder says nothing about the process that has the original', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    cpSync(join(dataDir, 'first'), join(dataDir, 'copy'), { recursive: true });
    const second = startReplica('copy');
    await second.until('launched');
    expect(ran()).toEqual(['one', 'two']);
    expect(first.said.map(({ event }) => event)).not.toContain('lost');
    await Promise.all([first.kill(), second.kill()]);
  });

  test('what a version without a live replica left unfinished is dropped, and its id is free again', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    await first.kill();
    await runOn(url, "UPDATE dbos.workflow_status SET application_version = '0'");

    const successor = startReplica('second');
    await successor.until('result');
    await successor.ended;
    expect(ran()).toEqual(['one', 'two', 'one', 'two', 'three']);
  });

  test('live work of an older version is left alone by a newer one that starts, and dropped when its last replica is dead', async () => {
    const first = startReplica('first', { HANG_IN: 'two' });
    await first.until('running', 'two');
    await runOn(url, "UPDATE dbos.workflow_status SET application_version = '0'; UPDATE planwright.replica SET version = '0'");
    const newer = startReplica('second');
    await newer.until('launched');
    expect(newer.said.map(({ event }) => event)).not.toContain('took over');
    await first.kill();
    await newer.until('took over');
    const next = startReplica('third');
    await next.until('result');
    await Promise.all([newer.kill(), next.ended]);
    expect(ran()).toEqual(['one', 'two', 'one', 'two', 'three']);
  });

  test('five that start at once on a database that does not exist run a task once', async () => {
    const missing = unusedDatabase();
    const all = Array.from({ length: 5 }, (_, i) => startReplica(String(i), { DATABASE_URL: missing }));
    const results = await Promise.all(all.map(async (bot) => (await bot.until('result')).value));
    await Promise.all(all.map(({ ended }) => ended));
    expect(new Set(results.map((value) => JSON.stringify(value))).size).toBe(1);
    expect(ran()).toEqual(['one', 'two', 'three']);
    await dropDatabase(missing);
  });
});
