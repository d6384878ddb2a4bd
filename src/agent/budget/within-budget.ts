import { type Amount, amountOf, type Limits, NOTHING, sum } from '../../domain/model/budget.ts';
import { costOf } from '../../domain/model/charge.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Usage } from '../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { ModelFailure, Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { budgetSpent, priceUnknown } from '../../replies/phrases/budget.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import { chargesOfAnswer } from './charges-of-answer.ts';
import { inputTokensAtMost, maximumPrice } from './maximum-cost.ts';
import { plausibleUsage } from './plausible-usage.ts';

export interface Budget {
  /** Reserves the most a call can cost, within the task's limits and those that hold beyond it; or says which one it does not fit into. */
  readonly reserve: (cost: Amount, limits: Limits) => Promise<Outcome<Settling>>;
  /** As currently set: they may be raised while a conversation runs. */
  readonly limits: () => Promise<Outcome<Limits>>;
  readonly priceOf: PriceOf;
}

/** What is reserved for one call. */
interface Settling {
  /** The call is over: what it cost replaces what was reserved. */
  settle(cost: Amount): void | Promise<void>;
}

/** For a task that one process works on, and no limit beyond it. */
export const fromLedger =
  (ledger: () => Promise<BudgetLedger>): Budget['reserve'] =>
  async (cost, limits) => {
    const reserved = await (await ledger()).reserve(cost, limits);
    return reserved.ok ? reserved : failure(budgetSpent(reserved.reason.limit, limits, reserved.reason.spent, cost));
  };

/** The same models, except that no call is made that the task cannot pay for. */
export function withinBudget(models: Models, { reserve, limits, priceOf }: Budget): Models {
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
      const reserved = await reserve({ usd: usd ?? 0, tokens: input + output }, set.value);
      if (!reserved.ok) return refuse(reserved.reason);
      const call = async () => withPlausibleUsage(await models.turn(request), { input, output });
      return settled(reserved.value, call, priceOf);
    },
  };
}

function withPlausibleUsage(answer: Outcome<Turn, ModelFailure>, atMost: Pick<Usage, 'input' | 'output'>): typeof answer {
  const { unfinished } = answer.ok ? answer.value : answer.reason;
  const charged = unfinished && { unfinished: unfinished.map((one) => ({ ...one, usage: plausibleUsage(one.usage, atMost) })) };
  return answer.ok
    ? success({ ...answer.value, usage: plausibleUsage(answer.value.usage, atMost), ...charged })
    : failure({ ...answer.reason, ...charged });
}

/** However the call ends, nothing stays reserved, and everything that is billed for it counts. */
async function settled(reservation: Settling, call: () => ReturnType<Models['turn']>, priceOf: PriceOf) {
  let cost = NOTHING;
  try {
    const answer = await call();
    cost = sum(chargesOfAnswer(answer).map((charge) => amountOf(costOf([charge], priceOf))));
    return answer;
  } finally {
    await reservation.settle(cost);
  }
}
