import type { Message } from '../../domain/model/conversation.ts';
import { IMAGE_TOKENS_MAX } from '../../domain/model/image.ts';
import { NO_USAGE, totalTokens, type Usage } from '../../domain/model/usage.ts';
import type { TurnRequest } from '../../ports/model.ts';
import type { PriceOf } from '../../ports/prices.ts';

/** What providers add to a request: their own text about tools, and the separators between messages. */
const FRAME_TOKENS = { request: 1_000, message: 50 };

/**
 * At least as many input tokens as the request can have. The provider itself has counted up to its last answer; every byte since
 * then, and every byte of a first request, counts as a token, which no tokenizer in use exceeds.
 */
export function inputTokensAtMost({ system, tools, messages }: TurnRequest): number {
  const at = messages.findLastIndex((m) => m.role === 'assistant' && totalTokens(m.turn.usage) > 0);
  const answered = messages[at];
  const counted =
    answered?.role === 'assistant' ? totalTokens(answered.turn.usage) : bytes(system) + bytes(JSON.stringify(tools));
  const since = messages.slice(at + 1).map(sizeOf);
  return FRAME_TOKENS.request + counted + since.reduce((a, b) => a + b, 0);
}

/**
 * The most one call can cost: all input at the highest rate it could be charged at, and the longest answer. Null: unknown price.
 */
export function maximumPrice(model: string, input: number, output: number, priceOf: PriceOf): number | null {
  const prices = (['input', 'cache_read', 'cache_write'] as const).map((kind) =>
    priceOf(model, { ...NO_USAGE, output, [kind]: input } satisfies Usage),
  );
  return prices.reduce((most, price) => (most === null || price === null ? null : Math.max(most, price)), 0 as number | null);
}

function sizeOf(message: Message): number {
  if (message.role !== 'user') return FRAME_TOKENS.message + bytes(JSON.stringify(message));
  return FRAME_TOKENS.message + bytes(message.text) + IMAGE_TOKENS_MAX * (message.images?.length ?? 0);
}

const bytes = (text: string): number => Buffer.byteLength(text);
