import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { Message } from '../../../domain/model/conversation.ts';
import { dataUrl, type ModelImage } from '../../../domain/model/image.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import type { Dialect, Optional } from './dialect.ts';
import { plainCall, type SentMessage } from './message.ts';

export interface ChatRequest {
  readonly body: ChatCompletionCreateParamsStreaming;
  /** The optional parts that it contains, in the dialect's order. */
  readonly optional: readonly Optional[];
}

export function chatRequest(id: string, request: TurnRequest, dialect: Dialect, without: ReadonlySet<Optional>): ChatRequest {
  const replies = request.messages.flatMap((message) => (message.role === 'assistant' ? [replyIn(message)] : []));
  const optional = dialect.optional.filter((part) => !without.has(part) && (part !== 'echo' || replies.some(hasExtras)));
  const has = (part: Optional): boolean => optional.includes(part);
  // A dialect that does not list the echo as optional needs it.
  const echo = has('echo') || !dialect.optional.includes('echo');
  const body = {
    model: id,
    messages: [
      ...(request.system === '' ? [] : [{ role: 'system', content: request.system }]),
      ...wireMessages(request.messages, dialect, echo),
    ],
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool) => ({
        type: 'function',
        function: { name: tool.name, description: tool.description, parameters: dialect.schema(tool) },
      })),
    }),
    // Every server knows this name; some refuse or ignore OpenAI's newer one.
    ...((has('limit') || !dialect.optional.includes('limit')) && { max_tokens: request.maxOutputTokens }),
    ...((has('thoughts') || has('effort')) && dialect.effort(request.effort, has('thoughts'))),
    stream: true,
    ...((has('usage') || !dialect.optional.includes('usage')) && { stream_options: { include_usage: true } }),
  };
  return { body: body as unknown as ChatCompletionCreateParamsStreaming, optional };
}

function wireMessages(messages: readonly Message[], dialect: Dialect, echo: boolean): ChatCompletionMessageParam[] {
  const wire: ChatCompletionMessageParam[] = [];
  const nameOf = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'user') addUser(wire, message.text, message.images ?? []);
    if (message.role === 'assistant') {
      const reply = replyIn(message);
      for (const call of reply.tool_calls) nameOf.set(call.id, call.function.name);
      wire.push(...wireReply(reply, dialect, echo));
    }
    if (message.role === 'tools') {
      for (const { call_id, content, is_error } of message.results) {
        const named = dialect.namesResults && { name: nameOf.get(call_id) };
        // The wire has no field for an error.
        const result = { role: 'tool', tool_call_id: call_id, ...named, content: is_error ? `Error: ${content}` : content };
        wire.push(result as ChatCompletionMessageParam);
      }
    }
  }
  return wire;
}

/** The chat templates of many models refuse two user messages in a row, so they are joined. */
function addUser(wire: ChatCompletionMessageParam[], text: string, images: readonly ModelImage[]): void {
  const last = wire.at(-1);
  const before = last?.role === 'user' ? last.content : null;
  if (before !== null) wire.pop();
  if (images.length === 0 && (before === null || typeof before === 'string')) {
    wire.push({ role: 'user', content: before === null ? text : `${before}\n\n${text}` });
    return;
  }
  const earlier: ChatCompletionContentPart[] = typeof before === 'string' ? [{ type: 'text', text: before }] : (before ?? []);
  const shown = images.map((image): ChatCompletionContentPart => ({ type: 'image_url', image_url: { url: dataUrl(image) } }));
  wire.push({ role: 'user', content: [...earlier, ...shown, { type: 'text', text }] });
}

function wireReply({ content, tool_calls, extras }: SentMessage, dialect: Dialect, echo: boolean): ChatCompletionMessageParam[] {
  // There is nothing to send back.
  if (content.trim() === '' && tool_calls.length === 0) return [];
  const reply = {
    role: 'assistant',
    ...(content.trim() === '' ? dialect.noContent : { content }),
    ...(tool_calls.length > 0 && { tool_calls: echo ? tool_calls : tool_calls.map(plainCall) }),
    ...(echo && extras),
  };
  return [reply as ChatCompletionMessageParam];
}

// Written by this adapter when the turn came back.
const replyIn = (message: Extract<Message, { role: 'assistant' }>) => message.turn.replay as unknown as SentMessage;

const hasExtras = ({ extras, tool_calls }: SentMessage): boolean =>
  Object.keys(extras).length > 0 || tool_calls.some((call) => call.extra_content !== undefined);
