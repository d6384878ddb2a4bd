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

/**
 * Recovers every task at once, and then finds changes that no event announces, because GitHub sent none or it was lost: failed
 * deliveries are requested again, at once and with each sweep, and each open task is observed once a sweep. The signals are durable
 * and carry the sweep's number, so that several processes on one database observe a task once; they are spread over the time to the
 * next sweep, so that they are no burst.
 */
export function startSweeps(ports: WorkflowPorts, workflows: TaskSignals, stopped: AbortSignal): void {
  // Null: not even the list of repositories could be read.
  let unread = null as readonly RepositoryRef[] | null;
  const recover = async (): Promise<void> => {
    unread = await recoverTasks(ports, workflows, unread ?? undefined);
  };
  void (async () => {
    let askedUntil = ports.clock.now() - KEPT_MS;
    for (;;) {
      if (unread === null || unread.length > 0)
        await recover().catch((error: unknown) =>
          ports.log.warn({ err: error }, 'Tasks could not be recovered; the next sweep tries again'),
        );
      askedUntil = (await redeliver(ports, askedUntil)) ?? askedUntil;
      try {
        await delay(ports.waits.sweep, undefined, { signal: stopped, ref: false });
      } catch {
        return;
      }
      await observeOpenTasks(ports, workflows).catch((error: unknown) =>
        ports.log.warn({ err: error }, 'Open tasks could not be swept'),
      );
    }
  })();
}

/** The moment from which the next sweep reads deliveries; null where they could not be read. */
async function redeliver({ forge, clock, log }: WorkflowPorts, since: number): Promise<number | null> {
  const now = clock.now();
  try {
    const lost = await redeliverLost(forge, since);
    if (lost > 0) log.info({ deliveries: lost }, 'Requested redelivery of lost webhooks');
    return now - OVERLAP_MS;
  } catch (error) {
    log.warn({ err: error }, 'Lost deliveries could not be requested; the next sweep tries again');
    return null;
  }
}

async function observeOpenTasks({ clock, waits }: WorkflowPorts, { signal, openTasks }: TaskSignals): Promise<void> {
  const tasks = openTasks.all();
  const round = Math.floor(clock.now() / waits.sweep);
  for (const [i, task] of tasks.entries())
    await signal(task, { kind: 'hint' }, `sweep:${round}:${taskKey(task)}`, (i / tasks.length) * waits.sweep);
}
