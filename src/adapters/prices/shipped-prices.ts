import type { Prices } from './price-of.ts';

/** Prices of default models the price library does not know yet. An operator's PRICES_FILE wins over these. */
export const SHIPPED_PRICES: Prices = {
  // Not in the library's data of 2026-11; this is what it lists for the model before it in the family.
  'anthropic/claude-haiku-5-5': { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25 },
};
