// The bot's processes under a supervisor, which starts one again whatever ended it.
import { setImmediate as setImmediately, setTimeout as sleep } from 'node:timers/promises';
import type { Bot } from '../support/bot.ts';
import type { Stage } from '../support/stage.ts';
import type { Journal } from './journal.ts';

export type Next = (below: number) => number;

/** Something that ends processes, or makes others believe so. */
interface Ending {
  readonly name: string;
  /** Resolves with how many it ended. */
  happen(): Promise<number>;
}

export interface Processes {
  readonly endings: readonly Ending[];
  /** Starts the further replicas. */
  start(): Promise<void>;
  /** Starts those again that have ended by themselves; resolves with how many those were. */
  reviveEnded(): Promise<number>;
}

export interface ProcessesOptions {
  readonly stage: Stage;
  readonly next: Next;
  readonly replicas: number;
  /** Beyond which a process has lost its lease, in milliseconds. */
  readonly lease: number;
  readonly journal: Journal;
}

/** How long a process that was asked to stop may take. */
const GRACE_MS = 8_000;

/** A database that is away for seconds keeps a bot from starting; one that cannot start for longer never will. */
const START_TIMEOUT_MS = 60_000;

export function superviseProcesses({ stage, next, replicas, lease, journal }: ProcessesOptions): Processes {
  let others: Bot[] = [];
  const all = (): Bot[] => [stage.bot, ...others];
  const any = (): Bot => all()[next(all().length)] as Bot;

  /** Resolves with what took the ended bot's place; the first one is the one that GitHub delivers to. */
  async function startAgain(bot: Bot, killAt?: { readonly afterMs: number }): Promise<Bot> {
    if (bot === stage.bot) {
      await stage.restart(killAt);
      return stage.bot;
    }
    const started = await stage.startReplica(killAt);
    others = others.map((one) => (one === bot ? started : one));
    return started;
  }

  async function revive(bot: Bot): Promise<void> {
    const since = Date.now();
    for (;;) {
      try {
        await startAgain(bot);
        return;
      } catch (error) {
        if (Date.now() - since > START_TIMEOUT_MS) throw error;
        journal.note('chaos', `the bot did not start: ${String(error).split('\n', 1)[0]}`);
        await sleep(300);
      }
    }
  }

  async function kill(): Promise<number> {
    const bot = any();
    await bot.kill();
    await sleep(next(800));
    await revive(bot);
    return 1;
  }

  /** At moments of its start and of what it recovers then. */
  async function killInARow(): Promise<number> {
    let bot = any();
    await bot.kill();
    let killed = 1;
    for (const afterMs of Array.from({ length: 1 + next(2) }, () => next(2_500))) {
      const started = await startAgain(bot, { afterMs }).catch((error: unknown) => {
        journal.note('chaos', `the bot did not start: ${String(error).split('\n', 1)[0]}`);
        return null;
      });
      if (started === null) continue;
      bot = started;
      await bot.exited;
      killed += 1;
    }
    await revive(bot);
    return killed;
  }

  async function stop(): Promise<number> {
    const bot = any();
    const stopped = bot.stop();
    // A model may take longer to answer than a supervisor waits.
    await Promise.race([stopped, sleep(GRACE_MS, undefined, { ref: false })]);
    await bot.kill();
    await revive(bot);
    return 1;
  }

  async function freeze(): Promise<number> {
    const bot = any();
    bot.signal('SIGSTOP');
    await sleep(lease + 1_000 + next(2_000));
    bot.signal('SIGCONT');
    // It has lost its work to others, and either goes on without it or ends.
    await Promise.race([bot.exited, sleep(2_000)]);
    return 1;
  }

  return {
    endings: [
      { name: 'killed', happen: kill },
      { name: 'killed in a row, while it starts', happen: killInARow },
      { name: 'stopped', happen: stop },
      ...(replicas > 1 ? [{ name: 'frozen beyond its lease', happen: freeze }] : []),
    ],
    async start() {
      for (let i = 1; i < replicas; i++) others.push(await stage.startReplica());
    },
    async reviveEnded() {
      let ended = 0;
      for (const bot of all()) {
        if (!(await hasEnded(bot))) continue;
        ended += 1;
        journal.note('chaos', `a bot ended by itself with ${await bot.exited}`);
        await revive(bot);
      }
      return ended;
    },
  };
}

/** A promise that is settled wins over one that takes a turn of the event loop. */
const hasEnded = (bot: Bot): Promise<boolean> => Promise.race([bot.exited.then(() => true), setImmediately(false)]);
