import type { Usage } from '../../../domain/model/usage.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { billedUsage, countOf } from '../usage.ts';
import { argumentsIn } from './calls.ts';
import { type Answer, assembleAnswer, type ChatChunk } from './stream.ts';

/**
 * `prompt_tokens` counts everything that went in. Gemini and xAI leave the thinking out of `completion_tokens`, bill it, and
 * include it in the total.
 */
export function chatUsage({ usage, replay, reasoning }: Answer, request: TurnRequest, calls: unknown = replay.tool_calls): Usage {
  const { prompt_tokens, completion_tokens, total_tokens } = usage ?? {};
  const thoughts = usage?.completion_tokens_details?.reasoning_tokens;
  const [prompt, completion, total] = [prompt_tokens, completion_tokens, total_tokens].map(countOf);
  const all =
    typeof prompt === 'number' && typeof total === 'number' && completion !== 'wrong'
      ? Math.max(completion ?? 0, total - prompt)
      : total === 'wrong'
        ? total
        : completion_tokens;
  return billedUsage(
    {
      prompt: prompt_tokens,
      cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens,
      cacheWrite: usage?.prompt_tokens_details?.cache_write_tokens,
      output: all,
      reasoning: thoughts ?? (typeof all === 'number' && typeof completion === 'number' ? all - completion : undefined),
    },
    request,
    { answer: [replay.content, calls], reasoning },
  );
}

/** The usage of an answer that broke off; null where none had begun, because an error came in its place. */
export function unfinishedUsage(chunks: readonly ChatChunk[], request: TurnRequest): Usage | null {
  if (!chunks.some(({ choices, error }) => choices && !error)) return null;
  // Arguments that were cut off are not sent back, but they were written.
  const pieces = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta?.tool_calls ?? []);
  return chatUsage(assembleAnswer(chunks, 0), request, pieces.map(argumentsIn).join(''));
}
