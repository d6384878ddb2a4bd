import type { ToolCall } from '../../../domain/model/conversation.ts';

/** A tool call as it goes back: OpenAI's fields, and the signature Gemini binds it with. */
export interface SentCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: object;
}

/** An assistant's message as it goes back. What is not OpenAI's is named by its provider and sent back as it came. */
export interface SentMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly tool_calls: readonly SentCall[];
  readonly extras: { readonly [name: string]: unknown };
}

/** Servers parse the arguments of calls that come back; one that was no object goes back without any. */
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

/** Without what is not OpenAI's. */
export const plainCall = ({ extra_content: _, ...call }: SentCall): SentCall => call;
