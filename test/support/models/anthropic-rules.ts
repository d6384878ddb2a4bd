// What Anthropic's API refuses with a 400, as far as a client like ours can get it wrong. A local server that accepts everything would
// let a conversation pass in tests that the provider turns away on its second turn.
import type Anthropic from '@anthropic-ai/sdk';
import { digest } from './scripted-turn.ts';

/** The real one is cryptographic; this one, too, fits only the text it was given out for. */
export const signatureOf = (thinking: string): string => `sig-${digest(`thinking:${thinking}`)}`;

export function anthropicComplaint(body: Anthropic.MessageCreateParams): string | null {
  return parameterComplaint(body) ?? cacheComplaint(body) ?? toolComplaint(body) ?? conversationComplaint(body.messages);
}

function parameterComplaint(body: Anthropic.MessageCreateParams): string | null {
  if (!Number.isInteger(body.max_tokens)) return 'max_tokens: Field required';
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (name in body) return `${name}: this model does not support setting it`;
  }
  const choice = body.tool_choice?.type;
  if (choice === 'any' || choice === 'tool') return 'tool_choice: forcing tool use is not supported with thinking';
  if (body.thinking?.type === 'enabled') return 'thinking.type.enabled is not supported for this model';
  return null;
}

function cacheComplaint(body: Anthropic.MessageCreateParams): string | null {
  const marks = JSON.stringify(body).match(/"cache_control":\{/g)?.length ?? 0;
  return marks > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.` : null;
}

function toolComplaint(body: Anthropic.MessageCreateParams): string | null {
  const wrong = ((body.tools ?? []) as Anthropic.Tool[]).find((tool) => tool.input_schema?.type !== 'object');
  return wrong ? `tools.${wrong.name}.input_schema.type: Input should be 'object'` : null;
}

function conversationComplaint(messages: readonly Anthropic.MessageParam[]): string | null {
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  if (messages.at(-1)?.role === 'assistant') return 'This model does not support assistant message prefill.';
  for (const [index, message] of messages.entries()) {
    const said = blockComplaint(message, index) ?? resultComplaint(messages, index);
    if (said) return said;
  }
  return null;
}

function blockComplaint(message: Anthropic.MessageParam, index: number): string | null {
  if (message.content.length === 0) return `messages.${index}: all messages must have non-empty content`;
  if (typeof message.content === 'string') return null;
  const last = message.content.at(-1)?.type;
  if (message.role === 'assistant' && (last === 'thinking' || last === 'redacted_thinking')) {
    return `messages.${index}: The final block in an assistant message cannot be \`thinking\`.`;
  }
  for (const [at, block] of message.content.entries()) {
    const where = `messages.${index}.content.${at}`;
    if (block.type === 'image' && block.source.type === 'base64' && block.source.data.length > 5 * 1024 * 1024)
      return `${where}.image.source.base64: image exceeds 5 MB maximum`;
    if (block.type === 'text' && block.text.trim() === '') return `${where}: text content blocks must be non-empty`;
    if (block.type === 'thinking' && block.signature === '') return `${where}.thinking.signature: Field required`;
    if (block.type === 'thinking' && block.signature !== signatureOf(block.thinking))
      return `${where}: Invalid \`signature\` in \`thinking\` block`;
    if (block.type === 'tool_use' && (typeof block.input !== 'object' || block.input === null || Array.isArray(block.input))) {
      return `${where}.tool_use.input: Input should be a valid dictionary`;
    }
  }
  return null;
}

/** Each tool_use is answered in the next message, and nothing else is. Messages of one role in a row count as one. */
function resultComplaint(messages: readonly Anthropic.MessageParam[], index: number): string | null {
  const message = messages[index];
  if (message?.role !== 'assistant' || typeof message.content === 'string') return null;
  const asked = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const next = messages.slice(index + 1);
  const end = next.findIndex((one) => one.role === 'assistant');
  const answered = next
    .slice(0, end === -1 ? undefined : end)
    .flatMap((one) => (typeof one.content === 'string' ? [] : one.content))
    .flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
  const open = asked.filter((id) => !answered.includes(id));
  if (open.length > 0)
    return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}`;
  const stray = answered.filter((id) => !asked.includes(id));
  return stray.length > 0
    ? `messages.${index + 1}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.join(', ')}`
    : null;
}

export function anthropicReasoningComplaint(body: Anthropic.MessageCreateParams) {
  if (body.thinking?.type === 'adaptive') return { message: 'adaptive thinking is not supported on this model', param: null };
  if (body.output_config?.effort) return { message: 'This model does not support the effort parameter.', param: null };
  return null;
}
