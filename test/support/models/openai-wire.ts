// OpenAI's Responses API as documented: the streamed event sequence, its refusals, and reasoning items with encrypted content.
import type { ResponseCreateParams, ResponseInputItem } from 'openai/resources/responses/responses';
import type { Json } from '../../../src/domain/json.ts';
import { encryptedReasoning, openaiComplaint, openaiReasoningComplaint } from './openai-rules.ts';
import { inPieces } from './pieces.ts';
import { digest, type FullTurn } from './scripted-turn.ts';
import type { SeenMessage, SeenRequest } from './seen-request.ts';
import type { SseEvent, Wire } from './wire.ts';

type Item = { readonly [key: string]: Json };

export const openaiWire: Wire = {
  path: '/v1/responses',
  models: '/v1/models/',
  requestIdHeader: 'x-request-id',
  authorised: (headers) => /^Bearer \S+/.test(headers.authorization ?? ''),
  read: (json) => {
    const body = bodyOf(json);
    return {
      model: body.model ?? '',
      system: body.instructions ?? '',
      tools: (body.tools ?? []).flatMap((tool) =>
        tool.type === 'function'
          ? [{ name: tool.name, description: tool.description ?? '', schema: tool.parameters as Json }]
          : [],
      ),
      messages: readItems(itemsOf(body)),
    };
  },
  complaint: (json) => openaiComplaint(bodyOf(json)),
  reasoningComplaint: (json) => openaiReasoningComplaint(bodyOf(json)),
  prompt: (json) => {
    const body = bodyOf(json);
    const parts = [body.instructions ?? '', ...(body.tools ?? []), ...itemsOf(body)];
    // OpenAI caches every prefix by itself; the key says which machine, and so which cache, answers.
    const blocks = parts.map((part) => ({ text: JSON.stringify(part), breakpoint: true }));
    return { key: `${body.model} ${body.prompt_cache_key ?? ''}`, blocks };
  },
  answer: (turn, request) => (turn.stop === 'context' ? { status: 400, body: contextExceeded } : streamOf(turn, request)),
  errorBody: (status, message, param = null) => ({
    error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param, code: null },
  }),
  errorEvent: (code) => ({
    event: 'error',
    data: { type: 'error', code, message: 'The local server was told to break down.', param: null, sequence_number: 1 },
  }),
  modelBody: (id) => ({ id, object: 'model', created: 1767225600, owned_by: 'local' }),
};

const contextExceeded = {
  error: {
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    type: 'invalid_request_error',
    param: 'input',
    code: 'context_length_exceeded',
  },
};

// The body came from OpenAI's own SDK, so its own types describe it; what is wrong in it, `complaint` finds.
const bodyOf = (json: Json) => json as unknown as ResponseCreateParams;
const itemsOf = (body: ResponseCreateParams): readonly ResponseInputItem[] =>
  typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : (body.input ?? []);

/** Everything between two outputs of ours is one assistant turn, however many items it has. */
function readItems(items: readonly ResponseInputItem[]): SeenMessage[] {
  const messages: SeenMessage[] = [];
  for (const item of items) {
    const last = messages.at(-1);
    if (item.type === 'function_call_output') {
      const result = {
        call_id: item.call_id ?? '',
        content: typeof item.output === 'string' ? item.output : JSON.stringify(item.output),
        is_error: false,
      };
      if (last?.role === 'tools') messages[messages.length - 1] = { role: 'tools', results: [...last.results, result] };
      else messages.push({ role: 'tools', results: [result] });
      continue;
    }
    if ('content' in item && 'role' in item && item.role !== 'assistant') {
      messages.push({ role: 'user', text: partsText(item.content), ...imagesIn(item.content) });
      continue;
    }
    const turn = last?.role === 'assistant' ? last : { role: 'assistant' as const, text: '', calls: [] };
    const call = item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: parsed(item.arguments) }] : [];
    const text = 'content' in item && 'role' in item ? partsText(item.content) : '';
    const grown = { ...turn, text: turn.text + text, calls: [...turn.calls, ...call] };
    if (last?.role === 'assistant') messages[messages.length - 1] = grown;
    else messages.push(grown);
  }
  return messages;
}

function imagesIn(content: unknown): { readonly images?: readonly string[] } {
  if (typeof content === 'string') return {};
  const images = (content as { type: string; image_url?: string }[]).flatMap((part) => part.image_url ?? []);
  return images.length === 0 ? {} : { images };
}

