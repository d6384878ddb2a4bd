import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
} from '@anthropic-ai/sdk/resources/messages';
import type { Message } from '../../../domain/model/conversation.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { objectSchema } from '../tool-schema.ts';

const CACHED: { readonly cache_control: CacheControlEphemeral } = { cache_control: { type: 'ephemeral' } };

/**
 * The prompt of a request. Of the four cache breakpoints the API allows, one covers tools and system, one the first message (the plan,
 * which all components of a task share), and two roll along on the last two messages of ours: the API looks back only 20 blocks from a
 * breakpoint, and a turn with many parallel calls is longer than that.
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
    // Written by this adapter when the turn came back. A refusal may have no content at all, which the API does not take back.
    const content = message.turn.replay as unknown as ContentBlockParam[];
    return content.length > 0 ? [{ role: 'assistant', content }] : [];
  }
  const blocks = message.role === 'user' ? [textBlock(message.text)] : message.results.map(resultBlock);
  const content = breakpoint
    ? blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, ...CACHED } : block))
    : blocks;
  return [{ role: 'user', content }];
}

const textBlock = (text: string): ContentBlockParam => ({ type: 'text', text });

const resultBlock = (result: { call_id: string; content: string; is_error: boolean }): ContentBlockParam => ({
  type: 'tool_result',
  tool_use_id: result.call_id,
  content: result.content,
  ...(result.is_error && { is_error: true }),
});
