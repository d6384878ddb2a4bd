// What fails around the bot: GitHub, the models, the database and the disk.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Fault } from '../support/github/traffic.ts';
import type { Breakdown } from '../support/models/faults.ts';
import type { Stage } from '../support/stage.ts';
import type { DatabaseLine } from './database-line.ts';
import type { Next } from './processes.ts';
import type { SmallDisk } from './small-disk.ts';

export interface Faults {
  readonly kinds: readonly FaultKind[];
  /** Everything works again. */
  end(): Promise<void>;
}

interface FaultKind {
  readonly name: string;
  /** False where it would be one too many now. */
  happen(): boolean;
}

/**
 * A step is tried for 2.6 seconds here, and 13 in the product. What fails for longer is reported to people, who must do something then, so one
 * step must not meet more faults than it has tries: few at a time, and quiet after what lasts.
 */
const QUIET_MS = 4_000;
const SPOILED_MAX = 2;

export interface FaultsOptions {
  readonly stage: Stage;
  readonly next: Next;
  /** Null: the file system cannot be full. */
  readonly disk: SmallDisk | null;
  /** Null: the database is the bot's own. */
  readonly line: DatabaseLine | null;
}

export function prepareFaults({ stage, next, disk, line }: FaultsOptions): Faults {
  const { github, models } = stage;
  const ours = { by: 'planwright[bot]' } as const;
  /** When each of the last ones was to happen, or is still to. */
  let latest: number[] = [];
  let lasting: Promise<void> | null = null;
  let quietUntil = 0;
  const recent = (): number => {
    latest = latest.filter((at) => at > Date.now() - QUIET_MS);
    return latest.length;
  };

  const arm = (times: number, add: () => void): boolean => {
    if (lasting || Date.now() < quietUntil || recent() + times > SPOILED_MAX) return false;
    for (let i = 0; i < times; i++) latest.push(Date.now());
    add();
    return true;
  };
  const spoil = ({ times = 1, where = () => true, ...fault }: Fault): boolean =>
    arm(times, () => {
      // A bot that was away must not meet what gathered meanwhile, as though GitHub were down for longer.
      const until = Date.now() + QUIET_MS;
      github.fault({ ...fault, times, where: (request) => Date.now() < until && where(request) });
    });
  const breakModel = (respond: Breakdown): boolean => {
    const until = Date.now() + QUIET_MS;
    return arm(1, () => models.fault({ times: 1, respond, when: () => Date.now() < until }));
  };
  const last = (run: () => Promise<void>): boolean => {
    if (lasting || Date.now() < quietUntil || recent() > 0) return false;
    lasting = run().finally(() => {
      lasting = null;
      quietUntil = Date.now() + QUIET_MS;
    });
    // A fault that cannot be caused ends the run: what it leaves half done would look like one of the bot's.
    return true;
  };
  const always = (run: () => void): boolean => {
    run();
    return true;
  };

  const { databaseUrl } = stage;
  const database: FaultKind[] =
    databaseUrl && line
      ? [
          { name: 'database connections that end', happen: () => last(() => endConnections(databaseUrl)) },
          { name: 'a database that restarts', happen: () => last(() => line.restart(300 + next(2_000))) },
        ]
      : [];
  const full: FaultKind[] = disk
    ? [
        {
          name: 'a full disk',
          happen: () =>
            last(async () => {
              disk.fill();
              await sleep(200 + next(1_300));
              disk.free();
            }),
        },
      ]
    : [];

  const secondary = {
    status: 403,
    headers: { 'retry-after': '1' },
    body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
  };
  const unauthorised = { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } };
  return {
    kinds: [
      {
        name: '500',
        happen: () => spoil({ ...ours, respond: { status: 500, body: { message: 'Server Error' } }, times: 1 + next(2) }),
      },
      { name: '502 after having done it', happen: () => spoil({ ...ours, respond: { status: 502, performed: true } }) },
      { name: 'cut before', happen: () => spoil({ ...ours, respond: 'drop', times: 1 + next(2) }) },
      { name: 'cut after having done it', happen: () => spoil({ ...ours, respond: 'drop-after' }) },
      { name: 'cut within the answer', happen: () => spoil({ ...ours, respond: 'drop-within' }) },
      { name: 'a secondary limit', happen: () => spoil({ ...ours, respond: secondary }) },
      { name: '401 in the middle', happen: () => spoil({ ...ours, respond: unauthorised }) },
      { name: 'tokens that end', happen: () => arm(1, () => github.expireTokens()) },
      { name: 'a fetch that breaks half way', happen: () => spoil({ path: /git-upload-pack$/, respond: 'drop-within' }) },
      {
        name: 'a fetch that breaks',
        happen: () => spoil({ path: /git-upload-pack/, respond: next(2) === 0 ? 'drop' : 'drop-after' }),
      },
      {
        name: 'replicas that lag, some not knowing what was just made',
        happen: () => always(() => github.lag({ reads: 1 + next(2), anywhere: next(2) === 0 })),
      },
      { name: 'replicas that have caught up', happen: () => always(() => github.lag(null)) },
      {
        name: 'a slow answer',
        happen: () =>
          arm(1, () => {
            const held = github.hold({ ...ours, when: next(2) === 0 ? 'before' : 'after' });
            setTimeout(() => held.release(), 300 + next(1_500));
          }),
      },
      { name: 'a model that is overloaded', happen: () => breakModel({ status: 529 }) },
      { name: 'a model that fails', happen: () => breakModel({ status: 500 }) },
      {
        name: 'a model that is cut off',
        happen: () => breakModel(next(2) === 0 ? 'cut-before-answer' : 'cut-mid-stream'),
      },
      ...database,
      ...full,
    ],
    async end() {
      await lasting;
      github.lag(null);
    },
  };
}

/** As an operator does, or a server that has too many of them. */
async function endConnections(url: string): Promise<void> {
  const [, server, name] = /^(.*)\/([^/]+)$/.exec(url) ?? [];
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  } finally {
    await client.end();
  }
}
