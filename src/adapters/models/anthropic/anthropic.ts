import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { Json } from '../../../domain/json.ts';
import type { StopReason, Turn } from '../../../domain/model/conversation.ts';
import type { Usage } from '../../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { ANSWER_TIMEOUT_MS, answerFetchOptions } from '../answer-fetch.ts';
import { drain } from '../drain.ts';
import { type Endpoint, LOOKUP_TIMEOUT_MS, type Provider } from '../provider.ts';
import { cutOff, type ProviderError, unlessUnreadable } from '../provider-error.ts';
import { standingAfter } from '../standing.ts';
import { billedIfBegun } from '../unfinished.ts';
import { billedUsage, countOf, type Visible } from '../usage.ts';
import { anthropicErrorIn, fetchWithoutTimeoutMessages } from './errors.ts';
import { modelLimits } from './limits.ts';
import { anthropicPrompt, isThinking } from './request.ts';
import { type Answer, assembleAnswer } from './stream.ts';

/** Anthropic's Messages API. */
export function connectAnthropic({ apiKey, baseUrl }: Endpoint): Provider {
  // Everything that the SDK would otherwise take from the environment or do automatically is set here.
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    timeout: ANSWER_TIMEOUT_MS,
    maxRetries: 0,
    fetch: fetchWithoutTimeoutMessages,
    fetchOptions: answerFetchOptions(),
    logLevel: 'off',
    openTelemetry: false,
  });
  const limitsOf = modelLimits(client);

  return {
    async ask(id, request, begun) {
      const limits = await limitsOf(id);
      const parameters: MessageCreateParamsStreaming = {
        model: id,
        max_tokens: Math.min(request.maxOutputTokens, limits.maxOutputTokens),
        ...(limits.adaptiveThinking && { thinking: { type: 'adaptive', display: 'summarized' } }),
        ...(limits.effort && { output_config: { effort: request.effort } }),
        ...anthropicPrompt(request),
        stream: true,
      };
      let stream: AsyncIterable<RawMessageStreamEvent>;
      try {
        stream = await client.messages.create(parameters);
      } catch (error) {
        return failure(anthropicErrorIn(error, request.model));
      }
      const { events, broken } = await drain(stream, ({ type }) => type === 'message_start', begun);
      const outcome: Outcome<Turn, ProviderError> = broken
        ? failure(anthropicErrorIn(broken.by, request.model))
        : unlessUnreadable(request.model, () => {
            const answer = assembleAnswer(events);
            return answer ? success(turnFrom(answer, request)) : failure(cutOff(request.model));
          });
      return billedIfBegun(outcome, request, () => usageSoFar(events, request));
    },
    async knows(id) {
      try {
        const model = await client.models.retrieve(id, null, { timeout: LOOKUP_TIMEOUT_MS });
        return model.lifecycle === 'retired' ? 'missing' : 'exists';
      } catch (error) {
        return standingAfter(error);
      }
    },
  };
}

function turnFrom({ content, calls, stop, usage }: Answer, request: TurnRequest): Turn {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  const reasoning = content.flatMap((block) => (block.type === 'thinking' && block.thinking !== '' ? [block.thinking] : []));
  return {
    model: request.model,
    text: text.join('\n'),
    calls,
    stop: stopReason(stop, calls.length > 0),
    usage: usageOf(usage, request, { answer: content.filter((block) => !isThinking(block)), reasoning: reasoning.join('') }),
    reasoning: reasoning.length > 0 ? reasoning.join('\n\n') : null,
    replay: content as unknown as Json,
  };
}

/** `input_tokens` leaves out what was read from the cache or written to it. */
function usageOf(usage: Answer['usage'], request: TurnRequest, visible: Visible): Usage {
  const parts = [usage?.input_tokens, usage?.cache_read_input_tokens, usage?.cache_creation_input_tokens].map(countOf);
  const [, cacheRead, cacheWrite] = parts;
  const prompt = parts.includes('wrong') ? 'wrong' : parts.reduce<number>((sum, part) => sum + Number(part ?? 0), 0);
  return billedUsage(
    { prompt, cacheRead, cacheWrite, output: usage?.output_tokens, reasoning: usage?.output_tokens_details?.thinking_tokens },
    request,
    visible,
  );
}

/** The start of an answer counts its input exactly; its output is counted at the end, or not at all. */
function usageSoFar(events: readonly RawMessageStreamEvent[], request: TurnRequest): Usage | null {
  const start = events.find((event) => event.type === 'message_start');
  if (!start) return null;
  const deltas = events.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta] : []));
  const written = deltas.map((delta) =>
    delta.type === 'text_delta' ? delta.text : delta.type === 'input_json_delta' ? delta.partial_json : '',
  );
  const thought = deltas.map((delta) => (delta.type === 'thinking_delta' ? delta.thinking : ''));
  const { output_tokens: _, ...input } = start.message.usage;
  const counted = events.findLast((event) => event.type === 'message_delta')?.usage.output_tokens;
  const usage = counted === undefined ? input : { ...input, output_tokens: counted };
  return usageOf(usage, request, { answer: [written.join('')], reasoning: thought.join('') });
}

function stopReason(stop: Answer['stop'], called: boolean): StopReason {
  switch (stop) {
    case 'max_tokens':
      return 'length';
    case 'refusal':
      return 'refusal';
    case 'model_context_window_exceeded':
      return 'context';
    case 'tool_use':
    case 'end_turn':
    case 'stop_sequence':
    // Only tools that run at Anthropic pause a turn, and none are offered; the next request would continue where it stopped.
    case 'pause_turn':
    case null:
      return called ? 'calls' : 'end';
  }
}
