import { type Amount, amountOf, type Limits, NOTHING } from '../../domain/model/budget.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Usage } from '../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { ModelFailure, Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { budgetSpent, priceUnknown } from '../../replies/phrases/budget.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import { inputTokensAtMost, maximumPrice } from './maximum-cost.ts';
import { plausibleUsage } from './plausible-usage.ts';

export interface Budget {
  /** The task's. */
  readonly ledger: () => Promise<BudgetLedger>;
  /** The limits as currently set: they may be raised while a conversation runs. */
  readonly limits: () => Promise<Outcome<Limits>>;
  readonly priceOf: PriceOf;
  /** Charges the call to the limits that hold beyond the task, or says which one it does not fit into. */
  readonly charge: (cost: Amount) => Promise<Outcome<{ settle(cost: Amount): Promise<void> }>>;
}

/** Wraps the models so that no call is made that the task cannot pay for. */
export function withinBudget(models: Models, { ledger, limits, priceOf, charge }: Budget): Models {
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
      const charged = await charge(cost).catch((error: unknown) => {
        reserved.value.settle(NOTHING);
        throw error;
      });
      if (!charged.ok) {
        reserved.value.settle(NOTHING);
        return refuse(charged.reason);
      }
      const call = async () => withPlausibleUsage(await models.turn(request), { input, output });
      return settled([reserved.value, charged.value], call, priceOf);
    },
  };
}

function withPlausibleUsage(answer: Outcome<Turn, ModelFailure>, atMost: Pick<Usage, 'input' | 'output'>): typeof answer {
  return answer.ok ? success({ ...answer.value, usage: plausibleUsage(answer.value.usage, atMost) }) : answer;
}

interface Settling {
  settle(cost: Amount): void | Promise<void>;
}

/** However the call ends, nothing stays reserved. */
async function settled(reservations: readonly Settling[], call: () => ReturnType<Models['turn']>, priceOf: PriceOf) {
  let cost = NOTHING;
  try {
    const answer = await call();
    if (answer.ok) cost = amountOf({ usage: answer.value.usage, usd: priceOf(answer.value.model, answer.value.usage) });
    return answer;
  } finally {
    for (const reservation of reservations) await reservation.settle(cost);
  }
}
