import type { Spend } from './spend.ts';
import { addUsage, totalTokens } from './usage.ts';

/** What was, or may be, spent. `usd` counts the calls whose price is known. */
export interface Amount {
  readonly usd: number;
  readonly tokens: number;
}

/** What a task may spend; null: no limit. */
export interface Limits {
  readonly usd: number | null;
  readonly tokens: number | null;
}

export const NOTHING: Amount = { usd: 0, tokens: 0 };

export const sum = (amounts: Iterable<Amount>): Amount => {
  let [usd, tokens] = [0, 0];
  for (const amount of amounts) {
    usd += amount.usd;
    tokens += amount.tokens;
  }
  return { usd, tokens };
};

export const amountOf = (spend: Pick<Spend, 'usd' | 'usage'>): Amount => ({
  usd: spend.usd ?? 0,
  tokens: totalTokens(spend.usage),
});

/** The first limit that the amount goes beyond, null when it stays within both. NaN is within no limit. */
export const exceeded = (amount: Amount, limits: Limits): keyof Amount | null => {
  if (limits.usd !== null && !(amount.usd <= limits.usd)) return 'usd';
  return limits.tokens !== null && !(amount.tokens <= limits.tokens) ? 'tokens' : null;
};

/**
 * Adds a conversation's costs to those of the same models before, so that the record stays short however often work is tried.
 * Costs without a known price are kept apart from those with one. The latest model comes last.
 */
export const addSpend = (before: readonly Spend[], more: readonly Spend[]): Spend[] => more.reduce(addOne, [...before]);

function addOne(before: Spend[], more: Spend): Spend[] {
  const same = (s: Spend): boolean => s.model === more.model && (s.usd === null) === (more.usd === null);
  return [...before.filter((s) => !same(s)), before.filter(same).reduce(together, more)];
}

/** @param b the earlier one. */
const together = (a: Spend, b: Spend): Spend => ({
  ...a,
  turns: a.turns + b.turns,
  usage: addUsage(a.usage, b.usage),
  usd: a.usd === null || b.usd === null ? null : a.usd + b.usd,
  ms: a.ms + b.ms,
});
