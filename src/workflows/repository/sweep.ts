import { setTimeout as delay } from 'node:timers/promises';
import type { RepositoryRef } from '../../domain/repository.ts';
import { taskKey } from '../../domain/task/task.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { TaskSignals } from '../shared/task-signals.ts';
import { redeliverLost } from './lost-deliveries.ts';
import { recoverTasks } from './recover-tasks.ts';

/** GitHub keeps deliveries for as long. */
const KEPT_MS = 3 * 24 * 3_600_000;
/** A delivery that GitHub was trying at the last sweep had not failed yet. */
const OVERLAP_MS = 3_600_000;
/** Between two removals of old rows, over all processes. */
const REMOVAL_MS = 3_600_000;

export interface Sweeps {
  /**
   * Recovers every task at once, unless another process was there before (`first` is false), and then finds what no event announces, because
   * GitHub sent none or it was lost: failed deliveries are asked for again, at once and with each sweep, and each open task is observed once a
   * sweep. The signals are durable and carry the sweep's number, so that several processes on one database observe a task once; they are
   * spread over the time to the next sweep, so that they are no burst.
   */
  start(first: boolean, stopped: AbortSignal): void;
  /** Recovers every task: a process that served some has died, and what it was told last may be lost. */
  recover(): Promise<void>;
}

export function createSweeps(ports: WorkflowPorts, workflows: TaskSignals): Sweeps {
  // Null: not even the list of repositories.
  let unread: readonly RepositoryRef[] | null = [];
  const recoverUnread = async (): Promise<void> => {
    try {
      unread = await recoverTasks(ports, workflows, unread ?? undefined);
    } catch (error) {
      ports.log.warn({ err: error }, 'tasks could not be recovered; the next sweep does it');
    }
  };
  const recover: Sweeps['recover'] = async () => {
    unread = null;
    await recoverUnread();
  };
  async function run(first: boolean, stopped: AbortSignal): Promise<void> {
    if (first) unread = null;
    let askedUntil = ports.clock.now() - KEPT_MS;
    for (let mustAsk = first; ; mustAsk = false) {
      if (unread === null || unread.length > 0) await recoverUnread();
      askedUntil = (await redeliver(ports, askedUntil, mustAsk)) ?? askedUntil;
      await removeOutdated(ports);
      try {
        await delay(ports.waits.sweep, undefined, { signal: stopped, ref: false });
      } catch {
        return;
      }
      await observeOpenTasks(ports, workflows).catch((error: unknown) =>
        ports.log.warn({ err: error }, 'Open tasks could not be swept'),
      );
    }
  }
  return { start: (first, stopped) => void run(first, stopped), recover };
}

/** The moment from which the next sweep reads deliveries; null where they were not read. */
async function redeliver(ports: WorkflowPorts, since: number, mustAsk: boolean): Promise<number | null> {
  const { clock, log, rounds, waits } = ports;
  const now = clock.now();
  try {
    const isOurs = await rounds.claim('lost deliveries', waits.sweep / 2);
    if (!isOurs && !mustAsk) return null;
    const lost = await redeliverLost(ports, since);
    if (lost > 0) log.info({ deliveries: lost }, 'Requested redelivery of lost webhooks');
    return now - OVERLAP_MS;
  } catch (error) {
    log.warn({ err: error }, 'Lost deliveries could not be requested; the next sweep tries again');
    return null;
  }
}

/** Rows that are older than the operator keeps them. */
async function removeOutdated({ history, rounds, log }: WorkflowPorts): Promise<void> {
  try {
    if (await rounds.claim('retention', REMOVAL_MS)) await history.removeOutdated();
  } catch (error) {
    log.warn({ err: error }, 'Old rows could not be removed; the next sweep tries again');
  }
}

async function observeOpenTasks({ clock, waits }: WorkflowPorts, { signal, openTasks }: TaskSignals): Promise<void> {
  const tasks = await openTasks.all();
  const round = Math.floor(clock.now() / waits.sweep);
  for (const [i, task] of tasks.entries())
    await signal(task, { kind: 'hint' }, `sweep:${round}:${taskKey(task)}`, (i / tasks.length) * waits.sweep);
}
