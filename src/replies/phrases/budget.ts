import type { Amount, Limits } from '../../domain/model/budget.ts';
import type { Cap, CapState } from '../../ports/spend.ts';
import { cost, count } from './figures.ts';

/** Reasons why a task stops for its budget. Each says what to change; the reply around it says how to resume. */

const figure = { usd: cost, tokens: (n: number) => `${count(n)} tokens` };

/** A limit as people write it: $10, not $10.00. */
export const limitFigure = {
  usd: (usd: number) => `$${Number.isInteger(usd) ? count(usd) : usd >= 0.01 ? usd.toFixed(2) : usd}`,
  tokens: figure.tokens,
};

export function budgetSpent(limit: keyof Amount, limits: Limits, spent: Amount, next: Amount): string {
  const budget = `the budget of ${limitFigure[limit](limits[limit] ?? 0)} for this task`;
  const wanted = `the next call could cost up to ${figure[limit](next[limit])}`;
  const remedy = `raise \`budget.${limit}_per_task\` in \`.github/planwright.yml\`.`;
  return spent[limit] === 0
    ? `${budget} is too small to start: ${wanted}. To continue, ${remedy}`
    : `${budget} is spent: ${figure[limit](spent[limit])} so far, and ${wanted}. To continue, ${remedy}`;
}

const CAP_WORDS: Record<Cap['kind'], string> = {
  day: "the operator's daily limit",
  month: "the operator's monthly limit",
  repository_month: "this repository's monthly limit",
};
const CAP_REMEDY: Record<Cap['kind'], string> = {
  day: 'It resets at midnight UTC, or the operator can raise `BUDGET_USD_PER_DAY`.',
  month: 'It resets with the next month, or the operator can raise `BUDGET_USD_PER_MONTH`.',
  repository_month: 'It resets with the next month, or you can raise `budget.usd_per_month` in `.github/planwright.yml`.',
};

export function capReached({ cap, spent }: CapState, next: Amount): string {
  if (cap.usd === 0) return 'the operator has stopped all model calls for now.';
  const { kind, usd } = cap;
  return `${CAP_WORDS[kind]} of ${limitFigure.usd(usd)} is used up: ${cost(spent)} so far, and the next call could cost up to ${cost(next.usd)}. ${CAP_REMEDY[kind]}`;
}

/** For `/status`. */
export const describeCaps = (states: readonly CapState[]): string =>
  states
    .map(({ cap, spent, held }) => `${cost(spent + held)} of ${CAP_WORDS[cap.kind]} of ${limitFigure.usd(cap.usd)}`)
    .join('; ');

export const priceUnknown = (model: string, usd: number): string =>
  `the price of \`${model}\` is unknown, so the limit \`budget.usd_per_task\` (${limitFigure.usd(usd)}) cannot be enforced and the model was not called. Add its price to the operator's PRICES_FILE, or set \`budget.tokens_per_task\` or \`usd_per_task: null\` in \`.github/planwright.yml\`.`;

/** What was spent of the limit: `$1.23 of $10`. An unknown price stays unknown. */
export const shareOfLimit = (spent: string, limit: keyof Amount, limits: Limits | null): string =>
  limits?.[limit] == null ? spent : `${spent} of ${limitFigure[limit](limits[limit] as number)}`;
