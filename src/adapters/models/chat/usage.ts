import type { Usage } from '../../../domain/model/usage.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import type { Answer } from './stream.ts';

/**
 * `prompt_tokens` counts everything that went in; the domain's counts are disjoint. Gemini and xAI leave the thinking out of
 * `completion_tokens`, bill it, and have it in the total.
 */
export function chatUsage(answer: Answer, request: TurnRequest): Usage {
  const { usage } = answer;
  if (!usage?.prompt_tokens) return estimate(answer, request);
  const prompt = usage.prompt_tokens;
  const completion = usage.completion_tokens ?? 0;
  const output = Math.max(completion, (usage.total_tokens ?? 0) - prompt);
  const cache_read = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0;
  const cache_write = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, prompt - cache_read - cache_write),
    cache_read,
    cache_write,
    output,
    reasoning: Math.min(output, usage.completion_tokens_details?.reasoning_tokens ?? output - completion),
  };
}

/** For servers that do not count: about four characters a token, because a limit that counts nothing would stop nothing. */
function estimate({ replay, reasoning }: Answer, { system, tools, messages }: TurnRequest): Usage {
  const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
  const said = tokens([replay.content, replay.tool_calls]);
  const thought = reasoning === '' ? 0 : tokens(reasoning);
  return { input: tokens([system, tools, messages]), cache_read: 0, cache_write: 0, output: said + thought, reasoning: thought };
}
