import type { ToolCall } from '../../domain/model/conversation.ts';

/** A tool call, from the JSON text that the model wrote for its arguments. An empty text means no arguments. */
export function readCall(id: string, name: string, json: string): ToolCall {
  if (json.trim() === '') return { id, name, input: {} };
  if (isTooDeep(json)) return { id, name, malformed: json };
  try {
    return { id, name, input: JSON.parse(json) };
  } catch {
    return { id, name, malformed: json };
  }
}

/**
 * Far beyond any tool's input. What is thousands of levels deep can be parsed but not written again, and the paid turn would be
 * lost.
 */
const MAX_DEPTH = 100;

/** One pass over the characters: a pattern for texts would begin again at every quote of a text that is never closed. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (inText && character === '\\') at += 1;
    else if (character === '"') inText = !inText;
    else if (!inText && (character === '[' || character === '{')) depth += 1;
    else if (!inText && (character === ']' || character === '}')) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
