import { parse } from 'yaml';
import { z } from 'zod';
import { PROVIDER_NAMES } from '../../domain/model/providers.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

const dollars = z.number({ error: 'must be a number of US dollars per million tokens' }).nonnegative({
  error: 'must not be negative',
});

const rates = {
  input: dollars,
  output: dollars,
  /** Unset: cached input costs what other input costs. */
  cache_read: dollars.optional(),
  cache_write: dollars.optional(),
};

/** Other rates for a call whose prompt, cached or not, has more tokens than this; they hold for all tokens of the call. */
const bandSchema = z.strictObject({
  prompt_tokens: z
    .number({ error: 'must be a whole number of tokens' })
    .int({ error: 'must be a whole number of tokens' })
    .positive({ error: 'must be more than 0' }),
  ...rates,
});

const priceSchema = z.strictObject({
  ...rates,
  above: z
    .array(bandSchema)
    .refine((bands) => new Set(bands.map((band) => band.prompt_tokens)).size === bands.length, {
      error: 'must name each `prompt_tokens` once',
    })
    .optional(),
  /** Where the price was read. */
  source: z.string({ error: 'must be a text' }).optional(),
  /** When it was read there. */
  date: z.iso.date({ error: 'must be a date like 2026-11-29' }).optional(),
  /** What of it is assumed rather than read. */
  assumed: z.string({ error: 'must be a text' }).optional(),
});

export type Price = z.infer<typeof priceSchema>;
export type Rates = Pick<Price, 'input' | 'output' | 'cache_read' | 'cache_write'>;

/** Prices in US dollars per million tokens, by `provider/model-id`. */
export type Prices = Readonly<Record<string, Price>>;

const MODEL = new RegExp(`^(?:${PROVIDER_NAMES.join('|')})/\\S+$`);
const PROVIDER_LIST = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(PROVIDER_NAMES);

/**
 * A file of prices, in YAML or JSON (which is YAML): `provider/model-id: { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25
 * }`.
 * @returns or every problem there is, each naming the model and the key.
 */
export function parsePrices(text: string): Outcome<Prices, readonly string[]> {
  let content: unknown;
  try {
    content = parse(text, { logLevel: 'error' }) ?? {};
  } catch (error) {
    return failure([
      `It is neither YAML nor JSON: ${String((error as Error).message)
        .split('\n')[0]
        ?.replace(/:$/, '')}.`,
    ]);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return failure(['It must map `provider/model-id` to prices.']);
  }
  const prices: Record<string, Price> = {};
  const problems: string[] = [];
  for (const [model, price] of Object.entries(content)) {
    if (!MODEL.test(model)) problems.push(`\`${model}\` must be provider/model-id, with provider ${PROVIDER_LIST}.`);
    const parsed = priceSchema.safeParse(price, { error: sentence });
    if (parsed.success) prices[model] = parsed.data;
    else problems.push(...parsed.error.issues.map((i) => `\`${[model, ...i.path].join('.')}\` ${i.message}.`));
  }
  return problems.length > 0 ? failure(problems) : success(prices);
}

const sentence: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path?.includes('above') ? bandSchema : priceSchema;
    return `has unknown keys (${issue.keys.join(', ')}); known are ${Object.keys(known.shape).join(', ')}`;
  }
  if (issue.code === 'invalid_type' && issue.expected === 'array') return 'must be a list of prices for longer prompts';
  return issue.code === 'invalid_type' && issue.expected === 'object' ? 'must hold `input` and `output`' : undefined;
};
