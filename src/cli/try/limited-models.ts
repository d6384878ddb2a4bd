import { type BudgetLedger, createBudgetLedger } from '../../agent/budget/budget-ledger.ts';
import { fromLedger, withinBudget } from '../../agent/budget/within-budget.ts';
import { type Amount, amountOf, type Limits, sum } from '../../domain/model/budget.ts';
import type { Spend } from '../../domain/model/spend.ts';
import { NO_USAGE } from '../../domain/model/usage.ts';
import { failure, success } from '../../domain/outcome.ts';
import type { Models } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { limitFigure } from '../../replies/phrases/budget.ts';
import { cost } from '../../replies/phrases/figures.ts';

export interface LimitedModelsOptions {
  readonly limits: Limits;
  readonly priceOf: PriceOf;
  /** What the recorded turns have cost, whichever process requested them. */
  readonly spent: () => Promise<Iterable<Spend>>;
}

/** Wraps the models so that no call is made that could take the try beyond its limit. The refusal says which option raises it. */
export function limitedModels(models: Models, { limits, priceOf, spent }: LimitedModelsOptions): Models {
  let ledger: Promise<BudgetLedger> | null = null;
  const opened = (): Promise<BudgetLedger> => {
    ledger ??= spent().then((spends) => createBudgetLedger(sum([...spends].map(amountOf))));
    return ledger;
  };
  // Beyond the try's own limit there is none of an operator or a repository.
  const limited = withinBudget(models, { reserve: fromLedger(opened), limits: async () => success(limits), priceOf });
  return {
    ...limited,
    async turn(request) {
      const answer = await limited.turn(request);
      if (answer.ok || answer.reason.kind !== 'unaffordable') return answer;
      return failure({ ...answer.reason, message: limitReached(limits, (await opened()).spent()) });
    },
  };
}

function limitReached(limits: Limits, spent: Amount): string {
  if (limits.usd === null) return `the next call could go beyond \`budget.tokens_per_task\` (${limits.tokens}).`;
  return `the next call could go beyond the limit of ${limitFigure.usd(limits.usd)} (${cost(spent.usd)} is spent). Raise it with --resume --max-usd.`;
}

/** The models whose price is unknown: for them no limit in dollars can be enforced. */
export const unpriced = (models: readonly string[], priceOf: PriceOf): string[] =>
  [...new Set(models)].filter((model) => priceOf(model, { ...NO_USAGE, input: 1, output: 1 }) === null);
