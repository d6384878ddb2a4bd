import OpenAI, { BadRequestError } from 'openai';
import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Json } from '../../../domain/json.ts';
import type { StopReason, Turn } from '../../../domain/model/conversation.ts';
import type { Usage } from '../../../domain/model/usage.ts';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import type { TurnRequest } from '../../../ports/model.ts';
import { ANSWER_TIMEOUT_MS, answerFetchOptions } from '../answer-fetch.ts';
import { drain } from '../drain.ts';
import { type Endpoint, LOOKUP_TIMEOUT_MS, type Provider } from '../provider.ts';
import { cutOff, type ProviderError, refused, unlessUnreadable } from '../provider-error.ts';
import { readCall } from '../read-call.ts';
import { standingAfter } from '../standing.ts';
import { billedIfBegun } from '../unfinished.ts';
import { billedUsage, type Visible } from '../usage.ts';
import { openaiErrorIn, statusOf } from './errors.ts';
import { OPTIONAL, type Optional, openaiParameters } from './request.ts';

/** OpenAI's Responses API. */
export function connectOpenAI({ apiKey, baseUrl }: Endpoint): Provider {
  // Everything that the SDK would otherwise take from the environment or do automatically is set here.
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl,
    timeout: ANSWER_TIMEOUT_MS,
    maxRetries: 0,
    fetchOptions: answerFetchOptions(),
    logLevel: 'off',
  });
  /** By model: a parameter that it refused is not sent to it again, so no list of models is needed here. */
  const refusedParameters = new Map<string, Set<Optional>>();

  async function ask(id: string, request: TurnRequest, begun: () => void): Promise<Outcome<Turn, ProviderError>> {
    const without = refusedParameters.get(id) ?? new Set();
    let stream: AsyncIterable<ResponseStreamEvent>;
    try {
      stream = await client.responses.create(openaiParameters(id, request, without));
    } catch (error) {
      const parameter = optionalParameterIn(error);
      if (!parameter || without.has(parameter)) return failure(openaiErrorIn(error, request.model));
      refusedParameters.set(id, new Set([...without, parameter]));
      return ask(id, request, begun);
    }
    const { events, broken } = await drain(stream, isOutput, begun);
    const outcome = broken
      ? failure(openaiErrorIn(broken.by, request.model))
      : unlessUnreadable(request.model, () => outcomeOf(events, request));
    return billedIfBegun(outcome, request, () => usageSoFar(events, request));
  }

  return {
    ask,
    async knows(id) {
      try {
        await client.models.retrieve(id, { timeout: LOOKUP_TIMEOUT_MS });
        return 'exists';
      } catch (error) {
        return standingAfter(error);
      }
    },
  };
}

/**
 * The last event holds the whole response as the API wrote it. The SDK's finalResponse() does not: it adds fields of its own, which
 * the API refuses when they are sent back, and it fails on events that are newer than it.
 */
function outcomeOf(events: readonly ResponseStreamEvent[], request: TurnRequest): Outcome<Turn, ProviderError> {
  const last = events.findLast(
    (event) => event.type === 'response.completed' || event.type === 'response.incomplete' || event.type === 'response.failed',
  );
  if (!last) return failure(cutOff(request.model));
  const { error } = last.response;
  if (last.type === 'response.failed') {
    return failure(
      refused({ model: request.model, status: statusOf(error?.code), said: error?.message ?? null, retryAfter: null }),
    );
  }
  return success(turnFrom(last.response, request));
}

function turnFrom(response: Response, request: TurnRequest): Turn {
  const output = replayable(response.output);
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const calls = output.flatMap((item) =>
    item.type === 'function_call' ? [readCall(item.call_id, item.name, item.arguments)] : [],
  );
  const reasoning = response.output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map((part) => part.text) : []));
  const refusal = parts.some((part) => part.type === 'refusal');
  return {
    model: request.model,
    text: parts.map((part) => (part.type === 'refusal' ? part.refusal : part.text)).join('\n'),
    calls,
    stop: refusal ? 'refusal' : stopReason(response.incomplete_details?.reason, calls.length > 0),
    usage: usageOf(response.usage, request, {
      answer: response.output.filter((item) => item.type !== 'reasoning'),
      reasoning: reasoning.join(''),
    }),
    reasoning: reasoning.length > 0 ? reasoning.join('\n\n') : null,
    replay: output as unknown as Json,
  };
}

/** The API refuses reasoning that was cut off before the item it led to. */
function replayable(output: readonly ResponseOutputItem[]): readonly ResponseOutputItem[] {
  return output.slice(0, output.findLastIndex((item) => item.type !== 'reasoning') + 1);
}

function stopReason(incomplete: string | undefined, called: boolean): StopReason {
  if (incomplete === 'content_filter') return 'refusal';
  if (incomplete !== undefined) return 'length';
  return called ? 'calls' : 'end';
}

function usageOf(usage: Response['usage'], request: TurnRequest, visible: Visible): Usage {
  return billedUsage(
    {
      prompt: usage?.input_tokens,
      cacheRead: usage?.input_tokens_details?.cached_tokens,
      cacheWrite: usage?.input_tokens_details?.cache_write_tokens,
      output: usage?.output_tokens,
      reasoning: usage?.output_tokens_details?.reasoning_tokens,
    },
    request,
    visible,
  );
}

/** The counts come with the last event, so before it all of them are estimated. */
function usageSoFar(events: readonly ResponseStreamEvent[], request: TurnRequest): Usage | null {
  const counted = events.flatMap((event) => ('response' in event && event.response.usage ? [event.response.usage] : [])).at(-1);
  if (!counted && !events.some((event) => isOutput(event) && !isError(event))) return null;
  const written = (isThought: boolean): string =>
    events
      .filter(({ type }) => type.startsWith('response.reasoning') === isThought)
      .map((event) => ('delta' in event && typeof event.delta === 'string' ? event.delta : ''))
      .join('');
  return usageOf(counted, request, { answer: [written(false)], reasoning: written(true) });
}

/** The first events only confirm the request; the prompt has not been read by then. */
const isOutput = ({ type }: ResponseStreamEvent): boolean =>
  type !== 'response.created' && type !== 'response.queued' && type !== 'response.in_progress';

const isError = ({ type }: ResponseStreamEvent): boolean => type === 'error' || type === 'response.failed';

const optionalParameterIn = (error: unknown): Optional | undefined =>
  error instanceof BadRequestError ? OPTIONAL.find((name) => name === error.param) : undefined;
