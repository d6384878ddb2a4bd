import type { ToolCall } from '../../../domain/model/conversation.ts';

/** A tool call as it is sent back: OpenAI's fields, and the signature that Gemini binds it with. */
export interface SentCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: object;
}

/** An assistant's message as it is sent back. Fields that OpenAI does not define are sent back as they came. */
export interface SentMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly tool_calls: readonly SentCall[];
  readonly extras: { readonly [name: string]: unknown };
}

/** Servers parse the arguments of calls that come back, so a call whose arguments were not an object goes back without any. */
export function sentCall(call: ToolCall, json: string, extra: object | null): SentCall {
  const { input } = call;
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  const text = isObject && json.trim() !== '' ? json : '{}';
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: text },
    ...(extra && { extra_content: extra }),
  };
}

/** Only the fields that OpenAI defines. */
export const plainCall = ({ extra_content: _, ...call }: SentCall): SentCall => call;
