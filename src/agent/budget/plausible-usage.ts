import { NO_USAGE, type Usage } from '../../domain/model/usage.ts';

/** Tokens; no model reads or writes as many in one call. */
const COUNT_MAX = 1_000_000_000;

const isPlausible = (count: number): boolean => Number.isFinite(count) && count >= 0 && count <= COUNT_MAX;

/**
 * The usage as the provider reports it. A server that counts wrongly (NaN, negative, beyond all measure) would disable the budget
 * or use it up at once: such a call is charged at the most it can have cost, `atMost`.
 */
export function plausibleUsage(reported: Usage, atMost: Pick<Usage, 'input' | 'output'>): Usage {
  const { input, cache_read, cache_write, output, reasoning } = reported;
  if (![input, cache_read, cache_write, output].every(isPlausible)) return { ...NO_USAGE, ...atMost };
  return isPlausible(reasoning) ? reported : { ...reported, reasoning: 0 };
}
