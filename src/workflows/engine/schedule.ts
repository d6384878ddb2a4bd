import type { Backoff } from '../../ports/clock.ts';
import type { IntakeWaits } from '../../ports/intake.ts';
import { TURN_RETRIES } from '../../ports/model.ts';
import type { ReplicaWaits } from '../../ports/replicas.ts';
import type { RetentionWaits } from '../../ports/retention.ts';

/** Every wait of the workflows, in milliseconds. Built once, in main.ts, so that scenarios run the same waits in less time. */
export interface Waits {
  /** Between the tries of a step that failed. */
  readonly step: Backoff;
  /** The same for a step whose object was made a moment ago: GitHub may not find it everywhere yet. */
  readonly fresh: Backoff;
  /** Before a signal or a repository event that could not be handled is handled again; then it is given up. */
  readonly signal: readonly number[];
  /** Before a task is observed again whose view does not show yet what a delivery announced. */
  readonly lag: readonly number[];
  /** Between the attempts at one turn of a model. */
  readonly provider: Backoff;
  /** Between the tries to open a commit while git or the network fails. */
  readonly git: readonly number[];
  /** How far apart two moments must be for GitHub's clocks, which count in seconds, to tell which was first. */
  readonly clockSlack: number;
  /** Between two sweeps of the open tasks and of the deliveries that failed. */
  readonly sweep: number;
  /**
   * GitHub's rate limits. `secondary`: after one that does not say how long to wait; doubled while it lasts. `inline`: for as long
   * a step waits itself; for longer the work leaves its queue.
   */
  readonly limits: { readonly secondary: number; readonly inline: number };
  /** How long it is remembered what a person may see of the dashboard: one who lost access is shut out after this at the latest. */
  readonly access: number;
  /** For how long a run of `execution.workflow` is waited for. */
  readonly workflow: number;
  /** Of deliveries. */
  readonly intake: IntakeWaits;
  readonly retention: RetentionWaits;
  /** Of processes that share a database. */
  readonly replicas: ReplicaWaits;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const WAITS: Waits = {
  // 13 seconds in all.
  step: { first: 1 * SECOND, factor: 3, tries: 4 },
  // 30 seconds in all.
  fresh: { first: 2 * SECOND, factor: 2, tries: 5 },
  signal: [15 * SECOND, 1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE],
  lag: [2 * SECOND, 5 * SECOND, 15 * SECOND, 60 * SECOND],
  // 40 seconds in all, less up to half.
  provider: TURN_RETRIES,
  git: [1 * SECOND, 4 * SECOND, 15 * SECOND],
  clockSlack: 2 * SECOND,
  sweep: 15 * MINUTE,
  workflow: 30 * MINUTE,
  limits: { secondary: 1 * MINUTE, inline: 10 * SECOND },
  access: 60 * SECOND,
  intake: { connect: 6 * SECOND, statement: 4 * SECOND, answer: 8 * SECOND },
  retention: { every: HOUR, handled: 3 * DAY, day: DAY },
  replicas: {
    beat: 3 * SECOND,
    fence: 12 * SECOND,
    lease: 20 * SECOND,
    turn: [25, 50, 100, 200],
    nextTurn: 1 * SECOND,
    database: 1 * SECOND,
    unready: 5 * SECOND,
    money: 1 * SECOND,
  },
};
