import { calcPrice } from '@pydantic/genai-prices';
import { isProvider, PROVIDERS } from '../../domain/model/providers.ts';
import { totalTokens, type Usage } from '../../domain/model/usage.ts';
import type { PriceOf } from '../../ports/prices.ts';
import type { Price, Prices, Rates } from './parse-prices.ts';

/** Searches the overlays first, the last one winning, then the price library. The usage is that of one call. */
export function priceOfWith(overlays: readonly Prices[]): PriceOf {
  const known = new Map(overlays.flatMap((o) => Object.entries(o)));
  return (model, usage) => {
    // A price that is no number would pass every limit.
    if (!Number.isFinite(totalTokens(usage))) return null;
    const price = known.get(model);
    if (!price) return fromLibrary(model, usage);
    const { input, output, cache_read = input, cache_write = input } = ratesFor(price, usage);
    return (
      (usage.input * input + usage.output * output + usage.cache_read * cache_read + usage.cache_write * cache_write) / 1_000_000
    );
  };
}

/** Of the bands that the prompt goes beyond, the highest. */
function ratesFor(price: Price, usage: Usage): Rates {
  const prompt = usage.input + usage.cache_read + usage.cache_write;
  const beyond = (price.above ?? []).filter((band) => prompt > band.prompt_tokens);
  return beyond.reduce<Rates & { prompt_tokens: number }>(
    (highest, band) => (band.prompt_tokens > highest.prompt_tokens ? band : highest),
    { ...price, prompt_tokens: 0 },
  );
}

/**
 * The library expects cached tokens to be included in `input_tokens` and subtracts them again; in our usage the four counts are
 * disjoint. Where it lists no price for cache reads or writes, they cost what other input costs.
 */
function fromLibrary(model: string, usage: Usage): number | null {
  const slash = model.indexOf('/');
  const [provider, id] = [model.slice(0, slash), model.slice(slash + 1)];
  const providerId = isProvider(provider) ? PROVIDERS[provider].priceLibraryId : null;
  if (providerId === null) return null;
  const found = calcPrice(
    {
      input_tokens: usage.input + usage.cache_read + usage.cache_write,
      cache_read_tokens: usage.cache_read,
      cache_write_tokens: usage.cache_write,
      output_tokens: usage.output,
    },
    id,
    { providerId },
  );
  return found && (found.model.id === id || isNamed(found.model.match, id)) ? found.total_price : null;
}

type Match = NonNullable<ReturnType<typeof calcPrice>>['model']['match'];

/**
 * Whether the library names exactly this id, as it does for dated snapshots. A prefix proves nothing: "claude-sonnet-5" also
 * matches claude-sonnet-5-5, at the other model's price.
 */
function isNamed(match: Match, id: string): boolean {
  if ('or' in match) return match.or.some((m) => isNamed(m, id));
  if ('equals' in match) return match.equals === id;
  return 'regex' in match && /^\^[^.]*(?:\\.[^.]*)*\$$/.test(match.regex) && new RegExp(match.regex).test(id);
}
