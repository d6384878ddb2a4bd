import type { Json } from '../json.ts';
import type { ModelImage } from './image.ts';
import type { Charge, Usage } from './usage.ts';

/** A tool as the model sees it; `schema` is a JSON Schema with an object at the root. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly schema: Json;
}

/** One call a model made. `input` is the parsed JSON; where it could not be parsed, `malformed` holds the raw text. */
export type ToolCall = { readonly id: string; readonly name: string } & (
  | { readonly input: Json; readonly malformed?: never }
  | { readonly malformed: string; readonly input?: never }
);

export interface ToolResult {
  readonly call_id: string;
  readonly content: string;
  readonly is_error: boolean;
}

/** Why the model stopped: it called tools, it considered itself done, or it was cut off (output limit, refusal, context window). */
export type StopReason = 'calls' | 'end' | 'length' | 'refusal' | 'context';

/** One model response. It is JSON, because one turn is one durable step. */
export interface Turn {
  /** `provider/model-id` that answered. */
  readonly model: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly stop: StopReason;
  readonly usage: Usage;
  /** The provider's summary of its reasoning, where it gives one. */
  readonly reasoning: string | null;
  /** The provider's own content, sent back verbatim and in order in the next request (reasoning signatures live here). */
  readonly replay: Json;
  /** Attempts before this answer that are billed as well: theirs broke off. Missing where there were none. */
  readonly unfinished?: readonly Charge[];
}

export type Message =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly ModelImage[] }
  | { readonly role: 'assistant'; readonly turn: Turn }
  | { readonly role: 'tools'; readonly results: readonly ToolResult[] };
