import OpenAI, { BadRequestError, UnprocessableEntityError } from 'openai';
import { Stream } from 'openai/streaming';
import type { Json } from '../../../domain/json.ts';
import type { StopReason, Turn } from '../../../domain/model/conversation.ts';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import type { ModelStanding, TurnRequest } from '../../../ports/model.ts';
import { ANSWER_TIMEOUT_MS, answerFetchOptions } from '../answer-fetch.ts';
import { type Drained, drain } from '../drain.ts';
import { openaiErrorIn, statusOf } from '../openai/errors.ts';
import { type Endpoint, LOOKUP_TIMEOUT_MS, type Provider } from '../provider.ts';
import { cutOff, type ProviderError, refused, unlessUnreadable } from '../provider-error.ts';
import { standingAfter } from '../standing.ts';
import { billedIfBegun } from '../unfinished.ts';
import { COMPATIBLE, type Dialect, GEMINI, type Optional } from './dialect.ts';
import { fetchWithReadableErrors } from './errors.ts';
import { type ChatRequest, chatRequest } from './request.ts';
import { type Answer, assembleAnswer, type ChatChunk } from './stream.ts';
import { chatUsage, unfinishedUsage } from './usage.ts';

/** Google's endpoint for OpenAI's chat completions. */
export const connectGemini = (endpoint: Endpoint): Provider => connectChat(endpoint, GEMINI);
/** Any server that speaks OpenAI's chat completions. */
export const connectCompatible = (endpoint: Endpoint): Provider => connectChat(endpoint, COMPATIBLE);

function connectChat({ apiKey, baseUrl }: Endpoint, dialect: Dialect): Provider {
  // Everything that the SDK would otherwise take from the environment or do automatically is set here.
  const client = new OpenAI({
    // The SDK insists on a key; without one the header is left out below.
    apiKey: apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: baseUrl,
    ...(apiKey === null && { defaultHeaders: { Authorization: null } }),
    fetch: fetchWithReadableErrors,
    timeout: ANSWER_TIMEOUT_MS,
    maxRetries: 0,
    fetchOptions: answerFetchOptions(),
    logLevel: 'off',
  });
  /** By model: what it accepted in an answered request, and what it refused. This makes a list of servers or models unnecessary. */
  const accepted = new Map<string, Set<Optional>>();
  const refusedParts = new Map<string, Set<Optional>>();

  /**
   * Servers refuse what they do not know with a 400 and rarely name the part. So a refused request is repeated, leaving out one
   * optional part after the other, as long as there is one that this model has never accepted.
   */
  async function ask(id: string, request: TurnRequest, begun: () => void): Promise<Outcome<Turn, ProviderError>> {
    let without: ReadonlySet<Optional> = new Set(refusedParts.get(id));
    for (;;) {
      const attempt = chatRequest(id, request, dialect, without);
      let answer: Drained<ChatChunk>;
      try {
        answer = await chunksOf(attempt, begun);
      } catch (error) {
        const less = isRefusal(error) ? leavingOutMore(without, attempt, accepted.get(id)) : null;
        if (!less) return failure(await unlessUnknown(id, error, request.model));
        without = less;
        continue;
      }
      const { events: chunks, broken } = answer;
      if (!broken) remember(id, attempt.optional, without);
      const outcome = broken
        ? failure(await unlessUnknown(id, broken.by, request.model))
        : unlessUnreadable(request.model, () => outcomeOf(chunks, request));
      return billedIfBegun(outcome, request, () => unfinishedUsage(chunks, request));
    }
  }

  async function chunksOf({ body }: ChatRequest, begun: () => void): Promise<Drained<ChatChunk>> {
    const response = await client.chat.completions.create(body).asResponse();
    // A server that cannot stream, or not with tools, answers in one piece.
    if (response.headers.get('content-type')?.includes('application/json')) {
      begun();
      try {
        return { events: [asChunk((await response.json()) as Whole)], broken: null };
      } catch (by) {
        return { events: [{ choices: [] }], broken: { by } };
      }
    }
    return drain(Stream.fromSSEResponse<ChatChunk>(response, new AbortController(), client), () => true, begun);
  }

  function remember(id: string, present: readonly Optional[], without: ReadonlySet<Optional>): void {
    // Whether the output limit fits depends on the present length of the conversation, so it is not remembered. Each other part was
    // left out only after the same request had been refused both with the limit and without it.
    accepted.set(id, new Set([...(accepted.get(id) ?? []), ...present.filter((part) => part !== 'limit')]));
    refusedParts.set(id, new Set([...without].filter((part) => part !== 'limit')));
  }

  /** Some servers answer a model they do not have with a plain 400. */
  async function unlessUnknown(id: string, error: unknown, model: string): Promise<ProviderError> {
    const known = openaiErrorIn(error, model);
    if (known.failure.kind !== 'rejected' || accepted.has(id) || (await knows(id)) !== 'missing') return known;
    return refused({ model, status: 404, said: null, retryAfter: null });
  }

  async function knows(id: string): Promise<ModelStanding> {
    try {
      if (!dialect.lookUpInList) {
        await client.models.retrieve(id, { timeout: LOOKUP_TIMEOUT_MS });
        return 'exists';
      }
      const { data } = await client.models.list({ timeout: LOOKUP_TIMEOUT_MS });
      if (!Array.isArray(data) || data.length === 0) return 'unknown';
      // Ollama's names end in a tag that may be left out.
      return data.some((model) => model.id === id || model.id === `${id}:latest`) ? 'exists' : 'missing';
    } catch (error) {
      const standing = standingAfter(error);
      // A server without the list says nothing about the model.
      return dialect.lookUpInList && standing === 'missing' ? 'unknown' : standing;
    }
  }

  return { ask, knows };
}

