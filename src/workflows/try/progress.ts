import type { ToolCall, Turn } from '../../domain/model/conversation.ts';
import type { Charge } from '../../domain/model/usage.ts';

/** What a conversation is doing. `who`: `planner`, or a component's id. */
export type TryProgress =
  | { readonly kind: 'asking'; readonly who: string; readonly turn: number }
  | {
      readonly kind: 'turn';
      readonly who: string;
      readonly turn: number;
      readonly model: string;
      readonly calls: readonly ToolCall[];
      /** The program's refusals of calls before this turn. */
      readonly refused: readonly string[];
      readonly tokens: number;
      /** Null: the price is unknown. */
      readonly usd: number | null;
      readonly ms: number;
    }
  /** No model answered, or the answer cannot be used. */
  | { readonly kind: 'no_turn'; readonly who: string; readonly reason: string };

/** The part of a recorded step that progress is read from. */
export interface RecordedTurn {
  readonly turn: Turn | null;
  readonly unfinished?: readonly Charge[];
  readonly failure: string | null;
  readonly results: readonly { readonly content: string; readonly is_error: boolean }[];
  readonly ms: number;
  /** The model was called and did not answer: another call may help, and no earlier turn has to be repeated. */
  readonly unanswered?: boolean;
}

/** Whether a recorded step is a model's turn, or the failure to get one. */
export const isTurn = (output: unknown): output is RecordedTurn =>
  typeof output === 'object' && output !== null && 'turn' in output && 'results' in output && 'failure' in output;
