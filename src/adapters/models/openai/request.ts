import { createHash } from 'node:crypto';
import type { FunctionTool, ResponseCreateParamsStreaming, ResponseInputItem } from 'openai/resources/responses/responses';
import type { Message } from '../../../domain/model/conversation.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { objectSchema } from '../tool-schema.ts';

/** Parameters a model may refuse by name; a turn goes without them then. */
export const OPTIONAL = ['reasoning.summary', 'reasoning.effort', 'include'] as const;
export type Optional = (typeof OPTIONAL)[number];

export function openaiParameters(
  id: string,
  request: TurnRequest,
  without: ReadonlySet<Optional>,
): ResponseCreateParamsStreaming {
  const reasoning = {
    ...(!without.has('reasoning.effort') && { effort: request.effort }),
    ...(!without.has('reasoning.summary') && { summary: 'auto' as const }),
  };
  return {
    model: id,
    instructions: request.system,
    tools: request.tools.map(
      // Not strict: the strict subset of JSON Schema has no room for lengths and patterns, and the caller validates anyway.
      (tool): FunctionTool => ({
        type: 'function',
        name: tool.name,
        description: tool.description,
        parameters: objectSchema(tool),
        strict: false,
      }),
    ),
    input: request.messages.flatMap(wireItems),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(!without.has('include') && { include: ['reasoning.encrypted_content'] }),
    prompt_cache_key: shortKey(request.cacheKey),
    stream: true,
  };
}

function wireItems(message: Message): readonly ResponseInputItem[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant':
      // Written by this adapter when the turn came back.
      return message.turn.replay as unknown as ResponseInputItem[];
    case 'tools':
      return message.results.map((result) => ({
        type: 'function_call_output',
        call_id: result.call_id,
        // The wire has no field for it.
        output: result.is_error ? `Error: ${result.content}` : result.content,
      }));
  }
}

/** The API refuses keys of more than 64 characters. */
const shortKey = (key: string): string => (key.length <= 64 ? key : createHash('sha256').update(key).digest('hex'));