function partsText(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as { text?: string; refusal?: string }[]).map((part) => part.text ?? part.refusal ?? '').join('');
}

function parsed(json: string): Json {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function streamOf(turn: FullTurn, request: SeenRequest): SseEvent[] {
  const { seed, usage } = turn;
  const cut = turn.stop === 'length';
  const items = [
    ...turn.reasoning.slice(0, 1).map((text, index) => reasoning(`rs_${digest(`${seed}/r${index}`)}`, text)),
    ...(turn.text === '' ? [] : [message(`msg_${digest(`${seed}/m`)}`, turn.text, turn.stop === 'refusal')]),
    ...turn.reasoning.slice(1).map((text, index) => reasoning(`rs_${digest(`${seed}/r${index + 1}`)}`, text)),
    ...turn.calls.map((call, index) => functionCall(digest(`${seed}/${index}`), call.name, call.json)),
    ...(turn.lastThought ? [lastThought(`rs_${digest(`${seed}/last`)}`, turn.lastThought)] : []),
  ];
  const response = (status: string, output: readonly Json[], spent: Json) => ({
    id: `resp_${seed}`,
    object: 'response',
    created_at: 1767225600,
    model: request.model,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    output,
    usage: spent,
    store: false,
  });
  const input = usage.input + usage.cache_read + usage.cache_write;
  const spent = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cache_read, cache_write_tokens: usage.cache_write },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + usage.output,
  };
  const end = cut ? 'incomplete' : 'completed';
  const output = items.map((item) => item.done);
  const events: Item[] = [
    { type: 'response.created', response: response('in_progress', [], null) },
    { type: 'response.in_progress', response: response('in_progress', [], null) },
    ...items.flatMap(({ added, between, done }, output_index) => [
      { type: 'response.output_item.added', output_index, item: added },
      ...between.map((event) => ({ ...event, output_index, item_id: done.id as Json })),
      { type: 'response.output_item.done', output_index, item: done },
    ]),
    { type: `response.${end}`, response: response(end, output, spent) },
  ];
  return events.map((data, sequence_number) => ({ event: String(data.type), data: { ...data, sequence_number } }));
}

interface StreamedItem {
  readonly added: Item;
  readonly between: readonly Item[];
  readonly done: Item;
}

function reasoning(id: string, text: string): StreamedItem {
  const part = { type: 'summary_text', text };
  const done = { id, type: 'reasoning', summary: [part], encrypted_content: encryptedReasoning(id, text) };
  const at = { summary_index: 0 };
  return {
    added: { id, type: 'reasoning', summary: [] },
    between: [
      { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
      ...inPieces(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ],
    done,
  };
}

function lastThought(id: string, { text, cut }: { text: string; cut: boolean }): StreamedItem {
  const whole = reasoning(id, text);
  const { encrypted_content: _, ...done } = whole.done;
  return cut ? { ...whole, done } : whole;
}

function message(id: string, text: string, refused: boolean): StreamedItem {
  const field = refused ? 'refusal' : 'text';
  const type = refused ? 'refusal' : 'output_text';
  const partOf = (said: string) => (refused ? { type, refusal: said } : { type, text: said, annotations: [], logprobs: [] });
  const head = { id, type: 'message', role: 'assistant' };
  const at = { content_index: 0 };
  return {
    added: { ...head, status: 'in_progress', content: [] },
    between: [
      { type: 'response.content_part.added', ...at, part: partOf('') },
      ...inPieces(text).map((delta) => ({ type: `response.${type}.delta`, ...at, delta })),
      { type: `response.${type}.done`, ...at, [field]: text },
      { type: 'response.content_part.done', ...at, part: partOf(text) },
    ],
    done: { ...head, status: 'completed', content: [partOf(text)] },
  };
}

function functionCall(hash: string, name: string, json: string): StreamedItem {
  const head = { id: `fc_${hash}`, type: 'function_call', call_id: `call_${hash}`, name };
  return {
    added: { ...head, status: 'in_progress', arguments: '' },
    between: [
      ...inPieces(json).map((delta) => ({ type: 'response.function_call_arguments.delta', delta })),
      { type: 'response.function_call_arguments.done', arguments: json, name },
    ],
    done: { ...head, status: 'completed', arguments: json },
  };
}
