import { type Amount, exceeded, type Limits, sum } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** Money set aside for one call. */
export interface Reservation {
  /** The call is over: what it cost takes the place of what was set aside. The first word counts. */
  settle(cost: Amount): void;
}

/** Why a call may not be made: by which limit, and how far the task has got. */
interface Shortage {
  readonly limit: keyof Amount;
  readonly spent: Amount;
}

/** What one task has spent and set aside, over all its conversations, those that run at the same time among them. */
export interface BudgetLedger {
  /**
   * Sets aside the most a call can cost. While calls in flight hold what is missing it waits for them; when the money is spent it
   * fails. Nobody holds one reservation and waits for another, so nobody waits for ever.
   */
  reserve(cost: Amount, limits: Limits): Promise<Outcome<Reservation, Shortage>>;
  spent(): Amount;
}

export function createBudgetLedger(alreadySpent: Amount): BudgetLedger {
  let spent = alreadySpent;
  const reserved = new Set<Amount>();
  let released = Promise.withResolvers<void>();

  function setAside(cost: Amount): Reservation {
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
        if (exceeded(sum([spent, cost, ...reserved]), limits) === null) return success(setAside(cost));
        await released.promise;
      }
    },
    spent: () => spent,
  };
}
