import { NO_USAGE, totalTokens, type Usage } from '../../domain/model/usage.ts';
import type { TurnRequest } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';

/** What providers put around a request: their own words about tools, and the marks between messages. */
const FRAME_TOKENS = { request: 1_000, message: 50 };

/**
 * More input tokens than the request can have. Up to the last answer the provider itself has counted; every byte since then, and every
 * byte of a first request, is taken for a token, which no tokenizer in use exceeds.
 */
export function inputTokensAtMost({ system, tools, messages }: TurnRequest): number {
  const at = messages.findLastIndex((m) => m.role === 'assistant' && totalTokens(m.turn.usage) > 0);
  const answered = messages[at];
  const counted =
    answered?.role === 'assistant' ? totalTokens(answered.turn.usage) : bytes(system) + bytes(JSON.stringify(tools));
  const since = messages.slice(at + 1).map((m) => FRAME_TOKENS.message + bytes(m.role === 'user' ? m.text : JSON.stringify(m)));
  return FRAME_TOKENS.request + counted + since.reduce((a, b) => a + b, 0);
}

/** The most one call can cost: all input at the dearest rate it could be charged at, and the longest answer. Null: unknown price. */
export function maximumPrice(model: string, input: number, output: number, priceOf: PriceOf): number | null {
  const prices = (['input', 'cache_read', 'cache_write'] as const).map((kind) =>
    priceOf(model, { ...NO_USAGE, output, [kind]: input } satisfies Usage),
  );
  return prices.reduce((most, price) => (most === null || price === null ? null : Math.max(most, price)), 0 as number | null);
}

const bytes = (text: string): number => Buffer.byteLength(text);
