// Anthropic's Messages API as documented: the streamed event sequence, its refusals, and signatures that bind thinking blocks.
import type Anthropic from '@anthropic-ai/sdk';
import type { Json } from '../../../src/domain/json.ts';
import type { StopReason } from '../../../src/domain/model/conversation.ts';
import { anthropicComplaint, anthropicReasoningComplaint, signatureOf } from './anthropic-rules.ts';
import { inPieces } from './pieces.ts';
import type { PromptBlock } from './prompt-cache.ts';
import { digest, type FullTurn } from './scripted-turn.ts';
import type { SeenMessage, SeenRequest } from './seen-request.ts';
import type { SseEvent, Wire } from './wire.ts';

const STOP: Record<StopReason, Anthropic.StopReason> = {
  calls: 'tool_use',
  end: 'end_turn',
  length: 'max_tokens',
  refusal: 'refusal',
  context: 'model_context_window_exceeded',
};

const ERROR_TYPE: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

export const anthropicWire: Wire = {
  path: '/v1/messages',
  models: '/v1/models/',
  requestIdHeader: 'request-id',
  // The SDK sends the key as a bearer token since 1.x; the older header is still taken.
  authorised: (headers) =>
    Boolean(headers['x-api-key'] || headers.authorization?.startsWith('Bearer ')) && Boolean(headers['anthropic-version']),
  read: (json) => {
    const body = bodyOf(json);
    return {
      model: body.model,
      system: visibleFileText(body.system ?? ''),
      tools: toolsOf(body).map((tool) => ({
        name: tool.name,
        description: tool.description ?? '',
        schema: tool.input_schema as Json,
      })),
      messages: body.messages.flatMap(readMessage),
    };
  },
  complaint: (json) => anthropicComplaint(bodyOf(json)),
  reasoningComplaint: (json) => anthropicReasoningComplaint(bodyOf(json)),
  prompt: (json) => {
    const body = bodyOf(json);
    const parts: unknown[] = [
      ...(body.tools ?? []),
      ...blocksOf(body.system ?? []),
      ...body.messages.flatMap((m) => blocksOf(m.content)),
    ];
    return { key: body.model, blocks: parts.map(promptBlock) };
  },
  answer: streamOf,
  errorBody: (status, message) => ({
    type: 'error',
    error: { type: ERROR_TYPE[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message },
  }),
  errorEvent: (type) => ({
    event: 'error',
    data: { type: 'error', error: { type, message: 'The local server was told to break down.' } },
  }),
  modelBody: (id, reasons) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    lifecycle: 'active',
    max_tokens: reasons ? 128_000 : 8192,
    capabilities: {
      effort: { supported: reasons },
      thinking: { supported: reasons, types: { adaptive: { supported: reasons } } },
    },
  }),
};

// The body came from Anthropic's own SDK, so its own types describe it; what is wrong in it, `complaint` finds.
const bodyOf = (json: Json) => json as unknown as Anthropic.MessageCreateParams;
const toolsOf = (body: Anthropic.MessageCreateParams) => (body.tools ?? []) as Anthropic.Tool[];

const blocksOf = (content: string | readonly Anthropic.ContentBlockParam[]): readonly Anthropic.ContentBlockParam[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

const visibleFileText = (content: string | readonly Anthropic.ContentBlockParam[]): string =>
  blocksOf(content)
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n');

function readMessage(message: Anthropic.MessageParam): SeenMessage[] {
  const blocks = blocksOf(message.content);
  if (message.role === 'assistant') {
    const calls = blocks.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input as Json }] : [],
    );
    return [{ role: 'assistant', text: visibleFileText(blocks), calls }];
  }
  const results = blocks.flatMap((block) =>
    block.type === 'tool_result'
      ? [
          {
            call_id: block.tool_use_id,
            content: visibleFileText((block.content ?? '') as string | Anthropic.TextBlockParam[]),
            is_error: block.is_error ?? false,
          },
        ]
      : [],
  );
  const text = visibleFileText(blocks);
  return [
    ...(results.length > 0 ? [{ role: 'tools' as const, results }] : []),
    ...(text === '' ? [] : [{ role: 'user' as const, text, ...imagesIn(blocks) }]),
  ];
}

function imagesIn(blocks: readonly Anthropic.ContentBlockParam[]): { readonly images?: readonly string[] } {
  const images = blocks.flatMap((block) =>
    block.type === 'image' && block.source.type === 'base64'
      ? [`data:${block.source.media_type};base64,${block.source.data}`]
      : [],
  );
  return images.length === 0 ? {} : { images };
}

function promptBlock(part: unknown): PromptBlock {
  const { cache_control, ...rest } = part as { cache_control?: unknown };
  return { text: JSON.stringify(rest), breakpoint: Boolean(cache_control) };
}

function streamOf(turn: FullTurn, request: SeenRequest): SseEvent[] {
  const { usage, seed } = turn;
  const blocks = [
    ...turn.reasoning.slice(0, 1).map(thinking),
    ...(turn.text === '' ? [] : [textBlock(turn.text)]),
    ...turn.reasoning.slice(1).map(thinking),
    ...turn.calls.map((call, index) => toolUse(`toolu_${digest(`${seed}/${index}`)}`, call.name, call.json)),
    ...(turn.lastThought ? [turn.lastThought.cut ? unsigned(turn.lastThought.text) : thinking(turn.lastThought.text)] : []),
  ];
  const message = {
    id: `msg_${seed}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: usage.input,
      cache_read_input_tokens: usage.cache_read,
      cache_creation_input_tokens: usage.cache_write,
      output_tokens: 1,
    },
  };
  const events: { type: string; [key: string]: Json }[] = [
    { type: 'message_start', message },
    { type: 'ping' },
    ...blocks.flatMap(({ start, deltas }, index) => [
      { type: 'content_block_start', index, content_block: start },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: STOP[turn.stop], stop_sequence: null },
      usage: { output_tokens: usage.output, output_tokens_details: { thinking_tokens: usage.reasoning } },
    },
    { type: 'message_stop' },
  ];
  return events.map((data) => ({ event: data.type, data }));
}

const thinking = (text: string) => ({
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [
    ...inPieces(text).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    { type: 'signature_delta', signature: signatureOf(text) },
  ],
});

/** The signature comes last, so an answer that is cut off has none. */
const unsigned = (text: string) => {
  const { start, deltas } = thinking(text);
  return { start, deltas: deltas.slice(0, -1) };
};

const textBlock = (text: string) => ({
  start: { type: 'text', text: '' },
  deltas: inPieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
});

const toolUse = (id: string, name: string, json: string) => ({
  start: { type: 'tool_use', id, name, input: {} },
  deltas: inPieces(json).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
});
