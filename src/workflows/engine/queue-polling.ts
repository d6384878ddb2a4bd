import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';

/** Milliseconds between two moments at which the engine may poll a queue, and so the longest that new work waits for its queue. */
export const TICK_MS = 25;
/**
 * Between two polls of a queue on which nothing of this process has changed: work may also come from another process, or be
 * delayed.
 */
export const IDLE_MS = 1_000;
/** What woke a queue is nearly always committed by the next tick, so the polls after that are for what took longer. */
const PAUSE_FACTOR = 4;

export interface QueuePolling {
  /** Something was put on the queue, or has left it and made room. */
  wake(queue: string): void;
  /** Whether the queue is to be polled now; the next time is later each time until something wakes it. */
  isDue(queue: string): boolean;
}

/**
 * When each queue is polled. A poll takes several statements (on PGlite ten a second cost up to a tenth of a core, measured), while
 * nearly everything that can make one worthwhile happens in this process. So a queue is polled when it has been woken, again after
 * growing pauses, because what woke it may be committed a moment later, and otherwise once a second.
 */
export function pollingOnDemand(now: () => number): QueuePolling {
  const queues = new Map<string, { dueAt: number; pause: number }>();

  return {
    wake: (queue) => void queues.set(queue, { dueAt: now(), pause: TICK_MS }),
    isDue(queue) {
      const { dueAt, pause } = queues.get(queue) ?? { dueAt: now(), pause: TICK_MS };
      if (now() < dueAt) return false;
      queues.set(queue, { dueAt: now() + pause, pause: Math.min(PAUSE_FACTOR * pause, IDLE_MS) });
      return true;
    },
  };
}

/** What the engine calls whenever a queue's interval has passed; its result says whether another process wanted the same rows. */
interface QueueRunner {
  pollQueue(executor: unknown, queue: { readonly name: string }): Promise<boolean>;
}

/** The engine has intervals only, which can be shortened no faster than poll by poll, so its polls pass through here. */
export function pollOnlyWhenDue({ isDue }: QueuePolling, runner = wfQueueRunner as unknown as QueueRunner): void {
  const poll = runner.pollQueue.bind(runner);
  runner.pollQueue = async (executor, queue) => isDue(queue.name) && poll(executor, queue);
}
