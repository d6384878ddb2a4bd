import { type Amount, amountOf, type Limits, NOTHING } from '../../domain/model/budget.ts';
import { failure, type Outcome } from '../../domain/outcome.ts';
import type { ModelFailure, Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { budgetSpent, priceUnknown } from '../../replies/phrases/budget.ts';
import type { BudgetLedger, Reservation } from './budget-ledger.ts';
import { inputTokensAtMost, maximumPrice } from './maximum-cost.ts';

export interface Budget {
  /** The task's. */
  readonly ledger: () => Promise<BudgetLedger>;
  /** As set now: they may be raised while a conversation runs. */
  readonly limits: () => Promise<Outcome<Limits>>;
  readonly priceOf: PriceOf;
}

/** The same models, but no call is made that the task cannot pay for. */
export function withinBudget(models: Models, { ledger, limits, priceOf }: Budget): Models {
  const refuse = (message: string) => failure<ModelFailure>({ kind: 'unaffordable', message });
  return {
    ...models,
    async turn(request) {
      const set = await limits();
      if (!set.ok) return refuse(set.reason);
      const input = inputTokensAtMost(request);
      const usd = maximumPrice(request.model, input, request.maxOutputTokens, priceOf);
      if (usd === null && set.value.usd !== null && set.value.tokens === null) {
        return refuse(priceUnknown(request.model, set.value.usd));
      }
      const cost: Amount = { usd: usd ?? 0, tokens: input + request.maxOutputTokens };
      const reserved = await (await ledger()).reserve(cost, set.value);
      if (!reserved.ok) return refuse(budgetSpent(reserved.reason.limit, set.value, reserved.reason.spent, cost));
      return settled(reserved.value, () => models.turn(request), priceOf);
    },
  };
}

/** Whatever becomes of the call, nothing stays set aside. */
async function settled(reservation: Reservation, call: () => ReturnType<Models['turn']>, priceOf: PriceOf) {
  try {
    const answer = await call();
    if (answer.ok)
      reservation.settle(amountOf({ usage: answer.value.usage, usd: priceOf(answer.value.model, answer.value.usage) }));
    return answer;
  } finally {
    reservation.settle(NOTHING);
  }
}
