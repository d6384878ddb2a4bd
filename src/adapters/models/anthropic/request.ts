import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
} from '@anthropic-ai/sdk/resources/messages';
import type { Message } from '../../../domain/model/conversation.ts';
import type { ModelImage } from '../../../domain/model/image.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { objectSchema } from '../tool-schema.ts';

const CACHED: { readonly cache_control: CacheControlEphemeral } = { cache_control: { type: 'ephemeral' } };

/**
 * The prompt of a request. Of the four cache breakpoints the API allows, one covers tools and system, one the first message (the
 * plan, which all components of a task share), and two move with our last two messages: the API searches only 20 blocks back from a
 * breakpoint, and a turn with many parallel calls is longer than 20 blocks.
 */
export function anthropicPrompt({ system, tools, messages }: TurnRequest) {
  const specs: Tool[] = tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    input_schema: objectSchema(tool),
  }));
  const systemText: TextBlockParam[] = system === '' ? [] : [{ type: 'text', text: system, ...CACHED }];
  const ours = messages.flatMap((message, index) => (message.role === 'assistant' ? [] : [index]));
  const breakpoints = new Set([0, ...ours.slice(-2)]);
  return {
    ...(specs.length > 0 && { tools: specs }),
    ...(systemText.length > 0 && { system: systemText }),
    messages: messages.flatMap((message, index) => wireMessage(message, breakpoints.has(index))),
  };
}

function wireMessage(message: Message, breakpoint: boolean): MessageParam[] {
  if (message.role === 'assistant') {
    // Written by this adapter when the turn came back. A message without content is refused, so such a turn is left out.
    const content = acceptable(message.turn.replay as unknown as ContentBlockParam[]);
    return content.length > 0 ? [{ role: 'assistant', content }] : [];
  }
  const blocks =
    message.role === 'user'
      ? [...(message.images ?? []).map(imageBlock), textBlock(message.text)]
      : message.results.map(resultBlock);
  const content = breakpoint
    ? blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, ...CACHED } : block))
    : blocks;
  return [{ role: 'user', content }];
}

/**
 * What the API takes back of a turn. An answer that was cut off while the model was thinking ends in a thinking block, perhaps one
 * that was never signed: "The final block in an assistant message cannot be `thinking`", and an empty signature is refused
 * anywhere. The filter is here, not where the turn is read, so that it also applies to turns that an older version recorded.
 */
function acceptable(content: readonly ContentBlockParam[]): ContentBlockParam[] {
  const signed = content.filter((block) => block.type !== 'thinking' || block.signature !== '');
  return signed.slice(0, signed.findLastIndex((block) => !isThinking(block)) + 1);
}

export const isThinking = ({ type }: { readonly type: string }): boolean => type === 'thinking' || type === 'redacted_thinking';

const imageBlock = ({ type, base64 }: ModelImage): ContentBlockParam => ({
  type: 'image',
  source: { type: 'base64', media_type: type, data: base64 },
});

const textBlock = (text: string): ContentBlockParam => ({ type: 'text', text });

const resultBlock = (result: { call_id: string; content: string; is_error: boolean }): ContentBlockParam => ({
  type: 'tool_result',
  tool_use_id: result.call_id,
  content: result.content,
  ...(result.is_error && { is_error: true }),
});
