// OpenAI's chat completions as two others speak it: Google's endpoint, and a small server of the kind of vLLM or Ollama.

import type { Json } from '../../../src/domain/json.ts';
import type { StopReason } from '../../../src/domain/model/conversation.ts';
import {
  type ChatBody,
  compatibleComplaint,
  compatibleReasoningComplaint,
  geminiComplaint,
  geminiReasoningComplaint,
  thoughtSignature,
} from './chat-rules.ts';
import { inPieces } from './pieces.ts';
import { digest, type FullTurn } from './scripted-turn.ts';
import type { SeenMessage, SeenRequest } from './seen-request.ts';
import type { HttpAnswer, SseEvent, Wire } from './wire.ts';

type Delta = { readonly [key: string]: Json };

const shared = {
  requestIdHeader: 'x-request-id',
  read: (json: Json) => {
    const { model, messages, tools = [] } = bodyOf(json);
    return {
      model,
      system: (messages.find(({ role }) => role === 'system')?.content as string | undefined) ?? '',
      tools: tools.map((tool) => ({
        name: tool.function.name,
        description: tool.function.description,
        schema: tool.function.parameters,
      })),
      messages: readMessages(messages),
    };
  },
  prompt: (json: Json) => {
    const { model, messages, tools = [] } = bodyOf(json);
    // These servers cache every prefix by themselves, in blocks of so many tokens.
    const blocks = JSON.stringify([tools, messages]).match(/[\s\S]{1,128}/g) ?? [];
    return { key: model, blocks: blocks.map((text) => ({ text, breakpoint: true })) };
  },
  modelBody: (id: string) => ({ id, object: 'model', created: 1767225600, owned_by: 'local' }),
};

/**
 * Google's endpoint: thoughts as marked content between tags, calls in one piece and without a number, "stop" whatever came, thinking
 * that is counted in the total only, errors in a list.
 */
export const geminiWire: Wire = {
  ...shared,
  path: '/v1beta/openai/chat/completions',
  models: '/v1beta/openai/models/',
  authorised: (headers) => /^Bearer \S+/.test(headers.authorization ?? ''),
  complaint: (json) => geminiComplaint(bodyOf(json)),
  reasoningComplaint: (json) => geminiReasoningComplaint(bodyOf(json)),
  answer: (turn, request) =>
    turn.stop === 'context'
      ? {
          status: 400,
          body: geminiError(400, 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).'),
        }
      : geminiStream(turn, request),
  errorBody: geminiError,
  errorEvent: (type) => ({ event: null, data: geminiError(type === 'invalid_request_error' ? 400 : 503, DOWN)[0] as Json }),
};

/** A small server: calls without number or id, reasoning in a field of its own, usage only when asked for, no key needed. */
export const compatibleWire: Wire = {
  ...shared,
  path: '/v1/chat/completions',
  models: '/v1/models/',
  lists: ['some-model', 'another'],
  authorised: () => true,
  complaint: (json) => compatibleComplaint(bodyOf(json)),
  reasoningComplaint: (json) => compatibleReasoningComplaint(bodyOf(json)),
  answer: compatibleStream,
  errorBody: (status, message) => ({
    object: 'error',
    message,
    type: status < 500 ? 'BadRequestError' : 'InternalServerError',
    code: status,
  }),
  errorEvent: (type) => ({
    event: null,
    data: { error: { message: DOWN, type, code: type === 'invalid_request_error' ? 400 : 500 } },
  }),
};

const DOWN = 'The local server was told to break down.';
const bodyOf = (json: Json) => json as unknown as ChatBody;

