import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { Rounds } from '../../ports/replicas.ts';
import type { Cutoffs, Pruner, RetentionWaits } from '../../ports/retention.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

export interface RetentionPorts {
  /** In this order; what others go by is removed last. */
  readonly pruners: readonly Pruner[];
  /** How long what belongs to a task is kept after its end. */
  readonly days: number;
  readonly waits: RetentionWaits;
  readonly rounds: Rounds;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  /** Makes room that rows have left usable again, where the database does not do so itself. */
  readonly compact: () => Promise<void>;
}

/** Rows in one transaction: short enough that nobody waits for it noticeably. */
const BATCH = 500;
/** The first round, as a part of the wait between two: a process that is started every day must come to it, and the start itself is busy. */
const FIRST = 1 / 12;

/** Removes what is no longer needed, now and then, until it is stopped. */
export function startRetention(ports: RetentionPorts, stopped: AbortSignal): void {
  const { waits } = ports;
  const run = async (): Promise<void> => {
    for (let wait = waits.every * FIRST; ; wait = waits.every) {
      try {
        await delay(wait, undefined, { signal: stopped, ref: false });
      } catch {
        return;
      }
      await pruneAll(ports, stopped);
    }
  };
  void run();
}

/** One round. A pruner that fails does not hold up the others, and the next round tries it again. */
export async function pruneAll(ports: RetentionPorts, stopped: AbortSignal): Promise<void> {
  const { pruners, days, waits, rounds, clock, log, compact } = ports;
  const now = clock.now();
  const cutoffs: Cutoffs = { ended: new Date(now - days * waits.day), handled: new Date(now - waits.handled) };
  const isOurs = await rounds.claim('pruning', waits.every / 2).catch(() => false);
  let rows = 0;
  for (const pruner of pruners) {
    if (pruner.of === 'database' && !isOurs) continue;
    try {
      const removed = await pruneFully(ports, pruner, { cutoffs, stopped });
      if (pruner.of === 'database') rows += removed;
    } catch (error) {
      log.warn({ err: error, what: pruner.name }, 'What is no longer needed could not be removed; the next round tries again');
    }
  }
  if (rows > 0) await compact().catch((error: unknown) => log.warn({ err: error }, 'The database could not be compacted'));
}

async function pruneFully(
  { telemetry }: RetentionPorts,
  { name, prune }: Pruner,
  { cutoffs, stopped }: { readonly cutoffs: Cutoffs; readonly stopped: AbortSignal },
): Promise<number> {
  const began = performance.now();
  let removed = 0;
  for (let batch = BATCH; batch === BATCH && !stopped.aborted; ) {
    batch = await prune(cutoffs, BATCH);
    removed += batch;
    await nextTurn();
  }
  telemetry.report({ kind: 'pruned', what: name, removed, ms: performance.now() - began });
  return removed;
}
