import type { Prices } from './parse-prices.ts';

/** Prices of default models that the price library (0.1.8) does not know. An operator's PRICES_FILE wins over these. */
export const SHIPPED_PRICES: Prices = {
  // Assumed: the library's price of claude-haiku-4-5, the model before it. It knows the default planner, claude-opus-5-5, itself.
  'anthropic/claude-haiku-5-5': { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25 },
};
