import { calcPrice } from '@pydantic/genai-prices';
import { z } from 'zod';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Usage } from '../../domain/usage.ts';
import type { PriceOf } from '../../ports/prices.ts';

const dollars = z.number().nonnegative();

/** Prices in US dollars per million tokens, by `provider/model-id`. */
const pricesSchema = z.record(
  z.string(),
  z.strictObject({ input: dollars, output: dollars, cache_read: dollars.optional(), cache_write: dollars.optional() }),
);
export type Prices = z.infer<typeof pricesSchema>;

/** @param text JSON: `{"provider/model-id": {"input": 1, "output": 5, "cache_read": 0.1, "cache_write": 1.25}}` */
export function parsePrices(text: string): Outcome<Prices> {
  try {
    const parsed = pricesSchema.safeParse(JSON.parse(text));
    return parsed.success ? success(parsed.data) : failure(z.prettifyError(parsed.error));
  } catch {
    return failure('It is not JSON.');
  }
}

/** Looks in the overlays first, the last one winning, then in the price library. */
export function priceOfWith(overlays: readonly Prices[]): PriceOf {
  const known = new Map(overlays.flatMap((o) => Object.entries(o)));
  return (model, usage) => {
    const price = known.get(model);
    if (!price) return fromLibrary(model, usage);
    const { input, output, cache_read = input, cache_write = input } = price;
    return (
      (usage.input * input + usage.output * output + usage.cache_read * cache_read + usage.cache_write * cache_write) / 1_000_000
    );
  };
}

/** The library counts cached tokens into `input_tokens`, and may match a mere prefix of the id: that is another model's price. */
function fromLibrary(model: string, usage: Usage): number | null {
  const slash = model.indexOf('/');
  const [providerId, id] = [model.slice(0, slash), model.slice(slash + 1)];
  const found = calcPrice(
    {
      input_tokens: usage.input + usage.cache_read + usage.cache_write,
      cache_read_tokens: usage.cache_read,
      cache_write_tokens: usage.cache_write,
      output_tokens: usage.output,
    },
    id,
    { providerId: providerId === 'gemini' ? 'google' : providerId },
  );
  return found && found.model.id === id ? found.total_price : null;
}
