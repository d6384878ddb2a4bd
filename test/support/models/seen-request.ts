import type { Json } from '../../../src/domain/json.ts';
import type { Provider } from '../../../src/domain/model/providers.ts';
import type { InputUsage } from './prompt-cache.ts';

/** A message as both wires mean it; a tool call whose arguments were no JSON shows them as a string. */
export type SeenMessage =
  /** `images`: data URLs, where there are any. */
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly string[] }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly SeenCall[] }
  | { readonly role: 'tools'; readonly results: readonly SeenResult[] };

interface SeenCall {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}

interface SeenResult {
  readonly call_id: string;
  readonly content: string;
  /** Only Anthropic's wire has such a field: elsewhere it is always false. */
  readonly is_error: boolean;
}

interface SeenTool {
  readonly name: string;
  readonly description: string;
  readonly schema: Json;
}

/** What a request says, whichever wire it came over. */
export interface Conversation {
  /** The provider's id, without the `provider/` prefix. */
  readonly model: string;
  readonly system: string;
  readonly tools: readonly SeenTool[];
  readonly messages: readonly SeenMessage[];
}

export interface SeenRequest extends Conversation {
  readonly provider: Provider;
  /** Position among all requests this server saw, from 0. */
  readonly index: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many assistant turns the conversation already holds: the turn that is being asked for, from 0. */
  readonly turn: number;
  /** What the provider counts of the prompt. */
  readonly counted: InputUsage;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body exactly as it came over the wire. */
  readonly body: Json;
}

/** Everything people and tools said so far, in one string: handy in a script's `when`. */
export const saidTo = (request: Conversation): string =>
  request.messages
    .map((message) => (message.role === 'tools' ? message.results.map((result) => result.content).join('\n') : message.text))
    .join('\n');
