// One stage with its tasks, disturbed or not.
import { WAITS as PRODUCT_WAITS } from '../../src/workflows/engine/schedule.ts';
import { random } from '../fuzz/fuzz.ts';
import { openStage } from '../support/stage.ts';
import { type DatabaseLine, openDatabaseLine } from './database-line.ts';
import { type Disturbing, disturb } from './disturbances.ts';
import { prepareFaults } from './faults.ts';
import { type FinalState, finalState, recordedTurnsAskedAgain } from './final-state.ts';
import { openJournal } from './journal.ts';
import { superviseProcesses } from './processes.ts';
import { mountSmallDisk } from './small-disk.ts';
import { aWholeTask } from './whole-task.ts';

export type Store = 'PostgreSQL' | 'embedded';

export interface RunOptions {
  readonly store: Store;
  readonly tasks: number;
  /** Null: nothing fails. */
  readonly disturbed: {
    readonly kills: number;
    readonly faults: number;
    readonly replicas: number;
    readonly seed: number;
    /** The folder of the build that every replica but the first runs; undefined: this one's. */
    readonly replicaBuild: string | undefined;
  } | null;
  readonly say: (what: string) => void;
}

export interface Run {
  readonly name: string;
  readonly hasDisk: boolean;
  readonly counts: ReadonlyMap<string, number>;
  kills(): number;
  /** Lives through all tasks to the end. */
  live(): Promise<void>;
  /** As it is now, by task. */
  states(): Promise<FinalState[]>;
  turnsAskedAgain(): string[];
  /** The last lines that the bots logged. */
  lastLines(count: number): string[];
  /** Writes down everything that happened; returns the file's path. */
  keep(): string;
  close(): Promise<void>;
}

/**
 * The product's own in a fifth of the time, with as many tries, or less where that does not bear on how long a fault may last: what lasts
 * for two seconds here lasts for ten there, and people are to notice nothing.
 */
const REPLICAS = {
  beat: 300,
  fence: 4_000,
  lease: 6_000,
  turn: [20, 40],
  nextTurn: 100,
  database: 100,
  unready: 500,
  money: 100,
};
const WAITS = {
  replicas: REPLICAS,
  sweep: 3_000,
  limits: { secondary: 1_000, inline: 500 },
  step: { first: 200, factor: 3, tries: 4 },
  fresh: { first: 400, factor: 2, tries: 5 },
  provider: { ...PRODUCT_WAITS.provider, first: PRODUCT_WAITS.provider.first / 5 },
  signal: [200, 500, 1_000, 3_000, 6_000, 12_000],
  lag: [200, 500, 1_500, 6_000],
  git: [200, 800, 3_000],
};

export async function openRun({ store, tasks, disturbed, say }: RunOptions): Promise<Run> {
  const name = disturbed ? `${store.toLowerCase()}-${disturbed.seed}` : 'undisturbed';
  const journal = openJournal(name);
  const disk = disturbed ? mountSmallDisk() : null;
  let line: DatabaseLine | null = null;
  const environment: Parameters<typeof openStage>[0] = async ({ databaseUrl }) => {
    line = disturbed && databaseUrl !== null ? await openDatabaseLine(databaseUrl) : null;
    return { LOG_LEVEL: 'debug', ...(line && { DATABASE_URL: line.url }) };
  };
  const stage = await openStage(environment, WAITS, {
    embedded: store === 'embedded',
    heard: (line, pid) => journal.heard(pid, line),
    ...(disk && { folder: disk.folder }),
    replicaBuild: disturbed?.replicaBuild,
  });
  const noted = (what: string): void => {
    journal.note('people', what);
    say(`${name} ${what}`);
  };
  const all = await Promise.all(Array.from({ length: tasks }, (_, i) => aWholeTask(stage, `shop-${i}`, noted)));
  let disturbing: Disturbing | null = null;

  function begin({ kills, faults, replicas, seed }: NonNullable<RunOptions['disturbed']>): Disturbing {
    const next = random(seed);
    return disturb({
      processes: superviseProcesses({ stage, next, replicas, lease: REPLICAS.lease, journal }),
      faults: prepareFaults({ stage, next, disk, line }),
      next,
      kills,
      faultsMax: faults,
      progress: () => all.reduce((sum, task) => sum + task.progress(), 0) / all.length,
      journal,
    });
  }

  return {
    name,
    hasDisk: disk !== null,
    get counts() {
      return disturbing?.counts ?? new Map<string, number>();
    },
    kills: () => disturbing?.kills() ?? 0,
    async live() {
      disturbing = disturbed && begin(disturbed);
      const lives = Promise.all(all.map((task) => task.live()));
      await (disturbing ? Promise.race([lives, disturbing.failed]) : lives);
      await disturbing?.end();
      noted('all is over');
    },
    states: () => Promise.all(all.map((task) => finalState(task, stage.github))),
    turnsAskedAgain: () => all.flatMap((task) => recordedTurnsAskedAgain(stage.models.requests, task)),
    lastLines: journal.last,
    keep: () => journal.keep(stage.github.requests),
    async close() {
      await stage.close().finally(() => {
        line?.close();
        disk?.remove();
      });
    },
  };
}
