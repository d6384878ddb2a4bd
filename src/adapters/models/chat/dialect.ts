import type { Json } from '../../../domain/json.ts';
import type { Effort, TurnRequest } from '../../../ports/model.ts';
import { objectSchema } from '../tool-schema.ts';
import { geminiSchema } from './gemini-schema.ts';

/**
 * Parts of a request that a server may refuse: the request for thoughts, the effort, the usage at the end of a stream, the reasoning
 * that is sent back, which are dropped in this order, and the limit on the output, without which each of those is tried first.
 */
export type Optional = 'thoughts' | 'effort' | 'usage' | 'echo' | 'limit';

/** How the servers that speak chat completions differ from each other. */
export interface Dialect {
  readonly optional: readonly Optional[];
  schema(tool: TurnRequest['tools'][number]): { readonly [key: string]: Json };
  /** The parameters for `effort`, with a request for the thoughts or without. */
  effort(effort: Effort, thoughts: boolean): object;
  /** Whether a tool's result names the tool. */
  readonly namesResults: boolean;
  /** The content of a message that only calls tools. */
  readonly noContent: { readonly content?: '' };
  /** Whether a model is looked up in the list of all models: not every server has a route for a single one. */
  readonly lookUpInList: boolean;
}

export const GEMINI: Dialect = {
  optional: ['thoughts', 'effort'],
  schema: (tool) => geminiSchema(objectSchema(tool)),
  // The two exclude each other: a request with both is a 400. Models before Gemini 3 have no thinking_level.
  effort: (effort, thoughts) =>
    thoughts
      ? { extra_body: { google: { thinking_config: { thinking_level: effort, include_thoughts: true } } } }
      : { reasoning_effort: effort },
  // Google's translation of a result sometimes fails without the name of the function.
  namesResults: true,
  noContent: {},
  lookUpInList: false,
};

/** vLLM, Ollama, OpenRouter, LiteLLM, llama.cpp and similar servers. */
export const COMPATIBLE: Dialect = {
  optional: ['effort', 'usage', 'echo', 'limit'],
  schema: objectSchema,
  effort: (effort) => ({ reasoning_effort: effort }),
  namesResults: false,
  // Chat templates write a null as "None", and some servers demand the field.
  noContent: { content: '' },
  lookUpInList: true,
};
