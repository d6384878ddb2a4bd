import { parse } from 'yaml';
import { z } from 'zod';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

const dollars = z.number({ error: 'must be a number of US dollars per million tokens' }).nonnegative({
  error: 'must not be negative',
});

const priceSchema = z.strictObject({
  input: dollars,
  output: dollars,
  /** Unset: cached input costs what other input costs. */
  cache_read: dollars.optional(),
  cache_write: dollars.optional(),
});

/** Prices in US dollars per million tokens, by `provider/model-id`. */
export type Prices = Readonly<Record<string, z.infer<typeof priceSchema>>>;

const MODEL = /^(anthropic|openai|gemini|compatible)\/\S+$/;

/**
 * A file of prices, in YAML or JSON (which is YAML): `provider/model-id: { input: 1, output: 5, cache_read: 0.1, cache_write: 1.25 }`.
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
  const prices: Record<string, z.infer<typeof priceSchema>> = {};
  const problems: string[] = [];
  for (const [model, price] of Object.entries(content)) {
    if (!MODEL.test(model)) {
      problems.push(`\`${model}\` must be provider/model-id, with provider anthropic, openai, gemini or compatible.`);
    }
    const parsed = priceSchema.safeParse(price, { error: sentence });
    if (parsed.success) prices[model] = parsed.data;
    else problems.push(...parsed.error.issues.map((i) => `\`${[model, ...i.path].join('.')}\` ${i.message}.`));
  }
  return problems.length > 0 ? failure(problems) : success(prices);
}

const sentence: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    return `has unknown keys (${issue.keys.join(', ')}); known are ${Object.keys(priceSchema.shape).join(', ')}`;
  }
  return issue.code === 'invalid_type' && issue.expected === 'object' ? 'must hold `input` and `output`' : undefined;
};
