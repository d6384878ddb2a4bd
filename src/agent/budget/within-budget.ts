import { type Amount, amountOf, type Limits, NOTHING } from '../../domain/model/budget.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Usage } from '../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { ModelFailure, Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { budgetSpent, priceUnknown } from '../../replies/phrases/budget.ts';
import type { BudgetLedger, Reservation } from './budget-ledger.ts';
import { inputTokensAtMost, maximumPrice } from './maximum-cost.ts';
import { plausibleUsage } from './plausible-usage.ts';

export interface Budget {
  /** The task's. */
  readonly ledger: () => Promise<BudgetLedger>;
  /** As currently set: they may be raised while a conversation runs. */
  readonly limits: () => Promise<Outcome<Limits>>;
  readonly priceOf: PriceOf;
}

/** The same models, except that no call is made that the task cannot pay for. */
export function withinBudget(models: Models, { ledger, limits, priceOf }: Budget): Models {
  const refuse = (message: string) => failure<ModelFailure>({ kind: 'unaffordable', message });
  return {
    ...models,
    async turn(request) {
      const set = await limits();
      if (!set.ok) return refuse(set.reason);
      const { model, maxOutputTokens: output } = request;
      const input = inputTokensAtMost(request);
      const usd = maximumPrice(model, input, output, priceOf);
      if (usd === null && set.value.usd !== null && set.value.tokens === null) return refuse(priceUnknown(model, set.value.usd));
      const cost: Amount = { usd: usd ?? 0, tokens: input + output };
      const reserved = await (await ledger()).reserve(cost, set.value);
      if (!reserved.ok) return refuse(budgetSpent(reserved.reason.limit, set.value, reserved.reason.spent, cost));
      const call = async () => withPlausibleUsage(await models.turn(request), { input, output });
      return settled(reserved.value, call, priceOf);
    },
  };
}

function withPlausibleUsage(answer: Outcome<Turn, ModelFailure>, atMost: Pick<Usage, 'input' | 'output'>): typeof answer {
  return answer.ok ? success({ ...answer.value, usage: plausibleUsage(answer.value.usage, atMost) }) : answer;
}

/** However the call ends, nothing stays reserved. */
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
