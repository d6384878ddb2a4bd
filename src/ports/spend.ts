import type { Amount, Limits } from '../domain/model/budget.ts';

/** One model call, as it is charged. */
export interface Call {
  readonly id: string;
  /** As `taskKey` has it. */
  readonly task: string;
  /** OWNER/NAME. */
  readonly repository: string;
  /** The most it can cost. */
  readonly cost: Amount;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A limit over all that was spent since a moment (milliseconds since the epoch), by one repository or by all (null). */
export interface Cap {
  readonly kind: 'day' | 'month' | 'repository_month';
  readonly repository: string | null;
  readonly since: number;
  readonly usd: number;
}

/** A cap with what counts against it: `spent` for certain, `held` by calls that live processes are making. */
export interface CapState {
  readonly cap: Cap;
  readonly spent: number;
  readonly held: number;
}

/** Why a call may not be made now: the cap, or the task's limit, that it does not fit into. */
export type Refusal =
  | ({ readonly kind: 'cap' } & CapState)
  | { readonly kind: 'task'; readonly limit: keyof Amount; readonly spent: Amount; readonly held: Amount };

/**
 * The actual and maximum costs of calls, kept as rows that every process on the database sees. A call that was never settled counts
 * in full.
 */
export interface SpendStore {
  /** Reserves the call's cost; or the first limit of its task, or cap, that it does not fit into. */
  reserve(call: Call, caps: readonly Cap[], limits?: Limits): Promise<Refusal | null>;
  settle(id: string, cost: Amount): Promise<void>;
  /** Everything that a task has spent; null where it has no rows. */
  spentBy(task: string): Promise<Amount | null>;
  /** Adds what was spent before the task had rows, unless it has some already. Days after the database was created are left out. */
  carry(task: Pick<Call, 'task' | 'repository'>, total: Amount, days: Readonly<Record<string, number>>): Promise<void>;
  states(caps: readonly Cap[]): Promise<CapState[]>;
}

/** The database was away; what was asked of it may be asked again. */
export class SpendUnavailable extends Error {
  override readonly name = 'SpendUnavailable';
}
