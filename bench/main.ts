// `npm run bench`: all that is compared, as one table; `npm run bench -- NAME`: one of them. Nothing is asserted, because machines differ.
import { spawn } from 'node:child_process';
import { benchAcknowledgement } from './acknowledgement/main.ts';
import { benchDashboard } from './dashboard.ts';
import { benchExecutor } from './executor.ts';
import type { Bench, Figure } from './figure.ts';
import { benchParsers } from './parsers.ts';
import { benchPlanner } from './planner.ts';
import { benchPrefix } from './prefix.ts';
import { begin, compared, load, machine, type Recording, write } from './recordings.ts';
import { benchReview } from './review.ts';
import { benchStartUp } from './start-up.ts';
import { benchTakeOver } from './take-over.ts';
import { benchTasks } from './tasks/main.ts';
import { benchTurns } from './turns/main.ts';

/** `quick`: arguments for a try of a minute at most; null: not part of the table. */
const BENCHES: Readonly<Record<string, { readonly run: Bench; readonly quick: readonly string[] | null }>> = {
  planner: { run: benchPlanner, quick: [] },
  prefix: { run: benchPrefix, quick: [] },
  executor: { run: benchExecutor, quick: ['--plans', '1,5'] },
  'start-up': { run: benchStartUp, quick: ['--times', '1'] },
  acknowledgement: {
    run: benchAcknowledgement,
    quick: ['--seconds', '3', '--rates', '50', '--arms', 'bare Probot;PostgreSQL, 1;PGlite'],
  },
  turns: { run: benchTurns, quick: ['--turns', '900', '--rounds', '1'] },
  'take-over': { run: benchTakeOver, quick: ['--times', '1'] },
  tasks: { run: benchTasks, quick: ['--issues', '20', '--repositories', '4', '--replicas', '1'] },
  review: { run: benchReview, quick: null },
  parsers: { run: benchParsers, quick: null },
  dashboard: { run: benchDashboard, quick: null },
};

/** The longest of them takes half as long. */
const GIVES_UP_MS = 60 * 60_000;

const given = process.argv.slice(2);
const option = (name: string): boolean => {
  const at = given.indexOf(name);
  if (at >= 0) given.splice(at, 1);
  return at >= 0;
};
const [quick, record] = [option('--quick'), option('--record')];
const [name, ...args] = given;

/** Runs in this process; tells its figures to the one that has started it, if that is this program. */
async function runOne(which: string): Promise<void> {
  const bench = BENCHES[which];
  if (!bench) {
    console.error(
      `usage: npm run bench [-- NAME] [--quick] [--record], where NAME is one of: ${Object.keys(BENCHES).join(', ')}`,
    );
    process.exit(2);
  }
  const before = load();
  const figures = await bench.run([...(quick ? (bench.quick ?? []) : []), ...args]);
  if (process.send) {
    process.send(figures);
    process.disconnect();
  } else finish(withFigures(begin(quick), figures, before));
}

/** Each in a process of its own, so that none leaves anything behind for the next. */
async function runAll(): Promise<number> {
  let recording = begin(quick);
  console.log(`${recording.machine}, commit ${recording.commit}`);
  const failed: string[] = [];
  for (const [which, bench] of Object.entries(BENCHES)) {
    if (bench.quick === null) continue;
    console.log(`\n== ${which} (load ${load()})`);
    const before = load();
    const began = performance.now();
    const figures = await figuresOf(which);
    if (figures === null) failed.push(which);
    recording = withFigures(recording, figures ?? [], before);
    console.log(`${which} took ${Math.round((performance.now() - began) / 1_000)} s`);
    // After each, so that a run that is broken off is worth something.
    if (record) write(recording);
  }
  finish(recording);
  if (failed.length > 0) console.error(`These did not end well: ${failed.join(', ')}`);
  return failed.length > 0 ? 1 : 0;
}

const withFigures = (recording: Recording, figures: readonly Figure[], before: number): Recording => {
  const around = [before, load()] as const;
  return { ...recording, figures: [...recording.figures, ...figures.map((figure) => ({ ...figure, load: around }))] };
};

function finish(recording: Recording): void {
  console.log(`\n${machine()}; the last column is the load around each`);
  console.table(compared(recording));
  if (record) console.log(`Recorded in ${write(recording)}`);
}

/** Null where it failed or did not end. */
function figuresOf(which: string): Promise<readonly Figure[] | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, which, ...(quick ? ['--quick'] : [])], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let figures: readonly Figure[] | null = null;
    const limit = setTimeout(() => child.kill('SIGKILL'), GIVES_UP_MS);
    child.on('message', (message) => {
      figures = message as readonly Figure[];
    });
    child.once('exit', () => {
      clearTimeout(limit);
      resolve(figures);
    });
  });
}

if (name === undefined) process.exitCode = await runAll();
else await runOne(name);
