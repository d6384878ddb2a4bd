import { createHash } from 'node:crypto';
import type { Json } from '../../../src/domain/json.ts';
import type { StopReason } from '../../../src/domain/model/conversation.ts';
import type { Usage } from '../../../src/domain/model/usage.ts';
import { tokensIn } from './prompt-cache.ts';
import type { SeenRequest } from './seen-request.ts';

/** What the model is to say; everything may be left out. */
export interface ScriptedTurn {
  readonly text?: string;
  /** One block before the text; further blocks come between the text and the calls. */
  readonly reasoning?: string | readonly string[];
  /** A block of reasoning after everything else, which the output limit may cut off before it is signed. */
  readonly lastThought?: { readonly text: string; readonly cut: boolean };
  readonly calls?: readonly { readonly name: string; readonly input: Json }[];
  /** Calls whose arguments are sent as they are, to break them; they come after `calls`. */
  readonly rawCalls?: readonly { readonly name: string; readonly json: string }[];
  /** Default: `calls` if there are any, else `end`. */
  readonly stop?: StopReason;
  /** Overrides for the estimated counts, disjoint as in the domain. */
  readonly usage?: Partial<Usage>;
  /** Waits this long before the first byte; for the demo and benchmarks only. */
  readonly latencyMs?: number;
  /** Takes this long from the first event to the next. */
  readonly streamMs?: number;
}

/** A scripted turn with nothing left open, ready for either wire. */
export interface FullTurn {
  /** Stands for this request and turn; ids on the wire derive from it. */
  readonly seed: string;
  readonly text: string;
  readonly reasoning: readonly string[];
  readonly lastThought: { readonly text: string; readonly cut: boolean } | null;
  readonly calls: readonly { readonly name: string; readonly json: string }[];
  readonly stop: StopReason;
  readonly usage: Usage;
}

/**
 * Ids and text depend on nothing but the request and the script, so a turn that is asked for again (after a kill) comes out the
 * same. Only the cache counts differ the second time, as they would at the provider.
 */
export function completeTurn(
  turn: ScriptedTurn,
  request: SeenRequest,
  input: Pick<Usage, 'input' | 'cache_read' | 'cache_write'>,
): FullTurn {
  const calls = [
    ...(turn.calls ?? []).map((call) => ({ name: call.name, json: JSON.stringify(call.input) })),
    ...(turn.rawCalls ?? []),
  ];
  const reasoning = typeof turn.reasoning === 'string' ? [turn.reasoning] : (turn.reasoning ?? []);
  // Providers bill the whole chain of thought and show a summary of it.
  const thinking = 3 * tokensIn(reasoning.join(''));
  const spoken = tokensIn(turn.text ?? '') + calls.reduce((sum, call) => sum + tokensIn(call.name + call.json) + 8, 0);
  return {
    seed: digest(JSON.stringify([request.model, request.system, request.messages, request.turn])),
    text: turn.text ?? '',
    reasoning,
    lastThought: turn.lastThought ?? null,
    calls,
    stop: turn.stop ?? (calls.length > 0 ? 'calls' : 'end'),
    usage: { ...input, output: thinking + spoken, reasoning: thinking, ...turn.usage },
  };
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);
