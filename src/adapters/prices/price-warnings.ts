import { NO_USAGE } from '../../domain/model/usage.ts';
import type { Prices } from './parse-prices.ts';
import { priceOfWith } from './price-of.ts';
import { PRICE_LIBRARY } from './shipped-prices.ts';

/** Providers change prices a few times a year. */
const OLDEST_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * What an operator should know about the prices of these models: one sentence for each price that is unknown, assumed or old.
 * @param overlays as for `priceOfWith`.
 * @param now in milliseconds since the epoch.
 */
export function priceWarnings(models: Iterable<string>, overlays: readonly Prices[], now: number): string[] {
  const known = new Map(overlays.flatMap((overlay) => Object.entries(overlay)));
  const priceOf = priceOfWith(overlays);
  return [...new Set(models)].flatMap((model) => {
    const price = known.get(model);
    if (!price && priceOf(model, NO_USAGE) === null) {
      return [`The price of ${model} is unknown, so a budget in dollars keeps it from being used: give it in PRICES_FILE`];
    }
    const date = price ? price.date : PRICE_LIBRARY.date;
    const source = price ? price.source : `the price library ${PRICE_LIBRARY.version}`;
    const days = date === undefined ? 0 : Math.floor((now - Date.parse(date)) / DAY_MS);
    return [
      ...(price?.assumed ? [`The price of ${model} is partly assumed: ${price.assumed}. PRICES_FILE overrides it`] : []),
      ...(days > OLDEST_DAYS
        ? [`The price of ${model} was read ${days} days ago (${date}${source ? `, ${source}` : ''}). PRICES_FILE overrides it`]
        : []),
    ];
  });
}
