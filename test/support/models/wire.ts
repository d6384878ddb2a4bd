import type { Json } from '../../../src/domain/json.ts';
import type { PromptBlock } from './prompt-cache.ts';
import type { FullTurn } from './scripted-turn.ts';
import type { Conversation, SeenRequest } from './seen-request.ts';

export interface SseEvent {
  /** Null where the provider names no event. */
  readonly event: string | null;
  /** A string is sent as it is, without quotes: `[DONE]`. */
  readonly data: Json;
}

/** A plain HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** What one provider's API looks like from outside. */
export interface Wire {
  /** POST path below the base URL that ends before `/v1`. */
  readonly path: string;
  /** GET path that a model's id is added to. */
  readonly models: string;
  /** The models of a provider that can only be asked for all of them, by the same path without its last slash. */
  readonly lists?: readonly string[];
  readonly requestIdHeader: string;
  authorised(headers: Readonly<Record<string, string>>): boolean;
  read(body: Json): Conversation;
  /** The sentence of the 400 with which the real API would refuse this body, or null. */
  complaint(body: Json): string | null;
  /** The same for a model that does not reason and is asked to; `param` where the provider names it. */
  reasoningComplaint(body: Json): { readonly message: string; readonly param: string | null } | null;
  /** The prompt in the order the provider reads it, for counting; `key` keeps caches apart. */
  prompt(body: Json): { readonly key: string; readonly blocks: readonly PromptBlock[] };
  /** Events of a streamed answer, or an HTTP error where the provider says this one so. */
  answer(turn: FullTurn, request: SeenRequest): readonly SseEvent[] | HttpAnswer;
  errorBody(status: number, message: string, param?: string | null): Json;
  /** What the provider sends in mid-stream when it breaks down. */
  errorEvent(type: string): SseEvent;
  modelBody(id: string, reasons: boolean): Json;
}
