// What happens to a bot in the field: it is killed, stopped, frozen, and everybody it talks to fails now and then.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Next, Processes } from './processes.ts';

export interface Disturbing {
  /** How often each kind has happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many processes were ended. */
  readonly kills: () => number;
  /** Rejects when it cannot go on: a bot does not start any more. */
  readonly failed: Promise<never>;
  /** Ends the disturbances and leaves every process running. */
  end(): Promise<void>;
}

export interface DisturbingOptions {
  readonly processes: Processes;
  readonly faults: Faults;
  readonly next: Next;
  /** After so many kills only the faults go on. */
  readonly kills: number;
  /** So many faults there are. */
  readonly faultsMax: number;
  /** How much of the tasks is over, from 0 to 1: kills and faults are spread over the whole of their lives, however long those take. */
  readonly progress: () => number;
  readonly journal: Journal;
}

/** Until it is ended, something happens every second or so, from the numbers that `next` gives. */
export function disturb({ processes, faults, next, kills, faultsMax, progress, journal }: DisturbingOptions): Disturbing {
  const counts = new Map<string, number>();
  const count = (name: string, times = 1): void => void counts.set(name, (counts.get(name) ?? 0) + times);
  const over = new AbortController();
  let killed = 0;
  let spoiled = 0;

  async function run(): Promise<void> {
    await processes.start();
    while (!over.signal.aborted) {
      await sleep(100 + next(900), undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) break;
      const ended = await processes.reviveEnded();
      if (ended > 0) count('ended by itself', ended);
      const isDue = (done: number, of: number): boolean => done < Math.min(of, of * (progress() + 0.1));
      if (isDue(killed, kills) && next(2) === 0) {
        const ending = pick(processes.endings);
        journal.note('chaos', ending.name);
        killed += await ending.happen();
        count(ending.name);
      } else if (isDue(spoiled, faultsMax)) {
        const fault = pick(faults.kinds);
        if (!fault.happen()) continue;
        journal.note('chaos', fault.name);
        count(fault.name);
        spoiled += 1;
      }
    }
    await faults.end();
    await processes.reviveEnded();
  }
  const pick = <T>(of: readonly T[]): T => of[next(of.length)] as T;

  const running = run();
  const failed = running.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  return {
    counts,
    kills: () => killed,
    failed,
    async end() {
      over.abort();
      await running;
    },
  };
}
