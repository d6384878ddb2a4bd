import type { Logger } from 'pino';
import {
  ALONE,
  ALWAYS_OPEN,
  EVERY_ROUND,
  type Fence,
  type ReplicaWaits,
  type Rounds,
  type SharedTime,
  type TaskTurns,
} from '../../../ports/replicas.ts';
import type { Pauses, RequestSlots, StatusTexts, TaskList } from '../../../ports/shared-memory.ts';
import { unlessLaunching } from '../database-session.ts';
import { APPLICATION_VERSION, type Engine, SOLE_EXECUTOR } from '../launch-engine.ts';
import type { Store } from '../open-store.ts';
import { join } from './membership.ts';
import { readNotice, sendNotice } from './notices.ts';
import { openPauses } from './pauses.ts';
import { predecessorIn } from './predecessor.ts';
import { openRequestSlots } from './request-slots.ts';
import { openRounds } from './rounds.ts';
import { openStatusTexts, openTaskList, statusTextsInMemory, taskListInMemory } from './shared-memory.ts';
import { makeReplicaTables, removeOutdated } from './tables.ts';
import { recoverOrphans, strandedWork, sweepForDead } from './take-over.ts';
import { openTaskTurns } from './task-turns.ts';

/** This process as one of those on its database; it is the only one on an embedded database. */
export interface Replica {
  /** Its name for the engine. */
  readonly executor: string;
  /** Whether no other live replica was there before: then everything that happened since is to be found out. */
  readonly first: boolean;
  readonly fence: Fence;
  readonly time: SharedTime;
  readonly turns: TaskTurns;
  readonly rounds: Rounds;
  readonly statusTexts: StatusTexts;
  readonly openTasks: TaskList;
  /** Null: each process keeps its own. */
  readonly pauses: Pauses | null;
  readonly slots: RequestSlots | null;
  /** Tells the others that this owner's settings may have changed. */
  settingsPushed(owner: string): Promise<void>;
  /** Called when another process tells so; with null where that may have been missed. */
  onSettingsPushed(forget: (owner: string | null) => void): void;
  /** Aborted, with a sentence as its reason, when this process must end at once. */
  readonly lost: AbortSignal;
  /**
   * To be called when the engine has been launched and the queues are there: work without an executor is continued, others may
   * launch, and from now on dead replicas are looked for.
   * @param tookOver called when this process has declared a replica dead, or has dropped work that no version in use can continue.
   */
  launched(engine: Engine, tookOver: () => void): Promise<void>;
  /** What this process has not finished is continued by others at once. */
  leave(engine: Engine): Promise<void>;
  close(): void;
}

export interface ReplicaOptions {
  readonly store: Store;
  readonly dataDir: string;
  readonly waits: ReplicaWaits;
  readonly log: Logger;
}

const TIDY_EVERY_MS = 3_600_000;

/** Joins the others on the database. No other process joins or launches from here until `launched`. */
export const openReplica = (options: ReplicaOptions): Promise<Replica> =>
  options.store.shared === null ? Promise.resolve(soleReplica()) : openSharedReplica(options, options.store.shared);

function soleReplica(): Replica {
  return {
    executor: SOLE_EXECUTOR,
    first: true,
    fence: ALWAYS_OPEN,
    time: { earliest: Date.now, latest: Date.now },
    turns: ALONE,
    rounds: EVERY_ROUND,
    statusTexts: statusTextsInMemory(),
    openTasks: taskListInMemory(),
    pauses: null,
    slots: null,
    settingsPushed: async () => {},
    onSettingsPushed: () => {},
    lost: new AbortController().signal,
    launched: async () => {},
    leave: async () => {},
    close: () => {},
  };
}

async function openSharedReplica(
  { store, dataDir, waits, log }: ReplicaOptions,
  { control, session }: NonNullable<Store['shared']>,
): Promise<Replica> {
  await session.launching();
  await makeReplicaTables(control);
  const predecessor = predecessorIn(dataDir);
  const member = await join({ pool: control, version: APPLICATION_VERSION, waits, predecessor: predecessor.id, log });
  predecessor.replace(member.id);

  const rounds = openRounds(control);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const close = (): void => {
    closed = true;
    clearTimeout(timer);
    member.close();
  };

  async function sweep(engine: Engine, tookOver: () => void): Promise<void> {
    const dead = await sweepForDead({ pool: control, member, waits, log }, engine.recover);
    let dropped = false;
    if ((await strandedWork(control, APPLICATION_VERSION)).length > 0)
      await unlessLaunching(control, async () => {
        // Read again: a replica that can continue it may have joined.
        const stranded = await strandedWork(control, APPLICATION_VERSION);
        await engine.forget(stranded);
        dropped = stranded.length > 0;
      });
    if (dead.length > 0 || dropped) tookOver();
    if (await rounds.claim('tidy', TIDY_EVERY_MS)) await removeOutdated(control);
  }

  return {
    executor: member.id,
    first: member.first,
    fence: member.fence,
    time: member.time,
    turns: openTaskTurns(store.pool, waits, log),
    rounds,
    statusTexts: openStatusTexts(store.pool, log),
    openTasks: openTaskList(store.pool),
    pauses: openPauses(control, session, member.time, log),
    slots: openRequestSlots(store.pool),
    settingsPushed: (owner) => sendNotice(store.pool, { kind: 'settings', owner }),
    onSettingsPushed: (forget) =>
      session.listen((text) => {
        const notice = text === null ? null : readNotice(text);
        if (text === null) forget(null);
        else if (notice?.kind === 'settings') forget(notice.owner);
      }),
    lost: member.lost,
    async launched(engine, tookOver) {
      await engine.forget(await strandedWork(control, APPLICATION_VERSION));
      await recoverOrphans(control, engine.recover);
      await session.launched();
      const again = async (): Promise<void> => {
        await sweep(engine, tookOver).catch((error: unknown) =>
          log.warn({ err: error }, 'Dead replicas could not be looked for; the next sweep does it'),
        );
        if (!closed) timer = setTimeout(() => void again(), waits.beat);
      };
      timer = setTimeout(() => void again(), waits.beat);
    },
    async leave(engine) {
      close();
      await member.leave();
      await engine.recover([member.id]);
    },
    close,
  };
}
