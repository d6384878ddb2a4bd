import { z } from 'zod';

const usageSchema = z.object({
  input: z.number(),
  cache_read: z.number(),
  cache_write: z.number(),
  output: z.number(),
  reasoning: z.number(),
});

/** What a finished loop cost. `usd` is null when the price of the model is unknown. */
export const spendSchema = z.object({
  model: z.string(),
  turns: z.number(),
  usage: usageSchema,
  usd: z.number().nullable(),
  /** Wall time in milliseconds. */
  ms: z.number(),
  /** Why another model answered instead: this one was unavailable, or its provider refused the request. */
  out: z.string().optional(),
});
export type Spend = z.infer<typeof spendSchema>;