/**
 * What to leave out next, null when nothing is left. The limit goes first, each time again before another part goes: a window that
 * the request fills is a 400 as well, and must not look like a refusal of the parts that were left out on the way.
 */
function leavingOutMore(
  without: ReadonlySet<Optional>,
  { optional }: ChatRequest,
  accepted: ReadonlySet<Optional> = new Set(),
): ReadonlySet<Optional> | null {
  if (optional.includes('limit')) return new Set([...without, 'limit']);
  const part = optional.find((one) => !accepted.has(one));
  return part ? new Set([...without, part].filter((one) => one !== 'limit')) : null;
}

const isRefusal = (error: unknown): boolean => error instanceof BadRequestError || error instanceof UnprocessableEntityError;

/** An answer that came in one piece. */
type Whole = { readonly choices?: readonly { readonly message?: object }[] };

function asChunk(whole: Whole): ChatChunk {
  return { ...whole, choices: whole.choices?.map(({ message, ...rest }) => ({ ...rest, delta: message ?? null })) ?? [] };
}

function outcomeOf(chunks: readonly ChatChunk[], request: TurnRequest): Outcome<Turn, ProviderError> {
  const turnsBefore = request.messages.filter((message) => message.role === 'assistant').length;
  const answer = assembleAnswer(chunks, turnsBefore);
  if (answer.error || answer.finish === 'error') {
    const { code, message } = answer.error ?? {};
    const said = typeof message === 'string' ? message : null;
    return failure(refused({ model: request.model, status: statusOf(code), said, retryAfter: null }));
  }
  if (answer.finish === null) return failure(cutOff(request.model));
  return success(turnFrom(answer, request));
}

function turnFrom(answer: Answer, request: TurnRequest): Turn {
  const { text, reasoning, calls } = answer;
  return {
    model: request.model,
    text,
    calls,
    stop: stopReason(answer),
    usage: chatUsage(answer, request),
    reasoning: reasoning === '' ? null : reasoning,
    replay: answer.replay as unknown as Json,
  };
}

/** Gemini reports "stop" for calls too, and appends words of its own: "content_filter: SAFETY". */
function stopReason({ finish, refused: refusal, calls }: Answer): StopReason {
  if (refusal || finish?.startsWith('content_filter')) return 'refusal';
  if (finish === 'model_context_window_exceeded' || finish === 'model_length') return 'context';
  if (finish === 'length' || finish === 'max_tokens') return 'length';
  return calls.length > 0 ? 'calls' : 'end';
}
