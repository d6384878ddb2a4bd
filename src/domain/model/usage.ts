/**
 * Tokens of one or more model turns. The four input and output counts are disjoint; `reasoning` is the part of `output` spent
 * thinking.
 */
export interface Usage {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output: number;
  readonly reasoning: number;
}

/** What a provider bills for one attempt at a turn. */
export interface Charge {
  /** `provider/model-id`. */
  readonly model: string;
  readonly usage: Usage;
}

export const NO_USAGE: Usage = { input: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 };

export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  cache_read: a.cache_read + b.cache_read,
  cache_write: a.cache_write + b.cache_write,
  output: a.output + b.output,
  reasoning: a.reasoning + b.reasoning,
});

/** Every token that passed, in either direction. */
export const totalTokens = (u: Usage): number => u.input + u.cache_read + u.cache_write + u.output;
