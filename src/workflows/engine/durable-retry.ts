import { DBOS, Error as EngineError } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { type Intake, IntakeError } from '../../ports/intake.ts';
import type { TaskTurns } from '../../ports/replicas.ts';
import type { Attributes } from '../../ports/telemetry.ts';
import { delayOf } from './delay.ts';
import { limitedUntil } from './github-limit.ts';
import type { RunDescription } from './observed-run.ts';
import { outside } from './outside.ts';
import type { Waits } from './schedule.ts';
import { runsOn, TASKS, wakeQueue } from './steps.ts';

let intake: Intake = () => Promise.reject(new IntakeError('Nothing is accepted before the launch'));

/** After the launch. */
export function configureIntake(other: Intake): void {
  intake = other;
}

/** The input of a workflow that is tried again later. `tries`: how often it has failed already. */
export interface Attempt<W> {
  readonly kind: 'attempt';
  readonly what: W;
  readonly tries: number;
}

/** Thrown by work that failed when part of it was done: `what` is handled again in place of the whole. */
export class Unfinished<W> extends Error {
  override readonly name = 'Unfinished';
  readonly what: W;
  constructor(cause: unknown, what: W) {
    super('Part of it is left to do', { cause });
    this.what = what;
  }
}

export interface RetriedWorkflow<W> {
  readonly name: string;
  /** The partition, within which work runs one at a time, in order. */
  readonly partition: (what: W) => string;
  readonly run: (what: W) => Promise<void>;
  /** For its trace. */
  readonly about: (what: W) => Attributes;
  /** For how long it has been due, in milliseconds. */
  readonly waited?: (what: W) => number;
  readonly log: Logger;
  readonly waits: Waits;
  /** Of what runs one at a time. */
  readonly turns: TaskTurns;
}

export interface Retried<W> {
  /** Puts the work on the queue, to run after `delayMs`. The same id is taken once. */
  enqueue(what: W, id: string, delayMs?: number): Promise<void>;
  /** The same at once, for a delivery: on connections of its own, and in time or not at all. @throws IntakeError */
  accept(what: W, id: string): Promise<void>;
}

/**
 * A workflow that is retried later when GitHub is down for longer than its steps are retried: a command or a finished component
 * must not be lost. Between its tries it occupies no place in the queue.
 */
export function registerRetried<W>({ name, partition, run, about, waited, log, waits, turns }: RetriedWorkflow<W>): Retried<W> {
  const description: RunDescription<Attempt<W>> = {
    name,
    queue: TASKS,
    about: ({ what }) => about(what),
    // Another try waits because it was told to.
    waited: ({ what, tries }) => (tries === 0 ? (waited?.(what) ?? null) : null),
  };
  const workflow = DBOS.registerWorkflow(
    runsOn(description, async (attempt: Attempt<W>): Promise<void> => {
      const workflow = DBOS.workflowID ?? '';
      // Not a step: a turn that was taken before a crash may have been taken by another workflow since.
      if (!(await turns.take(partition(attempt.what), workflow)))
        return outside(() => enqueue(attempt, nextWait(workflow), waits.replicas.nextTurn));
      try {
        await run(attempt.what);
      } catch (thrown) {
        const { cause: error, what } = thrown instanceof Unfinished ? thrown : { cause: thrown, what: attempt.what };
        const again = nextTry(error, attempt.tries, waits, Date.now());
        if (again === null) throw error;
        const where = partition(attempt.what);
        log.warn(
          { err: error, name, where, againInMs: again.delayMs },
          'an event could not be handled, and is handled again later',
        );
        await enqueue({ ...attempt, what, tries: again.tries }, `${workflow}:again`, again.delayMs);
      }
    }),
    { name },
  );

  async function enqueue(attempt: Attempt<W>, workflowID: string, delayMs: number): Promise<void> {
    const enqueueOptions = { ...delayOf(delayMs), queuePartitionKey: partition(attempt.what) };
    await DBOS.startWorkflow(workflow, { workflowID, queueName: TASKS, enqueueOptions })(attempt);
    wakeQueue(TASKS);
  }

  return {
    enqueue: (what, id, delayMs = 0) => enqueue({ kind: 'attempt', what, tries: 0 }, id, delayMs),
    async accept(what, id) {
      const input: Attempt<W> = { kind: 'attempt', what, tries: 0 };
      await intake({ name, id, queue: TASKS, partition: partition(what), input });
      wakeQueue(TASKS);
    },
  };
}

/** The id under which a workflow waits for its turn again. */
const nextWait = (workflow: string): string => {
  const [, id = workflow, waits = '0'] = /^(.*):turn(\d+)$/s.exec(workflow) ?? [];
  return `${id}:turn${Number(waits) + 1}`;
};

/**
 * An object that GitHub does not find or cannot process may have been created a moment ago; after this many tries the refusal is
 * believed.
 */
const REFUSED_TRIES = 2;

/** How long to wait before the next try; null where another one would not help. A rate limit is no failure and costs no try. */
export function nextTry(
  error: unknown,
  tries: number,
  waits: Pick<Waits, 'signal'>,
  now: number,
): { readonly delayMs: number; readonly tries: number } | null {
  const until = limitedUntil(error);
  if (until !== null) return { delayMs: Math.max(until - now, 1), tries };
  const mayPass = error instanceof EngineError.DBOSMaxStepRetriesError || (error instanceof ForgeError && tries < REFUSED_TRIES);
  const delayMs = mayPass ? waits.signal[tries] : undefined;
  return delayMs === undefined ? null : { delayMs, tries: tries + 1 };
}
