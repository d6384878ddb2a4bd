// What OpenAI's Responses API refuses with a 400, as far as a client like ours can get it wrong.
import type { ResponseCreateParams, ResponseInputItem } from 'openai/resources/responses/responses';
import { digest } from './scripted-turn.ts';

/** Opaque on the real wire; here, too, it fits only the item and the summary it was given out for. */
export const encryptedReasoning = (id: string, summary: string): string =>
  Buffer.from(`reasoning:${digest(`${id}:${summary}`)}`).toString('base64');

export function openaiComplaint(body: ResponseCreateParams): string | null {
  if ((body.prompt_cache_key ?? '').length > 64)
    return "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64.";
  if ('temperature' in body) return "Unsupported parameter: 'temperature' is not supported with this model.";
  if (typeof body.tool_choice === 'object' || body.tool_choice === 'required')
    return 'tool_choice must not force a tool in this server';
  const items = typeof body.input === 'string' || !body.input ? [] : body.input;
  return toolComplaint(body) ?? itemComplaint(items) ?? pairComplaint(items);
}

function toolComplaint(body: ResponseCreateParams): string | null {
  for (const tool of body.tools ?? []) {
    if (tool.type !== 'function') continue;
    if (tool.parameters?.type !== 'object')
      return `Invalid schema for function '${tool.name}': schema must be of 'type: "object"'.`;
    if (tool.strict && tool.parameters.additionalProperties !== false) {
      return `Invalid schema for function '${tool.name}': 'additionalProperties' is required to be supplied and to be false.`;
    }
  }
  return null;
}

/** The SDK's parsed responses carry fields of its own making, which the API does not take back. */
const SDK_ONLY = ['parsed_arguments', 'parsed', 'output_text'];

function itemComplaint(items: readonly ResponseInputItem[]): string | null {
  for (const [index, item] of items.entries()) {
    const stray = SDK_ONLY.find((name) => JSON.stringify(item).includes(`"${name}":`));
    if (stray && item.type !== 'function_call_output') return `Unknown parameter: 'input[${index}].${stray}'.`;
    if (item.type !== 'reasoning') continue;
    const summary = item.summary.map((part) => part.text).join('');
    if (!item.encrypted_content)
      return `Item with id '${item.id}' not found. Items are not persisted when \`store\` is set to false.`;
    if (item.encrypted_content !== encryptedReasoning(item.id, summary)) return 'The encrypted content could not be verified.';
    const next = items[index + 1]?.type;
    if (next !== 'reasoning' && next !== 'function_call' && next !== 'message') {
      return `Item '${item.id}' of type 'reasoning' was provided without its required following item.`;
    }
  }
  return null;
}

function pairComplaint(items: readonly ResponseInputItem[]): string | null {
  const asked = items.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
  const answered = items.flatMap((item) => (item.type === 'function_call_output' ? [item.call_id ?? ''] : []));
  const open = asked.find((id) => !answered.includes(id));
  if (open) return `No tool output found for function call ${open}.`;
  const stray = answered.find((id) => !asked.includes(id));
  return stray ? `No tool call found for function call output with call_id ${stray}.` : null;
}

export function openaiReasoningComplaint(body: ResponseCreateParams) {
  if (body.reasoning?.effort) return { message: "Unsupported parameter: 'reasoning.effort'", param: 'reasoning.effort' };
  if (body.reasoning?.summary) return { message: "Unsupported parameter: 'reasoning.summary'", param: 'reasoning.summary' };
  if (body.include?.includes('reasoning.encrypted_content'))
    return { message: 'Encrypted content is not supported with this model.', param: 'include' };
  return null;
}
