import { type Amount, exceeded, type Limits, sum } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** Money reserved for one call. */
export interface Reservation {
  /** The call is over: its cost replaces the reservation. Only the first call of this method counts. */
  settle(cost: Amount): void;
}

/** Why a call may not be made: which limit it would exceed, and what the task has spent so far. */
interface Shortage {
  readonly limit: keyof Amount;
  readonly spent: Amount;
}

/** What one task has spent and reserved, over all its conversations, including those that run at the same time. */
export interface BudgetLedger {
  /**
   * Reserves the most a call can cost. While calls in flight hold what is missing it waits for them; when the money is spent it
   * fails. No caller holds one reservation while it waits for another, so none waits forever.
   */
  reserve(cost: Amount, limits: Limits): Promise<Outcome<Reservation, Shortage>>;
  spent(): Amount;
}

export function createBudgetLedger(alreadySpent: Amount): BudgetLedger {
  let spent = alreadySpent;
  const reserved = new Set<Amount>();
  let released = Promise.withResolvers<void>();

  function reservation(cost: Amount): Reservation {
    const own = { ...cost };
    reserved.add(own);
    return {
      settle(actual) {
        if (!reserved.delete(own)) return;
        spent = sum([spent, actual]);
        released.resolve();
        released = Promise.withResolvers();
      },
    };
  }

  return {
    async reserve(cost, limits) {
      for (;;) {
        const short = exceeded(sum([spent, cost]), limits);
        if (short !== null) return failure({ limit: short, spent });
        if (exceeded(sum([spent, cost, ...reserved]), limits) === null) return success(reservation(cost));
        await released.promise;
      }
    },
    spent: () => spent,
  };
}
