// A process of its own: a replica of the product without GitHub, whose signals are the benchmark's. It enqueues its share of them and handles whatever
// the queue gives it.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { openIntake } from '../../src/adapters/store/intake.ts';
import { launchEngine } from '../../src/adapters/store/launch-engine.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { openReplica } from '../../src/adapters/store/replicas/replica.ts';
import { ALONE } from '../../src/ports/replicas.ts';
import { configureIntake, registerRetried } from '../../src/workflows/engine/durable-retry.ts';
import { WAITS } from '../../src/workflows/engine/schedule.ts';
import { configureFence, registerQueues } from '../../src/workflows/engine/steps.ts';
import type { Begin, FromWorker, WorkerJob } from './protocol.ts';

interface Signal {
  readonly task: string;
  /** When it was due, by the clock that all processes of one machine share. */
  readonly dueAt: number;
}

const REPORT_MS = 1_000;

const job = JSON.parse(process.argv[2] ?? '') as WorkerJob;
const log = pino({ level: 'warn' }, pino.destination(2));
const { dataDir } = job;
const opened = await openStore({ databaseUrl: job.databaseUrl, dataDir, log, intake: WAITS.intake });
if (!opened.ok) throw new Error(opened.reason);
const store = opened.value;
const replica = await openReplica({ store, dataDir, waits: WAITS.replicas, log });
// One connection, because the locks are its session's; a pool of one has its statements wait for each other.
const witness = new pg.Pool({ connectionString: job.databaseUrl, max: 1, min: 1, idleTimeoutMillis: 0 });
/** Tasks that this process is at work on: its one session may take its own lock twice. */
const atWork = new Set<string>();

let waits: number[] = [];
let overlaps = 0;
const tell = (what: FromWorker): void => void process.send?.(what);
const report = (): void => {
  if (waits.length === 0) return;
  tell({ kind: 'handled', waits, overlaps });
  waits = [];
  overlaps = 0;
};

const signals = registerRetried<Signal>({
  name: 'bench',
  partition: ({ task }) => task,
  run: handle,
  about: ({ task }) => ({ 'bench.task': task }),
  log,
  waits: WAITS,
  turns: job.turns ? replica.turns : ALONE,
});

/** The witness knows nothing of turns: a lock that only one session of all can have. */
async function handle({ task, dueAt }: Signal): Promise<void> {
  const waited = Date.now() - dueAt;
  const isFirstHere = !atWork.has(task);
  atWork.add(task);
  const isAlone = isFirstHere && (await lock('pg_try_advisory_lock', task));
  await delay(job.workMs);
  if (isAlone) await lock('pg_advisory_unlock', task);
  else overlaps += 1;
  if (isFirstHere) atWork.delete(task);
  waits.push(waited);
}

async function lock(what: 'pg_try_advisory_lock' | 'pg_advisory_unlock', task: string): Promise<boolean> {
  const { rows } = await witness.query(`SELECT ${what}(hashtextextended($1, 7)) AS done`, [task]);
  return rows[0].done;
}

configureFence(replica.fence);
const engine = await launchEngine({ pool: store.pool, log, register: () => {}, executor: replica.executor });
configureIntake(await openIntake(store.intake, log));
await registerQueues();
await replica.launched(engine, () => {});
setInterval(report, REPORT_MS);

const told = once(process, 'message');
tell({ kind: 'ready' });
const [begin] = (await told) as [Begin];
// All processes get a signal of the same task at the same moment, as a balancer hands out the deliveries that one action causes.
const everyMs = (1_000 * job.processes) / job.rate;
for (let n = 0; n < job.signals; n++) {
  const dueAt = begin.at + n * everyMs;
  const wait = dueAt - Date.now();
  if (wait > 1) await delay(wait);
  const task = `bench/shop#${(n * 7_919) % job.tasks}`;
  signals.accept({ task, dueAt }, `${job.index}:${n}`).catch((error: unknown) => {
    console.error('a signal was not recorded', error);
    process.exit(1);
  });
}
