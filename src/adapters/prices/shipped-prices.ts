import type { Prices } from './parse-prices.ts';

/** The version of the price library that the shipped prices complete, and the day on which it was published. */
export const PRICE_LIBRARY = { version: '0.1.8', date: '2026-09-23' };

/**
 * Prices of default models that the price library does not know, each with where and when it was read. It knows the default
 * planner, claude-opus-5-5, itself. An operator's PRICES_FILE wins over these.
 */
export const SHIPPED_PRICES: Prices = {
  'anthropic/claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cache_read: 0.01,
    cache_write: 0.125,
    above: [{ prompt_tokens: 100_000, input: 0.5, output: 2.5, cache_read: 0.05, cache_write: 0.625 }],
    source: 'https://platform.claude.com/docs/en/about-claude/models/overview',
    date: '2026-11-28',
    assumed:
      'the price of cache reads above 100,000 prompt tokens, which is taken to be a tenth of the input price as it is below',
  },
};
