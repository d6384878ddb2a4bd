import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endWithUs } from '../../test/support/end-with-us.ts';
import { unusedDatabase } from '../bot-variables.ts';
import { ascending, atShare, type Figure, figuresOf } from '../figure.ts';
import type { Begin, FromWorker, WorkerJob } from './protocol.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');
/** Nothing was handled for as long: what is missing will not come. */
const STANDSTILL_MS = 60_000;
const BEGINS_IN_MS = 1_000;

interface Arm {
  readonly name: string;
  readonly turns: boolean;
  readonly waits: number[];
  overlaps: number;
  missing: number;
}

/**
 * Three processes on one PostgreSQL handle signals of a few tasks, once with the engine's queue alone and once with the product's turns. A witness
 * that knows of neither counts how often two were at work on one task; and how long a signal waits is compared.
 */
export async function benchTurns(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      turns: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '5' },
      rate: { type: 'string', default: '120' },
      tasks: { type: 'string', default: '40' },
      processes: { type: 'string', default: '3' },
      'work-ms': { type: 'string', default: '20' },
    },
  });
  const [rounds, processes] = [Number(values.rounds), Number(values.processes)];
  const each = {
    processes,
    signals: Math.ceil(Number(values.turns) / rounds / processes),
    rate: Number(values.rate),
    tasks: Number(values.tasks),
    workMs: Number(values['work-ms']),
  };
  const arms: readonly Arm[] = [
    { name: "the engine's queue alone", turns: false, waits: [], overlaps: 0, missing: 0 },
    { name: 'with turns', turns: true, waits: [], overlaps: 0, missing: 0 },
  ];
  // By turns themselves, so that whatever else the machine does falls on both.
  for (let round = 1; round <= rounds; round++)
    for (const arm of arms) {
      await play(arm, each);
      console.log(`round ${round} of ${rounds}, so far: ${JSON.stringify(rowOf(arm))}`);
    }
  console.table(arms.map(rowOf));
  const [alone, turns] = arms as [Arm, Arm];
  return [
    ...arms.flatMap((arm) =>
      figuresOf(`turns, ${arm.name}`, {
        overlaps: [arm.overlaps, ''],
        missing: [arm.missing, ''],
        'mean wait': [mean(arm.waits), 'ms'],
        'wait, p99': [atShare(ascending(arm.waits), 0.99), 'ms'],
      }),
    ),
    ...figuresOf('turns', { 'mean wait over that of the queue alone': [mean(turns.waits) / mean(alone.waits), ''] }),
  ];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function rowOf({ name, waits, overlaps, missing }: Arm): object {
  const sorted = ascending(waits);
  const ms = Object.fromEntries(
    [0.5, 0.9, 0.99].map((share) => [`wait p${share * 100}, ms`, Math.round(atShare(sorted, share))]),
  );
  return { arm: name, handled: waits.length, overlaps, missing, 'wait mean, ms': Math.round(mean(waits) * 10) / 10, ...ms };
}

/** One round on a database of its own. */
async function play(arm: Arm, each: Omit<WorkerJob, 'databaseUrl' | 'dataDir' | 'index' | 'turns'>): Promise<void> {
  const database = unusedDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  const workers: ChildProcess[] = [];
  try {
    for (let index = 0; index < each.processes; index++)
      workers.push(
        await startWorker({ ...each, index, turns: arm.turns, databaseUrl: database.url, dataDir: join(folder, String(index)) }),
      );
    let left = each.signals * each.processes;
    let lastAt = Date.now();
    for (const worker of workers)
      worker.on('message', (message: FromWorker) => {
        if (message.kind !== 'handled') return;
        arm.waits.push(...message.waits);
        arm.overlaps += message.overlaps;
        left -= message.waits.length;
        lastAt = Date.now();
      });
    const begin: Begin = { kind: 'begin', at: Date.now() + BEGINS_IN_MS };
    for (const worker of workers) worker.send(begin);
    while (left > 0 && Date.now() - lastAt < STANDSTILL_MS && workers.every(({ exitCode }) => exitCode === null))
      await delay(100);
    arm.missing += left;
  } finally {
    await Promise.all(workers.map(endOf));
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startWorker(job: WorkerJob): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WORKER, JSON.stringify(job)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  endWithUs(worker);
  const exited = once(worker, 'exit').then(([code]) => Promise.reject(new Error(`a process ended with ${code}`)));
  // The later end is no news.
  exited.catch(() => {});
  await Promise.race([once(worker, 'message'), exited]);
  return worker;
}

async function endOf(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = once(worker, 'exit');
  worker.kill('SIGKILL');
  await exit;
}