function geminiError(code: number, message: string): readonly Json[] {
  return [{ error: { code, message, status: code < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE' } }];
}

const textOf = (content: ChatContent): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');

function imagesIn(content: ChatContent): { readonly images?: readonly string[] } {
  if (typeof content === 'string') return {};
  const images = (content ?? []).flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
  return images.length === 0 ? {} : { images };
}

type ChatContent = ChatBody['messages'][number]['content'];

function readMessages(messages: ChatBody['messages']): SeenMessage[] {
  const seen: SeenMessage[] = [];
  for (const { role, content, tool_calls = [], tool_call_id = '' } of messages) {
    const text = textOf(content);
    const last = seen.at(-1);
    if (role === 'user') seen.push({ role: 'user', text, ...imagesIn(content) });
    if (role === 'assistant') {
      const calls = tool_calls.map((call) => ({
        id: call.id,
        name: call.function.name,
        input: parsed(call.function.arguments),
      }));
      seen.push({ role: 'assistant', text, calls });
    }
    if (role === 'tool') {
      const result = { call_id: tool_call_id, content: text, is_error: false };
      if (last?.role === 'tools') seen[seen.length - 1] = { role: 'tools', results: [...last.results, result] };
      else seen.push({ role: 'tools', results: [result] });
    }
  }
  return seen;
}

function parsed(json: string): Json {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return json;
  }
}

function geminiStream(turn: FullTurn, request: SeenRequest): SseEvent[] {
  const { usage, seed } = turn;
  const shown = bodyOf(request.body).extra_body?.google?.thinking_config?.include_thoughts === true;
  const thoughts = shown ? turn.reasoning : [];
  const thought = (text: string): Delta[] =>
    inPieces(`<thought>${text}`).map((content) => ({ content, extra_content: { google: { thought: true } } }));
  const text = turn.text === '' ? [] : inPieces(turn.text);
  const calls = turn.calls.map(({ name, json }, index) => {
    const id = `function-call-${digest(`${seed}/${index}`)}`;
    const signed = index === 0 && { extra_content: { google: { thought_signature: thoughtSignature(id) } } };
    return { tool_calls: [{ ...signed, function: { arguments: json, name }, id, type: 'function' }] };
  });
  const deltas: Delta[] = [
    ...thoughts.slice(0, 1).flatMap(thought),
    ...text.map((content, index) => ({ content: index === 0 && thoughts.length > 0 ? `</thought>${content}` : content })),
    ...thoughts.slice(1).flatMap(thought),
    ...calls,
    // An answer without calls is signed as a whole.
    ...(calls.length === 0 ? [{ extra_content: { google: { thought_signature: `sig-${seed}` } } }] : []),
    ...(shown && turn.lastThought ? thought(turn.lastThought.text) : []),
  ];
  const prompt = usage.input + usage.cache_read + usage.cache_write;
  const spent = {
    prompt_tokens: prompt,
    prompt_tokens_details: { cached_tokens: usage.cache_read },
    completion_tokens: usage.output - usage.reasoning,
    total_tokens: prompt + usage.output,
  };
  const finish = turn.stop === 'length' ? 'length' : turn.stop === 'refusal' ? 'content_filter: SAFETY' : 'stop';
  return chunks(request, seed, deltas, finish, spent);
}

const FINISH: Record<StopReason, string> = {
  calls: 'tool_calls',
  end: 'stop',
  length: 'length',
  refusal: 'content_filter',
  context: 'model_context_window_exceeded',
};

function compatibleStream(turn: FullTurn, request: SeenRequest): SseEvent[] | HttpAnswer {
  const { usage, seed } = turn;
  const knowsReasoning = bodyOf(request.body).reasoning_effort !== undefined;
  const reasoning = knowsReasoning ? turn.reasoning.join('\n\n') : '';
  const deltas: Delta[] = [
    { role: 'assistant', content: '' },
    ...(reasoning === '' ? [] : inPieces(reasoning).map((piece) => ({ content: null, reasoning: piece }))),
    ...(turn.text === '' ? [] : inPieces(turn.text).map((content) => ({ content }))),
    ...turn.calls.flatMap(({ name, json }): Delta[] => [
      { tool_calls: [{ type: 'function', function: { name, arguments: '' } }] },
      ...inPieces(json).map((piece) => ({ tool_calls: [{ function: { arguments: piece } }] })),
    ]),
    ...(knowsReasoning && turn.lastThought ? [{ content: null, reasoning: turn.lastThought.text }] : []),
  ];
  const prompt = usage.input + usage.cache_read + usage.cache_write;
  const spent = {
    prompt_tokens: prompt,
    prompt_tokens_details: { cached_tokens: usage.cache_read, cache_write_tokens: usage.cache_write },
    completion_tokens: usage.output,
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: prompt + usage.output,
  };
  return chunks(request, seed, deltas, FINISH[turn.stop], bodyOf(request.body).stream_options ? spent : null);
}

function chunks(request: SeenRequest, seed: string, deltas: readonly Delta[], finish: string, spent: Json): SseEvent[] {
  const head = { id: `chatcmpl-${seed}`, object: 'chat.completion.chunk', created: 1767225600, model: request.model };
  const chunk = (delta: Delta, finish_reason: string | null) => ({
    event: null,
    data: { ...head, choices: [{ index: 0, delta, finish_reason }] },
  });
  return [
    ...deltas.map((delta) => chunk(delta, null)),
    chunk({}, finish),
    ...(spent === null ? [] : [{ event: null, data: { ...head, choices: [], usage: spent } }]),
    { event: null, data: '[DONE]' },
  ];
}
