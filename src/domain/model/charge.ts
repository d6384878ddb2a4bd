import type { Turn } from './conversation.ts';
import type { Spend } from './spend.ts';
import { addUsage, type Charge, NO_USAGE, type Usage } from './usage.ts';

/** One call of a model: its answer if it gave one, and attempts that are billed although their answers broke off. */
export interface ChargedCall {
  readonly turn: Pick<Turn, 'model' | 'usage' | 'unfinished'> | null;
  /** Where no attempt gave an answer. */
  readonly unfinished?: readonly Charge[];
}

/** Everything that is billed for a call. */
export const chargesOf = ({ turn, unfinished = [] }: ChargedCall): readonly Charge[] =>
  turn === null ? unfinished : [{ model: turn.model, usage: turn.usage }, ...(turn.unfinished ?? []), ...unfinished];

type PriceOf = (model: string, usage: Usage) => number | null;

/** Each charge is priced by itself, because the price of a token may depend on the length of its request. */
export function costOf(charges: readonly Charge[], priceOf: PriceOf): Pick<Spend, 'usage' | 'usd'> {
  const prices = charges.map(({ model, usage }) => priceOf(model, usage));
  return {
    usage: charges.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    usd: prices.reduce((sum, price) => (sum === null || price === null ? null : sum + price), 0 as number | null),
  };
}

/** What a call cost, by its model: nothing for one that was never billed. */
export function spendOfCall(call: ChargedCall, priceOf: PriceOf, ms = 0): Spend[] {
  const [first, ...more] = chargesOf(call);
  if (!first) return [];
  return [{ model: first.model, turns: call.turn === null ? 0 : 1, ...costOf([first, ...more], priceOf), ms }];
}
