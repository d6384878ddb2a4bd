// What happens to a bot in the field: it is killed, stopped, frozen, and everybody it talks to fails now and then.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bot } from '../support/bot.ts';
import type { Stage } from '../support/stage.ts';

type Next = (below: number) => number;

export interface Disturbing {
  /** How often each kind has happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** Ends the disturbances and leaves every process running. */
  end(): Promise<void>;
}

export interface DisturbingOptions {
  readonly stage: Stage;
  readonly next: Next;
  /** After so many kills only the others go on. */
  readonly kills: number;
  readonly replicas: number;
  /** Beyond which a process has lost its lease, in milliseconds. */
  readonly lease: number;
}

/** Until it is ended, something happens every second or so, from the numbers that `next` gives. */
export function disturb({ stage, next, kills, replicas, lease }: DisturbingOptions): Disturbing {
  const { github, models } = stage;
  const counts = new Map<string, number>();
  let others: Bot[] = [];
  let over = false;
  const ours = { by: 'planwright[bot]' } as const;

  /** A supervisor starts a process again whatever ended it. */
  async function revive(bot: Bot): Promise<void> {
    if (bot === stage.bot) await stage.restart();
    else {
      others = others.filter((one) => one !== bot);
      others.push(await stage.startReplica());
    }
  }
  const all = (): Bot[] => [stage.bot, ...others];
  const any = (): Bot => all()[next(all().length)] as Bot;

  const ends: [string, () => Promise<void>][] = [
    [
      'killed',
      async () => {
        const bot = any();
        await bot.kill();
        await sleep(next(800));
        await revive(bot);
      },
    ],
    [
      'killed again while it starts',
      async () => {
        const bot = any();
        await bot.kill();
        if (bot !== stage.bot) return revive(bot);
        const starting = stage.restart(/.*/);
        await starting;
        await stage.bot.kill();
        await stage.restart();
      },
    ],
    [
      'stopped',
      async () => {
        const bot = any();
        await bot.stop();
        await revive(bot);
      },
    ],
  ];
  const frozen: [string, () => Promise<void>] = [
    'frozen beyond its lease',
    async () => {
      const bot = any();
      bot.signal('SIGSTOP');
      await sleep(lease + 1_000 + next(2_000));
      bot.signal('SIGCONT');
      // It has lost its work to others, and either goes on without it or ends.
      await Promise.race([bot.exited, sleep(2_000)]);
    },
  ];

  const faults: [string, () => void][] = [
    ['500', () => github.fault({ ...ours, respond: { status: 500, body: { message: 'Server Error' } }, times: 1 + next(2) })],
    ['502 after having done it', () => github.fault({ ...ours, respond: { status: 502, performed: true } })],
    ['cut before', () => github.fault({ ...ours, respond: 'drop', times: 1 + next(2) })],
    ['cut after having done it', () => github.fault({ ...ours, respond: 'drop-after' })],
    [
      'a secondary limit',
      () =>
        github.fault({
          ...ours,
          respond: {
            status: 403,
            headers: { 'retry-after': '1' },
            body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
          },
        }),
    ],
    ['tokens that end', () => github.expireTokens()],
    ['a fetch that breaks', () => github.fault({ path: /git-upload-pack/, respond: next(2) === 0 ? 'drop' : 'drop-after' })],
    ['replicas that lag', () => github.lag({ reads: 1 + next(2) })],
    ['replicas that have caught up', () => github.lag(null)],
    [
      'a slow answer',
      () => {
        const held = github.hold({ ...ours, when: next(2) === 0 ? 'before' : 'after' });
        setTimeout(() => held.release(), 500 + next(2_000));
      },
    ],
    ['a model that is overloaded', () => models.fault({ when: () => true, times: 1, respond: { status: 529 } })],
    ['a model that fails', () => models.fault({ when: () => true, times: 1, respond: { status: 500 } })],
    [
      'a model that is cut off',
      () => models.fault({ when: () => true, times: 1, respond: next(2) === 0 ? 'cut-before-answer' : 'cut-mid-stream' }),
    ],
    ['database connections that end', () => void endConnections()],
  ];

  async function endConnections(): Promise<void> {
    if (stage.databaseUrl === null) return;
    const client = new pg.Client({ connectionString: stage.databaseUrl });
    client.on('error', () => {});
    await client.connect();
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await client.end();
  }

  async function run(): Promise<void> {
    for (let i = 1; i < replicas; i++) others.push(await stage.startReplica());
    let killed = 0;
    const ending = replicas > 1 ? [...ends, frozen] : ends;
    while (!over) {
      await sleep(200 + next(1_500));
      if (over) break;
      for (const bot of all()) if (await hasEnded(bot)) await revive(bot);
      const [name, happen] =
        killed < kills && next(3) === 0
          ? (ending[next(ending.length)] as (typeof ends)[0])
          : (faults[next(faults.length)] as (typeof faults)[0]);
      if (ending.some(([kind]) => kind === name)) killed += 1;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await happen();
    }
    github.lag(null);
    for (const bot of all()) if (await hasEnded(bot)) await revive(bot);
  }

  const running = run();
  running.catch(() => {});
  return {
    counts,
    async end() {
      over = true;
      await running;
    },
  };
}

const hasEnded = (bot: Bot): Promise<boolean> => Promise.race([bot.exited.then(() => true), Promise.resolve(false)]);
