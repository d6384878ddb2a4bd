// What servers of chat completions refuse with a 400, as far as a client like ours can get it wrong.
import type { Json } from '../../../src/domain/json.ts';
import { digest } from './scripted-turn.ts';

/** A body as it comes over the wire; what is wrong in it, the rules find. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly {
    readonly function: { readonly name: string; readonly description: string; readonly parameters: Json };
  }[];
  readonly max_tokens?: number;
  readonly reasoning_effort?: string;
  readonly stream_options?: object;
  readonly extra_body?: { readonly google?: { readonly thinking_config?: { readonly include_thoughts?: boolean } } };
}

interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string | readonly ChatPart[] | null;
  readonly tool_calls?: readonly ChatCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
  readonly reasoning?: string;
}

/** Of a user's message with images. */
type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

interface ChatCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: { readonly google?: { readonly thought_signature?: string } };
}

/** The real one is cryptographic; this one, too, fits only the call it was given out for. */
export const thoughtSignature = (call: string): string => `sig-${digest(`call:${call}`)}`;

export function geminiComplaint(body: ChatBody): string | null {
  if (body.reasoning_effort && body.extra_body?.google?.thinking_config)
    return 'Expected one of either `reasoning_effort` or custom `thinking_config`; found both.';
  return schemaComplaint(body) ?? pairComplaint(body.messages) ?? signatureComplaint(body.messages);
}

function schemaComplaint({ tools = [] }: ChatBody): string | null {
  for (const [index, tool] of tools.entries()) {
    const where = `tools[0].function_declarations[${index}].parameters`;
    const json = JSON.stringify(tool.function.parameters);
    const unknown = /"(\$schema|additionalProperties|const|propertyNames)":/.exec(json)?.[1];
    if (unknown) return `Invalid JSON payload received. Unknown name "${unknown}" at '${where}': Cannot find field.`;
    if (json.includes('"type":[')) return `Invalid value at '${where}.type': Proto field is not repeating, cannot start list.`;
  }
  return null;
}

/** The first call of each answer carries the signature of what led to it. */
function signatureComplaint(messages: readonly ChatMessage[]): string | null {
  for (const [position, message] of messages.entries()) {
    const [first] = message.tool_calls ?? [];
    if (!first) continue;
    const signature = first.extra_content?.google?.thought_signature;
    if (!signature)
      return `Function call is missing a thought_signature in functionCall parts. Function call \`${first.function.name}\`, position ${position}.`;
    if (signature !== thoughtSignature(first.id)) return 'Thought signature is not valid.';
  }
  return null;
}

export function compatibleComplaint({ messages }: ChatBody): string | null {
  for (const [index, { role, content, name, tool_calls = [] }] of messages.entries()) {
    if (typeof content !== 'string') return `messages.${index}.content: Input should be a valid string`;
    if (name !== undefined) return `messages.${index}.name: Extra inputs are not permitted`;
    if (role === 'user' && messages[index - 1]?.role === 'user')
      return 'Conversation roles must alternate user/assistant/user/assistant/...';
    if (tool_calls.some((call) => !/^[A-Za-z0-9]{9}$/.test(call.id)))
      return 'Tool call id has to be a-z, A-Z, 0-9, with a length of 9.';
  }
  return pairComplaint(messages);
}

/** Each call is answered right after it, nothing else is, and its arguments are an object. */
function pairComplaint(messages: readonly ChatMessage[]): string | null {
  for (const [index, message] of messages.entries()) {
    const calls = message.tool_calls ?? [];
    const broken = calls.find((call) => !isObject(call.function.arguments));
    if (broken) return `messages.${index}: the arguments of ${broken.function.name} are not a JSON object`;
    const after = messages.slice(index + 1, index + 1 + calls.length);
    const open = calls.find((call) => !after.some((result) => result.role === 'tool' && result.tool_call_id === call.id));
    if (open) return `An assistant message with 'tool_calls' must be followed by tool messages: ${open.id}`;
  }
  const ids = messages.flatMap((message) => (message.tool_calls ?? []).map((call) => call.id));
  const stray = messages.find((message) => message.role === 'tool' && !ids.includes(message.tool_call_id ?? ''));
  return stray ? `No tool call found for the tool message ${stray.tool_call_id}` : null;
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function geminiReasoningComplaint({ reasoning_effort, extra_body }: ChatBody) {
  if (extra_body) return { message: 'Thinking level is not supported for this model.', param: null };
  return reasoning_effort ? { message: 'Thinking is not supported for this model.', param: null } : null;
}

/** A server of the strict kind, which knows neither reasoning nor the options of a stream. */
export function compatibleReasoningComplaint(body: ChatBody) {
  const extra = [
    ...(body.reasoning_effort === undefined ? [] : ['reasoning_effort']),
    ...(body.stream_options === undefined ? [] : ['stream_options']),
    ...(body.messages.some((message) => message.reasoning !== undefined) ? ['messages.reasoning'] : []),
  ];
  return extra.length > 0 ? { message: `${extra.join(', ')}: Extra inputs are not permitted`, param: null } : null;
}
