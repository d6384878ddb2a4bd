import type { Json } from '../domain/json.ts';
import type { ToolCall, Turn } from '../domain/model/conversation.ts';

/**
 * Levels of JSON. The deepest tool input has six; at about 7,000 JSON.stringify overflows the stack, and with it the record of the
 * turn.
 */
const DEPTH_MAX = 100;
/** Characters in a whole answer. The output limits allow about 200,000; the record, the next request and the checks all copy it. */
const SIZE_MAX = 20_000_000;

/**
 * A turn that can be recorded and sent back, whatever a server put into it: it has been paid for, so it must reach the bill. Input
 * nested too deeply counts as malformed. An answer that is too large keeps only its usage, and the reason.
 */
export function boundTurn(turn: Turn): { readonly turn: Turn; readonly failure: string | null } {
  const calls = turn.calls.map(boundCall);
  const bounded: Turn = { ...turn, calls, replay: pruned(turn.replay, DEPTH_MAX) };
  const size = sizeOf([bounded.text, bounded.reasoning, bounded.replay, calls as unknown as Json]);
  if (size <= SIZE_MAX) return { turn: bounded, failure: null };
  return {
    turn: { ...turn, text: '', calls: [], reasoning: null, replay: null },
    failure: `the model's answer was larger than ${SIZE_MAX.toLocaleString('en')} characters.`,
  };
}

function boundCall(call: ToolCall): ToolCall {
  if (call.malformed !== undefined || !isDeeper(call.input, DEPTH_MAX)) return call;
  const { id, name } = call;
  return { id, name, malformed: `nested deeper than ${DEPTH_MAX} levels` };
}

/** Level by level, because a recursion would overflow where this is needed. */
function isDeeper(json: Json, most: number): boolean {
  let level: readonly Json[] = [json];
  for (let depth = 0; depth <= most; depth++) {
    level = level.flatMap(childrenOf);
    if (level.length === 0) return false;
  }
  return true;
}

/**
 * Replaces everything deeper than `depth` by null. The provider's own content is nested a few levels only, so its signatures stay
 * intact.
 */
function pruned(json: Json, depth: number): Json {
  if (json === null || typeof json !== 'object') return json;
  if (depth === 0) return null;
  if (Array.isArray(json)) return json.map((item) => pruned(item, depth - 1));
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, pruned(value, depth - 1)]));
}

/** Characters of all strings and keys, and eight for each value: what it takes in memory. */
function sizeOf(json: Json): number {
  const waiting: Json[] = [json];
  let size = 0;
  for (let next = waiting.pop(); next !== undefined && size <= SIZE_MAX; next = waiting.pop()) {
    size += typeof next === 'string' ? next.length : 8;
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) for (const key of Object.keys(next)) size += key.length;
    for (const child of childrenOf(next)) waiting.push(child);
  }
  return size;
}

function childrenOf(json: Json): readonly Json[] {
  if (json === null || typeof json !== 'object') return [];
  return Array.isArray(json) ? json : Object.values(json);
}
