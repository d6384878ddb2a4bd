// Assembles a streamed answer. The SDK's own finalMessage() reads tool input leniently: a call that max_tokens cut off becomes
// `{}`, as if the model had intended it, and broken JSON rejects with the error of a lost connection. Afterwards neither can be
// recognised.
import type { ContentBlock, RawMessageStreamEvent, StopReason, ToolUseBlock, Usage } from '@anthropic-ai/sdk/resources/messages';
import type { ToolCall } from '../../../domain/model/conversation.ts';
import { readCall } from '../read-call.ts';

export interface Answer {
  /** Sent back in the next request. */
  readonly content: readonly ContentBlock[];
  readonly calls: readonly ToolCall[];
  readonly stop: StopReason | null;
  /** Anthropic's own server always gives it; a gateway may not. */
  readonly usage: Partial<Usage> | undefined;
}

/** Null if the stream ended before the message did. */
export function assembleAnswer(events: readonly RawMessageStreamEvent[]): Answer | null {
  const start = events.find((event) => event.type === 'message_start');
  if (!start || !events.some((event) => event.type === 'message_stop')) return null;
  const blocks = new Map<number, ContentBlock>();
  const json = new Map<number, string>();
  let stop: StopReason | null = null;
  let usage: Answer['usage'] = start.message.usage;

  for (const event of events) {
    if (event.type === 'content_block_start') blocks.set(event.index, { ...event.content_block });
    if (event.type === 'message_delta') {
      stop = event.delta.stop_reason;
      usage = { ...usage, ...onlyGiven(event.usage) };
    }
    if (event.type !== 'content_block_delta') continue;
    const block = blocks.get(event.index);
    const { delta } = event;
    if (delta.type === 'input_json_delta') json.set(event.index, (json.get(event.index) ?? '') + delta.partial_json);
    if (delta.type === 'text_delta' && block?.type === 'text') block.text += delta.text;
    if (delta.type === 'thinking_delta' && block?.type === 'thinking') block.thinking += delta.thinking;
    if (delta.type === 'signature_delta' && block?.type === 'thinking') block.signature = delta.signature;
  }

  const calls: ToolCall[] = [];
  const content: ContentBlock[] = [];
  for (const [index, block] of blocks) {
    // The API returns an empty text block now and then, and refuses it when it is sent back.
    if (block.type === 'text' && block.text.trim() === '') continue;
    if (block.type !== 'tool_use') {
      content.push(block);
      continue;
    }
    const call = readCall(block.id, block.name, json.get(index) ?? JSON.stringify(block.input));
    calls.push(call);
    content.push(withInput(block, call));
  }
  return { content, calls, stop, usage };
}

/** The API accepts only an object, so a call whose input was something else goes back without arguments. */
function withInput(block: ToolUseBlock, { input }: ToolCall): ToolUseBlock {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return { ...block, input: isObject ? input : {} };
}

/** The counts at the end replace those at the start; a count that does not apply is null or missing. */
const onlyGiven = (usage: object): Partial<Usage> =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count != null));
