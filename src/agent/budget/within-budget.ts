import { type Amount, amountOf, type Limits, NOTHING, sum } from '../../domain/model/budget.ts';
import { costOf } from '../../domain/model/charge.ts';
import type { Turn } from '../../domain/model/conversation.ts';
import type { Charge, Usage } from '../../domain/model/usage.ts';
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

/**
 * The same models, except that no call is made that the task cannot pay for. What is reserved covers one attempt, so after an attempt
 * that is billed another is reserved like a call of its own.
 */
export function withinBudget(models: Models, { reserve, limits, priceOf }: Budget): Models {
  return {
    ...models,
    async turn(request) {
      const { model, maxOutputTokens: output } = request;
      const input = inputTokensAtMost(request);
      const usd = maximumPrice(model, input, output, priceOf);

      async function reserveAttempt(): Promise<Outcome<Settling>> {
        const set = await limits();
        if (!set.ok) return set;
        if (usd === null && set.value.usd !== null && set.value.tokens === null)
          return failure(priceUnknown(model, set.value.usd));
        return reserve({ usd: usd ?? 0, tokens: input + output }, set.value);
      }

      const reserved = await reserveAttempt();
      if (!reserved.ok) return failure<ModelFailure>({ kind: 'unaffordable', message: reserved.reason });
      const attempts = paidAttempts(reserved.value, { reserveAttempt, priceOf });
      try {
        const payForRetry = (billed: Usage) => attempts.payForRetry({ model, usage: plausibleUsage(billed, { input, output }) });
        const answer = withPlausibleUsage(await models.turn(request, payForRetry), { input, output });
        attempts.answered(answer);
        return answer;
      } finally {
        await attempts.end();
      }
    },
  };
}

interface Reserving {
  readonly reserveAttempt: () => Promise<Outcome<Settling>>;
  readonly priceOf: PriceOf;
}

/**
 * The reservations for the attempts at one turn, of which at most one is held at any time: a caller that held one while it waited
 * for another could wait forever. However the turn ends, nothing stays reserved, and everything that is billed for it counts.
 */
function paidAttempts(first: Settling, { reserveAttempt, priceOf }: Reserving) {
  let held: Settling | null = first;
  /** Of the attempts that broke off. */
  let paid = 0;
  let due = NOTHING;
  const amount = (charges: readonly Charge[]) => sum(charges.map((charge) => amountOf(costOf([charge], priceOf))));

  async function end(): Promise<void> {
    const ending = held;
    held = null;
    await ending?.settle(due);
    due = NOTHING;
  }

  return {
    async payForRetry(broken: Charge): Promise<Outcome<unknown>> {
      due = amount([broken]);
      await end();
      paid += 1;
      const next = await reserveAttempt();
      if (next.ok) held = next.value;
      return next;
    },
    answered(answer: Outcome<Turn, ModelFailure>): void {
      due = amount(chargesOfAnswer(withoutAttempts(answer, paid)));
    },
    end,
  };
}

/** @param count of the attempts that broke off first, which are paid. */
function withoutAttempts(answer: Outcome<Turn, ModelFailure>, count: number): typeof answer {
  const { unfinished = [] } = answer.ok ? answer.value : answer.reason;
  const rest = { unfinished: unfinished.slice(count) };
  return answer.ok ? success({ ...answer.value, ...rest }) : failure({ ...answer.reason, ...rest });
}

function withPlausibleUsage(answer: Outcome<Turn, ModelFailure>, atMost: Pick<Usage, 'input' | 'output'>): typeof answer {
  const { unfinished } = answer.ok ? answer.value : answer.reason;
  const charged = unfinished && { unfinished: unfinished.map((one) => ({ ...one, usage: plausibleUsage(one.usage, atMost) })) };
  return answer.ok
    ? success({ ...answer.value, usage: plausibleUsage(answer.value.usage, atMost), ...charged })
    : failure({ ...answer.reason, ...charged });
}
