/** One piece of work that a delivery asks for. */
interface Accepted {
  /** The workflow's permanent name. */
  readonly name: string;
  /** Its id, by which a redelivery finds it. */
  readonly id: string;
  readonly queue: string;
  readonly partition: string;
  readonly input: unknown;
}

/**
 * Makes what a delivery asks for durable, on connections of its own: a database that is busy with the work, or slow, must not keep GitHub waiting for
 * longer than it waits.
 * @throws IntakeError when it was not recorded in time, or may not have been: the delivery must be sent again, which finds what is there.
 */
export type Intake = (accepted: Accepted) => Promise<void>;

/** Milliseconds. GitHub gives up after 10 seconds. */
export interface IntakeWaits {
  /** For a connection. What waits for longer is not recorded any more, because it is sent again: otherwise a backlog would only grow. */
  readonly connect: number;
  /** For each statement. */
  readonly statement: number;
  /** Until GitHub has its answer in any case. */
  readonly answer: number;
}

export class IntakeError extends Error {
  override readonly name = 'IntakeError';
}
