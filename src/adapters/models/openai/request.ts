import { createHash } from 'node:crypto';
import type {
  FunctionTool,
  ResponseCreateParamsStreaming,
  ResponseInputItem,
  ResponseInputMessageContentList,
} from 'openai/resources/responses/responses';
import type { Message } from '../../../domain/model/conversation.ts';
import { dataUrl, type ModelImage } from '../../../domain/model/image.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { objectSchema } from '../tool-schema.ts';

/** Parameters that a model may refuse by name; the turn is then requested without them. */
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
      // Not strict: the strict subset of JSON Schema has no lengths and patterns, and the caller validates anyway.
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
      return [{ role: 'user', content: userContent(message.text, message.images ?? []) }];
    case 'assistant':
      return acceptable(message.turn.replay as unknown as ResponseInputItem[]);
    case 'tools':
      return message.results.map((result) => ({
        type: 'function_call_output',
        call_id: result.call_id,
        // The API has no field for an error.
        output: result.is_error ? `Error: ${result.content}` : result.content,
      }));
  }
}

const userContent = (text: string, images: readonly ModelImage[]): string | ResponseInputMessageContentList =>
  images.length === 0
    ? text
    : [
        ...images.map((image) => ({ type: 'input_image' as const, detail: 'auto' as const, image_url: dataUrl(image) })),
        { type: 'input_text', text },
      ];

/**
 * What the API takes back of a turn, which this adapter wrote when the turn came back. Reasoning goes back encrypted or not at all:
 * nothing is stored that its id could refer to. The items that followed it lose their ids as well, because the API would search for
 * the reasoning that such an id belongs to.
 */
function acceptable(items: readonly ResponseInputItem[]): ResponseInputItem[] {
  const kept = items.filter((item) => item.type !== 'reasoning' || Boolean(item.encrypted_content));
  const whole = kept.slice(0, kept.findLastIndex((item) => item.type !== 'reasoning') + 1);
  return kept.length === items.length ? whole : whole.map(withoutId);
}

function withoutId(item: ResponseInputItem): ResponseInputItem {
  if (item.type === 'function_call') {
    const { id: _, ...call } = item;
    return call;
  }
  if (item.type === 'message' && 'id' in item) {
    const { id: _, ...message } = item;
    return message as ResponseInputItem;
  }
  return item;
}

/** The API refuses keys of more than 64 characters. */
const shortKey = (key: string): string => (key.length <= 64 ? key : createHash('sha256').update(key).digest('hex'));
